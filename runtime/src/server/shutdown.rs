//! The end of a server: every client seen off, then every connection closed, within a limit.

use std::{collections::HashSet, sync::Arc, time::Duration};

use socketioxide::socket::Socket;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{SocketIo, connection::Cut, options::FOREVER};
use crate::{adapter::Adapter, reason::DisconnectReason};

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
    /// May be called from anywhere; once begun, it goes on even if this future is dropped. A handler
    /// that awaits it is itself waited for, until its grace is over. Called again, it waits for the
    /// end.
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
        if first {
            // Not in this future: it may be dropped, as that of a background task will be.
            let socketio = self.clone();
            self.runtime().spawn(async move { socketio.end().await });
        }
        self.stopped().await;
    }

    async fn end(&self) {
        tracing::info!(target: "hobnob::server", "shutting down");
        // A limit beyond all time is none.
        let limit = Instant::now() + self.options().shutdown_timeout.min(FOREVER);

        self.server.tasks.lock().abort_all();
        // Whoever is entering has entered, and is among those seen off; nobody else will.
        drop(self.server.entering.lock());
        let (sockets, connections) = self.see_off();
        let seen_off = async {
            for namespace in self.server.all_namespaces() {
                namespace.emptied().await;
            }
        };
        if timeout_at(limit, seen_off).await.is_err() {
            tracing::warn!(target: "hobnob::server", "some clients were not seen off in time");
        }
        // The engine closes the connections of those who were in a namespace, once what waits to go
        // out to them is out. The others are cut before: a namespace they ask for after that does
        // not exist any more, and the answer would keep them from looking for another server.
        let sessions = sockets.iter().map(|socket| socket.id).collect();
        self.server.connections.cut_all_but(&sessions, &connections);
        let at_least = Instant::now() + Duration::from_secs(1);
        let closed = timeout_at(limit.max(at_least), self.server.engine.close()).await;
        if closed.is_err() {
            tracing::warn!(target: "hobnob::server", "some connections were not closed in time");
        }
        // The others need not ask it any more.
        if timeout_at(limit.max(at_least), self.server.membership.leave())
            .await
            .is_err()
        {
            tracing::debug!(target: "hobnob::cluster", "no goodbye");
        }
        // It would wait for ever for those that do not read.
        self.server.connections.cut_all_but(&HashSet::new(), &[]);
        // It has forgotten its namespaces with the sockets in them, and they would keep one another.
        for socket in sockets {
            // An error says that there is no room for a goodbye.
            let _ = socket.disconnect();
        }
        self.server.stopping.0.send_replace(Stage::Stopped);
    }

    /// Tells every client's line that its client is leaving. Returns their sockets, and their connections
    /// where these are those of a WebSocket.
    fn see_off(&self) -> (Vec<Arc<Socket<Adapter>>>, Vec<Arc<Cut>>) {
        let (mut sockets, mut connections) = (Vec::new(), Vec::new());
        for namespace in self.server.all_namespaces() {
            for client in namespace.clients() {
                let socket = client.socket();
                connections.extend(socket.iter().filter_map(|socket| self.connection(socket)));
                sockets.extend(socket.clone());
                client.leave(DisconnectReason::ServerShutdown, socket, || ());
            }
        }
        (sockets, connections)
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
