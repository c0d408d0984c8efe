//! The end of a server: every client seen off, then every connection closed, within a limit.

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::SocketIo;
use crate::reason::DisconnectReason;

/// How far the end has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running,
    Stopping,
    Stopped,
}

pub(super) struct Stopping(watch::Sender<Stage>);

impl Default for Stopping {
    fn default() -> Self {
        Self(watch::Sender::new(Stage::Running))
    }
}

impl SocketIo {
    /// Ends the server in order. Background tasks are aborted; every client's line is worked off
    /// and its `on_disconnect` runs, with [`DisconnectReason::ServerShutdown`]; then the connections
    /// are closed, so that clients look for another server. All of it takes no longer than
    /// [`shutdown_timeout`](crate::SocketIoBuilder::shutdown_timeout). [`serve`](Self::serve)
    /// returns afterwards.
    ///
    /// May be called from anywhere but the handlers of a class, which it would wait for: there,
    /// [`spawn`](tokio::spawn) it. Called again, it waits for the end.
    ///
    /// Flask-SocketIO: `socketio.stop()`.
    pub async fn shutdown(&self) {
        let first = self.server.stopping.0.send_if_modified(|stage| {
            let first = *stage == Stage::Running;
            if first {
                *stage = Stage::Stopping;
            }
            first
        });
        if !first {
            return self.stopped().await;
        }
        tracing::info!(target: "hobnob::server", "shutting down");
        let limit = Instant::now() + self.options().shutdown_timeout;

        self.server.tasks.lock().abort_all();
        for namespace in self.server.namespaces.values() {
            for client in namespace.clients() {
                let socket = client.socket();
                client.leave(DisconnectReason::ServerShutdown, socket, || ());
            }
        }
        let seen_off = async {
            for namespace in self.server.namespaces.values() {
                namespace.emptied().await;
            }
        };
        if timeout_at(limit, seen_off).await.is_err() {
            tracing::warn!(target: "hobnob::server", "some clients were not seen off in time");
        }
        // The engine waits for clients that do not read; it is not waited for that long.
        let at_least = Instant::now() + std::time::Duration::from_secs(1);
        if timeout_at(limit.max(at_least), self.server.engine.close())
            .await
            .is_err()
        {
            tracing::warn!(target: "hobnob::server", "some connections were not closed in time");
        }
        self.server.stopping.0.send_replace(Stage::Stopped);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.server.stopping.0.borrow() > Stage::Running
    }

    /// Returns when the end has begun.
    pub(super) async fn stopping(&self) {
        self.reached(Stage::Stopping).await;
    }

    /// Returns when the end is over.
    pub(crate) async fn stopped(&self) {
        self.reached(Stage::Stopped).await;
    }

    async fn reached(&self, stage: Stage) {
        // An error would mean that the server is gone, which `self` prevents.
        let _ = self
            .server
            .stopping
            .0
            .subscribe()
            .wait_for(|now| *now >= stage)
            .await;
    }
}
