//! What can go wrong between an event and its handler's answer: what `on_error` is given.

use std::fmt;

use serde_json::{Value, json};

use super::{ConnectionRefused, Error};

/// Why an event was not handled: the argument of `on_error`.
///
/// [`on_error_at`](crate::SocketIoBuilder::on_error_at) of the builder, else
/// `on_error(&self, client: Client, error: EventError) -> R` of the class, else
/// [`on_error`](crate::SocketIoBuilder::on_error) of the builder decides what the client gets for an
/// answer. Without any of them, and where that of a class returns `()`, it gets `{"error": text}`.
///
/// Flask-SocketIO: the argument of an `@socketio.on_error()` handler.
///
/// ```
/// use hobnob::prelude::*;
/// use serde_json::{Value, json};
///
/// struct Shop;
///
/// #[namespace("/shop")]
/// impl Shop {
///     fn on_order(&self, cups: u32) -> u32 {
///         10 - cups
///     }
///
///     fn on_error(&self, event: EventName, error: EventError) -> Value {
///         match error {
///             EventError::Argument(wrong) => json!({ "event": event, "field": wrong.path() }),
///             other => other.to_answer(),
///         }
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The client sent arguments that the handler does not take.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The handler returned an error.
    #[error("{0}")]
    Handler(Error),
    /// The handler panicked.
    #[error(transparent)]
    Panic(#[from] Panic),
    /// What the handler returned could not be serialized.
    #[error("the acknowledgement cannot be serialized: {0}")]
    Reply(String),
    /// The client may not connect, or not do this: `on_connect` or a middleware said so.
    #[error("refused: {0}")]
    Refused(ConnectionRefused),
}

impl From<Error> for EventError {
    fn from(error: Error) -> Self {
        Self::Handler(error)
    }
}

/// The text says what refused, so there is no source that would say it again.
impl From<ConnectionRefused> for EventError {
    fn from(refused: ConnectionRefused) -> Self {
        Self::Refused(refused)
    }
}

impl EventError {
    /// What a client gets that asked for an acknowledgement, where no `on_error` decides otherwise:
    /// `{"error": text}`. A mistake of the client is named, a mistake of the server is not.
    pub fn to_answer(&self) -> Value {
        match self {
            Self::Argument(error) => json!({ "error": error.to_string() }),
            Self::Handler(error) => error.to_answer(),
            Self::Refused(refused) => json!({ "error": refused.to_string() }),
            Self::Panic(_) | Self::Reply(_) => json!({ "error": "internal error" }),
        }
    }

    /// Whether the fault is the client's.
    pub fn is_client_error(&self) -> bool {
        match self {
            Self::Argument(_) | Self::Refused(_) => true,
            // One with a cause has more to tell than the client is told.
            Self::Handler(error) => error.public_message().is_some() && error.source().is_none(),
            Self::Panic(_) | Self::Reply(_) => false,
        }
    }
}

/// An argument a client sent is missing or is not what the handler takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentError {
    pub(crate) position: Position,
    pub(crate) path: String,
    pub(crate) message: String,
}

/// Which argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// The auth object of a connection.
    Auth,
    /// The n-th argument of an event, counted from 1.
    Argument(usize),
}

impl ArgumentError {
    /// Which argument, counted from 1; `None` for the auth object of a connection.
    pub fn position(&self) -> Option<usize> {
        match self.position {
            Position::Auth => None,
            Position::Argument(n) => Some(n),
        }
    }

    /// Where in the argument, as in `user.tags[2]`; empty where it is the argument itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Position::Auth => f.write_str("auth")?,
            Position::Argument(n) => write!(f, "argument {n}")?,
        }
        if !self.path.is_empty() {
            write!(f, ", `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ArgumentError {}

/// A handler panicked. The text is for the log; no client sees it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the handler panicked: {0}")]
pub struct Panic(String);

impl Panic {
    pub(crate) fn new(payload: &(dyn std::any::Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Self(text.unwrap_or_else(|| "no text".to_owned()))
    }
}
