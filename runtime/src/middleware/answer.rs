//! What comes of an event where nothing went wrong: an answer that has not gone out yet.

use std::fmt;

use serde::Serialize;
use socketioxide_core::Value;

use crate::{
    argument::Args,
    emit::{arguments::Arguments, encode::encode},
    error::EventError,
};

/// The answer to an event: what its handler returned, or what a middleware answers instead.
///
/// It goes to the client once all middleware have seen it, if the client asked for an answer.
#[derive(Clone)]
pub struct Answer {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// No arguments.
    Empty,
    Encoded(Value),
    Unhandled,
}

impl Answer {
    /// An answer with this value, in place of the handler's: `()` is no argument, a tuple one for each
    /// element, everything else one.
    ///
    /// ```
    /// use hobnob::{
    ///     middleware::{Answer, Next, Trigger},
    ///     prelude::*,
    /// };
    ///
    /// async fn closed_at_night(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    ///     if trigger.event() == "order" {
    ///         return Answer::new("come back at eight");
    ///     }
    ///     next.run(trigger).await
    /// }
    /// # let _ = SocketIo::builder().middleware(closed_at_night);
    /// ```
    ///
    /// # Errors
    ///
    /// If the value cannot be serialized.
    pub fn new<T: Serialize>(value: T) -> Result<Self, EventError> {
        // Whatever the client speaks: what it is sent is made of this.
        let encoded = encode(None, &Arguments(&value));
        let encoded = encoded.map_err(|error| EventError::Reply(error.to_string()))?;
        Ok(Self::encoded(encoded))
    }

    /// An answer without arguments: nothing went wrong and there is nothing to say. For a client that
    /// connects or leaves it is the only one.
    pub fn empty() -> Self {
        Self { kind: Kind::Empty }
    }

    pub(crate) fn encoded(value: Value) -> Self {
        Self {
            kind: Kind::Encoded(value),
        }
    }

    pub(crate) fn unhandled() -> Self {
        Self {
            kind: Kind::Unhandled,
        }
    }

    /// Whether nobody handled the event. The client is then answered as
    /// [`SocketIoBuilder::unhandled`](crate::SocketIoBuilder::unhandled) says.
    pub fn is_unhandled(&self) -> bool {
        matches!(self.kind, Kind::Unhandled)
    }

    /// The arguments of the answer.
    pub fn args(&self) -> Args {
        match &self.kind {
            Kind::Encoded(value) => Args::of_answer(value.clone()),
            Kind::Empty | Kind::Unhandled => Args::of_answer(Value::Str("[]".into(), None)),
        }
    }

    pub(crate) fn into_value(self) -> Option<Value> {
        match self.kind {
            Kind::Encoded(value) => Some(value),
            Kind::Empty | Kind::Unhandled => None,
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unhandled() {
            f.write_str("Unhandled")
        } else {
            f.debug_tuple("Answer").field(&self.args()).finish()
        }
    }
}
