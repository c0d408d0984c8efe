//! The connections that came through our own listener, and which session each belongs to: so that
//! they can be cut where the engine cannot close them. It cannot under a client that does not read,
//! and does not for sessions that are in no namespace.

use std::sync::{Arc, Weak};

use axum::extract::ConnectInfo;
use http::request::Parts;
use parking_lot::Mutex;
use socketioxide_core::Sid;

use super::connection::{Cut, Peer};

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
