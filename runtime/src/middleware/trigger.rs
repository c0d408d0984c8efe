//! What a middleware is told: who does what.

use std::fmt;

use socketioxide_core::Value;

use crate::{
    argument::{Args, EventName, Incoming},
    client::Client,
    reason::DisconnectReason,
};

/// One thing that a client does: it connects, sends an event, or leaves.
#[derive(Clone)]
pub struct Trigger {
    client: Client,
    kind: TriggerKind,
    pub(crate) incoming: Incoming,
}

/// Which of the three it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TriggerKind {
    /// The client wants to connect to the namespace: `on_connect` is next. An `Err` refuses it.
    Connect,
    /// An event of the client, whether there is a handler for it or not.
    Event,
    /// The client is leaving: `on_disconnect` is next. It runs even if a middleware does not go on.
    Disconnect(DisconnectReason),
}

impl Trigger {
    pub(crate) fn connect(client: Client, auth: Option<&Value>) -> Self {
        Self {
            client,
            kind: TriggerKind::Connect,
            incoming: Incoming::connect(auth),
        }
    }

    pub(crate) fn event_of(client: Client, incoming: Incoming) -> Self {
        Self {
            client,
            kind: TriggerKind::Event,
            incoming,
        }
    }

    pub(crate) fn disconnect(client: Client, reason: DisconnectReason) -> Self {
        Self {
            client,
            kind: TriggerKind::Disconnect(reason),
            incoming: Incoming::connect(None),
        }
    }

    /// The client. One that connects has no session yet.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the client connects, sends an event or leaves.
    pub fn kind(&self) -> TriggerKind {
        self.kind
    }

    /// The event's name, or `connect` or `disconnect`. A client may send events of these names as
    /// well, so what matters is asked of [`kind`](Self::kind).
    pub fn event(&self) -> EventName {
        match self.kind {
            TriggerKind::Event => self.incoming.event_name(),
            TriggerKind::Connect => EventName::from_static("connect"),
            TriggerKind::Disconnect(_) => EventName::from_static("disconnect"),
        }
    }

    /// The arguments of the event, undecoded. Of a client that connects the auth object, if it sent
    /// one.
    pub fn args(&self) -> Args {
        self.incoming.args()
    }

    /// Whether the client waits for an answer.
    pub fn wants_answer(&self) -> bool {
        self.incoming.ack.is_some()
    }
}

impl fmt::Debug for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trigger")
            .field("kind", &self.kind)
            .field("event", &self.event())
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
