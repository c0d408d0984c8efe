//! What a handler is called with: the client, and what there is beside it.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};
use socketioxide::{SendError, extract::AckSender, handler::FromMessageParts};
use socketioxide_core::Value;

use super::{
    args::{Args, EventName},
    late::LateAnswer,
    wire::Wire,
};
use crate::{
    client::Client,
    emit::arguments::Arguments,
    error::{ArgumentError, EventError},
    namespace::Namespace,
    reason::DisconnectReason,
};

/// An event as the engine hands it over.
pub(crate) struct Incoming {
    pub(crate) value: Value,
    pub(crate) ack: Option<i64>,
}

impl Incoming {
    /// The event's name.
    pub(crate) fn name(&self) -> &str {
        Wire::event_name(&self.value)
    }

    pub(crate) fn event_name(&self) -> EventName {
        EventName::new(&self.value)
    }

    pub(crate) fn args(&self) -> Args {
        Args::new(self.value.clone())
    }

    /// Answers, if the client asked for it.
    ///
    /// # Errors
    ///
    /// If the answer cannot be serialized. A client that has left meanwhile is none.
    pub(crate) fn acknowledge<T: Serialize>(
        &self,
        client: &Client,
        answer: &T,
    ) -> Result<(), EventError> {
        let Some(id) = self.ack else {
            return Ok(());
        };
        let state = client.state();
        if !state.is_open() {
            return self.acknowledge_late(client, answer);
        }
        let packet = state.namespace.adapter().ack_packet(id, &Arguments(answer));
        let packet = packet.map_err(|error| EventError::Reply(error.to_string()))?;
        // A client that is slow or gone has been dealt with, and there is nobody else to tell.
        let _ = state.send(packet);
        Ok(())
    }

    /// Answers a client that is out of the namespace already, if its connection is still there. Only
    /// the engine can do that.
    fn acknowledge_late<T: Serialize>(
        &self,
        client: &Client,
        answer: &T,
    ) -> Result<(), EventError> {
        let Some(socket) = client.state().socket() else {
            return Ok(());
        };
        // The engine takes a mutable value by signature only: an ack sender does not look at it.
        let mut none = Value::Bytes(bytes::Bytes::new());
        let Ok(sender) = AckSender::from_message_parts(&socket, &mut none, &self.ack);
        let adapter = client.state().namespace.adapter();
        let encoded = adapter.encode(None, &Arguments(answer));
        let encoded = encoded.map_err(|error| EventError::Reply(error.to_string()))?;
        match sender.send(&LateAnswer(&encoded)) {
            Err(SendError::Serialize(error)) => Err(EventError::Reply(error.to_string())),
            Ok(()) | Err(SendError::Socket(_)) => Ok(()),
        }
    }
}

/// What all handlers but `on_connect` have: a connected client, and through it a session.
pub trait HandlerContext {
    #[doc(hidden)]
    type Namespace: Namespace;

    #[doc(hidden)]
    fn client(&self) -> &Client;
}

/// One event on its way to its handler and back.
#[derive(Debug)]
pub struct EventContext<N> {
    client: Client,
    incoming: Incoming,
    wire: Wire,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> EventContext<N> {
    pub(crate) fn new(client: Client, incoming: Incoming) -> Self {
        let wire = Wire::of_event(&incoming.value);
        Self {
            client,
            incoming,
            wire,
            namespace: PhantomData,
        }
    }

    /// The event's name: what the generated `match` looks at.
    pub fn event(&self) -> &str {
        self.incoming.name()
    }

    pub(crate) fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    pub(super) fn next_argument<T: DeserializeOwned>(&mut self) -> Result<T, ArgumentError> {
        self.wire.next(&self.incoming.value)
    }

    /// Turns this event into one that went wrong.
    pub(crate) fn fail(self, error: EventError) -> ErrorContext<N> {
        ErrorContext {
            client: self.client,
            incoming: self.incoming,
            error,
            namespace: PhantomData,
        }
    }
}

impl<N: Namespace> HandlerContext for EventContext<N> {
    type Namespace = N;

    fn client(&self) -> &Client {
        &self.client
    }
}

/// An event that went wrong, on its way to `on_error`.
#[derive(Debug)]
pub struct ErrorContext<N> {
    client: Client,
    incoming: Incoming,
    error: EventError,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> ErrorContext<N> {
    pub(crate) fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    pub(crate) fn error(&self) -> &EventError {
        &self.error
    }

    /// The error itself, for the one who takes it.
    pub(crate) fn take_error(&mut self) -> EventError {
        let taken = EventError::Handler(crate::Error::hidden("taken already"));
        std::mem::replace(&mut self.error, taken)
    }
}

impl<N: Namespace> HandlerContext for ErrorContext<N> {
    type Namespace = N;

    fn client(&self) -> &Client {
        &self.client
    }
}

/// A client that is leaving, on its way to `on_disconnect`.
#[derive(Debug)]
pub struct DisconnectContext<N> {
    client: Client,
    reason: DisconnectReason,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> DisconnectContext<N> {
    pub(crate) fn new(client: Client, reason: DisconnectReason) -> Self {
        Self {
            client,
            reason,
            namespace: PhantomData,
        }
    }

    pub(super) fn reason(&self) -> DisconnectReason {
        self.reason
    }
}

impl<N: Namespace> HandlerContext for DisconnectContext<N> {
    type Namespace = N;

    fn client(&self) -> &Client {
        &self.client
    }
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming")
            .field("event", &self.name())
            .finish_non_exhaustive()
    }
}
