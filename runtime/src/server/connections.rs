//! The connections that came through our own listener, and which session each belongs to: so that
//! they can be cut where the engine cannot close them. It cannot under a client that does not read,
//! and does not for sessions that are in no namespace.

use std::sync::{Arc, Weak};

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
    all: Mutex<Vec<Weak<Cut>>>,
}

/// What a connection has been used for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Use {
    /// For a request to the engine, not only for pages.
    engine: bool,
    websocket: bool,
    /// Not known of a session that began with this very WebSocket.
    session: Option<Sid>,
}

impl Connections {
    /// Notes a new connection.
    pub(super) fn add(&self, connection: &Arc<Cut>) {
        let mut all = self.all.lock();
        if all.len() == all.capacity() {
            // Before it grows: what has ended since it last did.
            all.retain(|connection| connection.strong_count() > 0);
        }
        all.push(Arc::downgrade(connection));
    }

    /// Cuts the connections of all sessions but these.
    pub(super) fn cut_all_but(&self, sessions: &[Sid], spared: &[Arc<Cut>]) {
        for connection in self.open() {
            let Use {
                engine, session, ..
            } = connection.used_for();
            let known = session.is_some_and(|session| sessions.contains(&session));
            let is_spared = known || spared.iter().any(|spared| Arc::ptr_eq(spared, &connection));
            if engine && !is_spared {
                connection.cut();
            }
        }
    }

    /// The WebSocket connection of a session, which began with this request. If it began with long
    /// polling, that request came over another connection.
    pub(super) fn websocket_of(&self, session: Sid, first: &Parts) -> Option<Arc<Cut>> {
        let upgraded = self.open().into_iter().find(|connection| {
            let used = connection.used_for();
            used.websocket && used.session == Some(session)
        });
        upgraded.or_else(|| Some(Arc::clone(&peer(first)?.cut)))
    }

    fn open(&self) -> Vec<Arc<Cut>> {
        self.all.lock().iter().filter_map(Weak::upgrade).collect()
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
    pub(crate) fn cut(&self, socket: &Socket<Adapter>) {
        if let Some(connection) = self.connection(socket) {
            connection.cut();
        } else if socket.transport_type() == TransportType::Polling {
            self.close_polling(socket.id);
        }
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

/// Notes what the connection of a request to the engine is used for.
pub(super) fn note_use(request: &Parts) {
    let Some(peer) = peer(request) else { return };
    let query = request.uri.query().unwrap_or_default();
    let value = |name| query.split('&').find_map(|pair| pair.strip_prefix(name));
    peer.cut.set_use(Use {
        engine: true,
        websocket: value("transport=") == Some("websocket"),
        session: value("sid=").and_then(|sid| sid.parse().ok()),
    });
}

fn peer(request: &Parts) -> Option<&Peer> {
    let ConnectInfo(peer) = request.extensions.get::<ConnectInfo<Peer>>()?;
    Some(peer)
}
