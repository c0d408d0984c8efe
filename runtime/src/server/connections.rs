//! The connections that came through our own listener, and which session each belongs to: so that
//! they can be cut where the engine cannot close them. It cannot under a client that does not read,
//! and does not for sessions that are in no namespace.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Weak},
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo};
use http::{Request, request::Parts};
use parking_lot::Mutex;
use socketioxide::{TransportType, socket::Socket};
use socketioxide_core::Sid;
use tower_service::Service;

use super::{
    SocketIo,
    connection::{Cut, Peer},
};
use crate::adapter::Adapter;

#[derive(Default)]
pub(super) struct Connections {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// By their addresses in memory.
    all: HashMap<usize, Weak<Cut>>,
    /// The WebSocket connections of sessions that began with long polling: the engine only knows
    /// the request that a session began with, and that one came over another connection.
    upgraded: HashMap<Sid, Weak<Cut>>,
}

/// What a connection has been used for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Use {
    /// For a request to the engine, not only for pages.
    engine: bool,
    /// Not known of a session that began with this very connection.
    session: Option<Sid>,
    /// The session that it became the WebSocket of.
    upgraded: Option<Sid>,
}

impl Connections {
    /// Notes a new connection, until it is gone.
    pub(super) fn add(self: &Arc<Self>, connection: &Arc<Cut>) {
        if connection.noted.set(Arc::downgrade(self)).is_ok() {
            let all = &mut self.open.lock().all;
            all.insert(key(connection), Arc::downgrade(connection));
        }
    }

    /// Forgets a connection that is gone.
    fn remove(&self, connection: &Cut) {
        let upgrade = connection.used_for.lock().upgraded;
        let Open { all, upgraded } = &mut *self.open.lock();
        all.remove(&key(connection));
        // A session that was upgraded twice is of the later one.
        if let Some(session) = upgrade
            && upgraded
                .get(&session)
                .is_some_and(|of_it| of_it.strong_count() == 0)
        {
            upgraded.remove(&session);
        }
        if all.is_empty() {
            *all = HashMap::new();
            *upgraded = HashMap::new();
        }
    }

    /// Notes what the connection of a request to the engine is used for.
    pub(super) fn note(&self, request: &Parts) {
        let Some(peer) = peer(request) else { return };
        let query = request.uri.query().unwrap_or_default();
        let value = |name| query.split('&').find_map(|pair| pair.strip_prefix(name));
        let session = value("sid=").and_then(|sid| sid.parse().ok());
        let upgrade = session.filter(|_| value("transport=") == Some("websocket"));

        let mut used = peer.cut.used_for.lock();
        used.engine = true;
        used.session = session;
        if upgrade.is_some() {
            let upgraded = &mut self.open.lock().upgraded;
            // One for each connection, whatever it asks for how often.
            if let Some(before) = std::mem::replace(&mut used.upgraded, upgrade) {
                upgraded.remove(&before);
            }
            upgraded.extend(upgrade.map(|session| (session, Arc::downgrade(&peer.cut))));
        }
    }

    /// Cuts the connections of all sessions but these.
    pub(super) fn cut_all_but(&self, sessions: &HashSet<Sid>, spared: &[Arc<Cut>]) {
        let spared: HashSet<_> = spared.iter().map(Arc::as_ptr).collect();
        let all: Vec<_> = self
            .open
            .lock()
            .all
            .values()
            .filter_map(Weak::upgrade)
            .collect();
        for connection in all {
            let Use {
                engine, session, ..
            } = *connection.used_for.lock();
            let known = session.is_some_and(|session| sessions.contains(&session));
            if engine && !known && !spared.contains(&Arc::as_ptr(&connection)) {
                connection.cut();
            }
        }
    }

    /// The WebSocket connection of a session, which began with this request.
    fn websocket_of(&self, session: Sid, first: &Parts) -> Option<Arc<Cut>> {
        let upgraded = self
            .open
            .lock()
            .upgraded
            .get(&session)
            .and_then(Weak::upgrade);
        upgraded.or_else(|| Some(Arc::clone(&peer(first)?.cut)))
    }
}

impl SocketIo {
    /// The WebSocket connection under a client, if it came through our own listener.
    pub(super) fn connection(&self, socket: &Socket<Adapter>) -> Option<Arc<Cut>> {
        let is_websocket = socket.transport_type() == TransportType::Websocket;
        let connection = || {
            self.server
                .connections
                .websocket_of(socket.id, socket.req_parts())
        };
        is_websocket.then(connection).flatten()
    }

    /// Ends the connection under a client that the engine does not end: it would need room for one
    /// more packet to do it.
    pub(crate) fn cut(&self, socket: &Arc<Socket<Adapter>>) {
        if let Some(connection) = self.connection(socket) {
            connection.cut();
        } else if socket.transport_type() == TransportType::Polling {
            self.close_polling(socket.id);
        } else {
            self.disconnect_when_possible(Arc::downgrade(socket));
        }
    }

    /// Under a listener that is not ours there is nothing to cut: the client is told to go as soon
    /// as there is room for that.
    fn disconnect_when_possible(&self, socket: Weak<Socket<Adapter>>) {
        self.runtime().spawn(async move {
            while let Some(socket) = socket.upgrade() {
                if socket.disconnect().is_ok() {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
    }

    /// Closes a session of long polling as its client would: with a packet of its own.
    fn close_polling(&self, session: Sid) {
        let path = &self.server.options.path;
        let uri = format!("{path}/?EIO=4&transport=polling&sid={session}");
        let close = Request::post(uri).body(Body::from("1"));
        let mut engine = self.server.service.clone();
        self.runtime().spawn(async move {
            let Ok(close) = close else { return };
            let closing = engine.call(close).await;
            tracing::debug!(
                target: "hobnob::server",
                status = ?closing.map(|response| response.status()),
                "a session of long polling is closed",
            );
        });
    }
}

impl Drop for Cut {
    fn drop(&mut self) {
        if let Some(connections) = self.noted.get().and_then(Weak::upgrade) {
            connections.remove(self);
        }
    }
}

fn key(connection: &Cut) -> usize {
    std::ptr::from_ref(connection).addr()
}

fn peer(request: &Parts) -> Option<&Peer> {
    let ConnectInfo(peer) = request.extensions.get::<ConnectInfo<Peer>>()?;
    Some(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_noted_once_whatever_it_asks_for_how_often() {
        let connections = Arc::new(Connections::default());
        let cut = Arc::new(Cut::default());
        connections.add(&cut);
        let address = ([127, 0, 0, 1], 1).into();
        let ask = |transport: &str, session: Sid| {
            let peer = Peer {
                address,
                cut: Arc::clone(&cut),
            };
            let uri = format!("/socket.io/?EIO=4&transport={transport}&sid={session}");
            let request = Request::get(uri).extension(ConnectInfo(peer));
            connections.note(&request.body(()).unwrap().into_parts().0);
        };
        for _ in 0..1000 {
            ask("websocket", Sid::new());
            ask("polling", Sid::new());
        }
        assert_eq!(connections.open.lock().upgraded.len(), 1);
        assert_eq!(connections.open.lock().all.len(), 1);

        // All that held it was the connection itself.
        drop(cut);
        assert_eq!(connections.open.lock().upgraded.len(), 0);
        assert_eq!(connections.open.lock().all.len(), 0);
    }
}
