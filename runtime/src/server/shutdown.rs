//! The end of a server: every client seen off, then every connection closed, within a limit.

use std::time::Duration;

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
        // A limit beyond all time is none.
        let century = Duration::from_hours(24 * 365 * 100);
        let limit = Instant::now() + self.options().shutdown_timeout.min(century);

        self.server.tasks.lock().abort_all();
        let (mut sessions, mut connections) = (Vec::new(), Vec::new());
        for namespace in self.server.namespaces.values() {
            for client in namespace.clients() {
                let socket = client.socket();
                connections.extend(socket.iter().filter_map(|socket| self.connection(socket)));
                sessions.push(client.engine_sid);
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
        // The engine closes the connections of those who were in a namespace, once what waits to go
        // out to them is out. The others are cut before: a namespace they ask for after that does
        // not exist any more, and the answer would keep them from looking for another server.
        self.server.connections.cut_all_but(&sessions, &connections);
        let at_least = Instant::now() + Duration::from_secs(1);
        if timeout_at(limit.max(at_least), self.server.engine.close())
            .await
            .is_err()
        {
            tracing::warn!(target: "hobnob::server", "some connections were not closed in time");
        }
        // It would wait for ever for those that do not read.
        self.server.connections.cut_all_but(&[], &[]);
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
