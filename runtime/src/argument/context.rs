//! What a handler is called with: the client, and what there is beside it.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use socketioxide_core::Value;

use super::{
    acknowledge::encode_answer,
    args::{Args, EventName},
    wire::Wire,
};
use crate::{
    client::Client,
    error::{ArgumentError, EventError},
    reason::DisconnectReason,
};

/// An event as the engine hands it over.
#[derive(Clone)]
pub(crate) struct Incoming {
    pub(crate) value: Value,
    pub(crate) ack: Option<i64>,
}

impl Incoming {
    /// What a client brings that connects, in the form of an event: the auth object.
    pub(crate) fn connect(auth: Option<&Value>) -> Self {
        let value = match auth {
            Some(Value::Str(auth, _)) => Value::Str(format!("[\"connect\",{auth}]").into(), None),
            #[cfg(feature = "msgpack")]
            Some(Value::Bytes(auth)) => Value::Bytes(super::msgpack::event("connect", auth)),
            _ => Value::Str("[\"connect\"]".into(), None),
        };
        Self { value, ack: None }
    }

    /// The event's name.
    pub(crate) fn name(&self) -> &str {
        Wire::event_name(&self.value)
    }

    /// What it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        let attachments = match &self.value {
            Value::Str(_, Some(attachments)) => attachments.iter().map(Bytes::len).sum(),
            _ => 0,
        };
        self.value.len() + attachments
    }

    pub(crate) fn event_name(&self) -> EventName {
        EventName::new(&self.value)
    }

    pub(crate) fn args(&self) -> Args {
        Args::new(self.value.clone())
    }
}

/// What all handlers but `on_connect` have: a connected client.
pub trait HandlerContext {
    #[doc(hidden)]
    fn client(&self) -> &Client;
}

/// One event on its way to its handler and back.
#[derive(Debug)]
pub struct EventContext<N> {
    client: Client,
    incoming: Incoming,
    wire: Wire,
    /// What becomes of the answer.
    answers: Answers,
    namespace: PhantomData<fn() -> N>,
}

impl<N> EventContext<N> {
    pub(crate) fn new(client: Client, incoming: Incoming) -> Self {
        Self::with(client, incoming, Answers::GoOut)
    }

    /// For an event whose answer a middleware is to see first.
    pub(crate) fn keeping(client: Client, incoming: Incoming) -> Self {
        Self::with(client, incoming, Answers::AreKept(None))
    }

    fn with(client: Client, incoming: Incoming, answers: Answers) -> Self {
        let wire = Wire::of_event(&incoming.value);
        Self {
            client,
            incoming,
            wire,
            answers,
            namespace: PhantomData,
        }
    }

    /// The same event for somebody else.
    pub(crate) fn hand_over<M>(&mut self) -> EventContext<M> {
        let answers = std::mem::replace(&mut self.answers, Answers::GoOut);
        EventContext::with(self.client.clone(), self.incoming.clone(), answers)
    }

    /// The event is back from somebody else.
    pub(crate) fn take_back<M>(&mut self, other: EventContext<M>) {
        self.answers = other.answers;
    }

    /// Answers with what the handler returned.
    pub(crate) fn answer<T: Serialize>(&mut self, reply: &T) -> Result<(), EventError> {
        match &mut self.answers {
            Answers::GoOut => self.incoming.acknowledge(&self.client, reply),
            Answers::AreKept(kept) => {
                *kept = Some(encode_answer(&self.client, reply)?);
                Ok(())
            }
        }
    }

    /// What the handler returned, if it was kept.
    pub(crate) fn take_answer(&mut self) -> Option<Value> {
        match &mut self.answers {
            Answers::GoOut => None,
            Answers::AreKept(kept) => kept.take(),
        }
    }

    /// The event's name: what the generated `match` looks at.
    pub fn event(&self) -> &str {
        self.wire.event(&self.incoming.value)
    }

    pub(crate) fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    /// The event as it came.
    pub(crate) fn into_event(self) -> Incoming {
        self.incoming
    }

    pub(super) fn next_argument<T: DeserializeOwned>(&mut self) -> Result<T, ArgumentError> {
        self.wire.next(&self.incoming.value)
    }

    /// The same, and which one it is.
    #[cfg(feature = "garde")]
    pub(super) fn next_argument_at<T: DeserializeOwned>(
        &mut self,
    ) -> Result<(T, crate::error::Position), ArgumentError> {
        let argument = self.next_argument()?;
        Ok((argument, self.wire.position()))
    }

    /// Turns this event into one that went wrong.
    pub(crate) fn fail(&self, error: EventError) -> ErrorContext<N> {
        ErrorContext {
            client: self.client.clone(),
            incoming: self.incoming.clone(),
            error,
            namespace: PhantomData,
        }
    }
}

impl<N> HandlerContext for EventContext<N> {
    fn client(&self) -> &Client {
        &self.client
    }
}

#[derive(Debug)]
enum Answers {
    /// At once, if the client asked.
    GoOut,
    /// Until all middleware have seen it.
    AreKept(Option<Value>),
}

/// An event that went wrong, on its way to `on_error`.
#[derive(Debug)]
pub struct ErrorContext<N> {
    client: Client,
    incoming: Incoming,
    error: EventError,
    namespace: PhantomData<fn() -> N>,
}

impl<N> ErrorContext<N> {
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

impl<N> HandlerContext for ErrorContext<N> {
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

impl<N> DisconnectContext<N> {
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

impl<N> HandlerContext for DisconnectContext<N> {
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
