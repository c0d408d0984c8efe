//! Clients beyond their limits: those that do not read and those that send too much.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use socketioxide::{SendError, SocketError};

use super::ClientState;
use crate::{reason::DisconnectReason, server::SlowClientPolicy};

/// Whether too many packets waited for one of the receivers. `Closed` only says that somebody is
/// leaving at this very moment.
pub(crate) fn is_full(errors: &[SocketError]) -> bool {
    full(errors) > 0
}

/// For how many.
pub(crate) fn full(errors: &[SocketError]) -> usize {
    let full = |error: &&SocketError| matches!(error, SocketError::InternalChannelFull);
    errors.iter().filter(full).count()
}

impl ClientState {
    /// Why the engine would not take a packet now, if it would not.
    fn cannot_send(&self) -> Option<SocketError> {
        // It reserves room before it serializes, so a value that cannot be serialized asks without
        // sending.
        struct Probe;
        impl Serialize for Probe {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("only asking"))
            }
        }
        match self.socket()?.emit("", &Probe) {
            Err(SendError::Socket(error)) => Some(error),
            _ => None,
        }
    }

    /// Whether too many packets wait to go out.
    fn is_slow(&self) -> bool {
        matches!(self.cannot_send(), Some(SocketError::InternalChannelFull))
    }

    /// Deals with a client for which too many packets wait, if they do.
    pub(crate) fn close_if_slow(self: &Arc<Self>) -> bool {
        let slow = self.is_slow();
        if slow {
            self.close_slow();
        }
        slow
    }

    /// A packet did not go out to this client, because too many wait already.
    pub(crate) fn miss(self: &Arc<Self>) {
        self.socketio.count_slow_packet();
        self.close_slow();
    }

    /// What happens to a client that does not keep up is for the builder to say.
    fn close_slow(self: &Arc<Self>) {
        let policy = self.socketio.options().slow_clients;
        if policy == SlowClientPolicy::Drop {
            // Nobody would forget one that is leaving.
            self.lane.unless_closed(|| self.namespace.mind(self));
        }
        if !self.lane.mark_slow() {
            return;
        }
        self.socketio.count_slow_client();
        tracing::warn!(
            target: "hobnob::emit",
            namespace = %self.namespace.path,
            sid = %self.sid,
            ?policy,
            "a client reads too slowly: too many packets wait to go out to it",
        );
        if policy == SlowClientPolicy::Disconnect {
            // Not by the engine's `disconnect`, which needs room for one more packet.
            self.evict(DisconnectReason::SlowClient);
        }
    }

    /// Ends a client that sends more than is worked off.
    pub(crate) fn evict_flooding(self: &Arc<Self>, most: usize) {
        tracing::warn!(
            target: "hobnob::event",
            namespace = %self.namespace.path,
            sid = %self.sid,
            most,
            "a client is disconnected: too many of its events wait to be handled",
        );
        self.socketio.count_flooding();
        self.evict(DisconnectReason::TooManyEvents);
    }

    /// Ends a client the engine cannot end: it is out of every room at once, its connection is cut.
    pub(crate) fn evict(self: &Arc<Self>, reason: DisconnectReason) {
        let socket = self.socket();
        self.leave(reason, socket.clone(), || {
            self.local().del_all(self.engine_sid);
        });
        if let Some(socket) = socket {
            self.socketio.cut(&socket);
        }
    }

    /// Ends the connection of a client in a namespace that the engine does not find any more, so that it
    /// connects again. The engine does not see such a client off: it is done here.
    pub(crate) fn send_again(self: &Arc<Self>) {
        const TURN: Duration = Duration::from_millis(100);
        if let Some(socket) = self.socket() {
            self.socketio.cut(&socket);
        }
        let client = Arc::clone(self);
        self.socketio.runtime().spawn(async move {
            while let Some(socket) = client.socket() {
                // Not while `on_connect` runs, and not while the client could still take it for a
                // goodbye.
                let let_in = !client.is_connecting() || client.lane.is_abandoned();
                if let_in && matches!(client.cannot_send(), Some(SocketError::Closed)) {
                    let leaving = Some(Arc::clone(&socket));
                    client.leave(DisconnectReason::TransportClose, leaving, || {
                        // This makes the engine let go of the socket. Nothing goes out any more.
                        let _ = socket.disconnect();
                    });
                    return;
                }
                drop(socket);
                tokio::time::sleep(TURN).await;
            }
        });
    }
}
