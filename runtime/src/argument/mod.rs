//! The arguments of a handler: some come from the context, the others from the wire.

mod acknowledge;
mod answer;
mod args;
mod attachments;
mod connect;
mod context;
mod late;
mod missing;
#[cfg(feature = "msgpack")]
mod msgpack;
pub(crate) mod nesting;
#[cfg(test)]
mod proptests;
mod session;
#[cfg(feature = "garde")]
mod valid;
mod wire;

#[cfg(feature = "test")]
pub(crate) use self::answer::has_place_for;
pub(crate) use self::{
    answer::decode_answer,
    context::{HandlerContext, Incoming},
    session::SessionType,
};
pub use self::{
    args::{Args, EventName},
    connect::{ConnectArgument, ConnectContext},
    context::{DisconnectContext, ErrorContext, EventContext},
};

use serde::de::DeserializeOwned;

use crate::{
    client::Client,
    error::{ArgumentError, EventError},
    reason::DisconnectReason,
    server::SocketIo,
};

/// A type that a handler may take as an argument.
///
/// Each handler has a context `C`: that of an event, of a disconnect or of an error. The mark `M`
/// says where the value comes from; the compiler finds it, since no type comes from two places. That
/// is how [`Client`] is told from a `struct` of yours that derives `Deserialize`: by what they are,
/// not by what they are called.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of this handler",
    label = "this handler cannot take it",
    note = "a handler of an event takes what the client sent, as types that own their data and are `Deserialize`: `#[derive(Deserialize)]`",
    note = "besides it takes `Client`, `SocketIo`, `EventName`, `Args`, and `Session<T>`, where `T` is what `#[namespace(session = T)]` says",
    note = "`on_disconnect` takes `Client`, `SocketIo`, `Session<T>` and `DisconnectReason`, and nothing from the client",
    note = "`on_error` takes `Client`, `SocketIo`, `Session<T>`, `EventName`, `Args` and `EventError`, and nothing from the client"
)]
pub trait Argument<C, M>: Sized {
    #[doc(hidden)]
    fn from_context(context: &mut C) -> Result<Self, ArgumentError>;

    /// The session that it takes for granted, where the compiler does not see to it.
    #[doc(hidden)]
    fn session() -> Option<SessionType> {
        None
    }
}

/// Marks what is taken from the context.
#[derive(Debug)]
pub enum FromContext {}

/// Marks what is decoded from what the client sent.
#[derive(Debug)]
pub enum FromWire {}

#[diagnostic::do_not_recommend]
impl<N, T: DeserializeOwned> Argument<EventContext<N>, FromWire> for T {
    fn from_context(context: &mut EventContext<N>) -> Result<Self, ArgumentError> {
        context.next_argument()
    }
}

#[diagnostic::do_not_recommend]
impl<C: HandlerContext> Argument<C, FromContext> for Client {
    fn from_context(context: &mut C) -> Result<Self, ArgumentError> {
        Ok(context.client().clone())
    }
}

#[diagnostic::do_not_recommend]
impl<C: HandlerContext> Argument<C, FromContext> for SocketIo {
    fn from_context(context: &mut C) -> Result<Self, ArgumentError> {
        Ok(context.client().socketio())
    }
}

#[diagnostic::do_not_recommend]
impl<N> Argument<EventContext<N>, FromContext> for EventName {
    fn from_context(context: &mut EventContext<N>) -> Result<Self, ArgumentError> {
        Ok(context.incoming().event_name())
    }
}

#[diagnostic::do_not_recommend]
impl<N> Argument<EventContext<N>, FromContext> for Args {
    fn from_context(context: &mut EventContext<N>) -> Result<Self, ArgumentError> {
        Ok(context.incoming().args())
    }
}

#[diagnostic::do_not_recommend]
impl<N> Argument<ErrorContext<N>, FromContext> for EventName {
    fn from_context(context: &mut ErrorContext<N>) -> Result<Self, ArgumentError> {
        Ok(context.incoming().event_name())
    }
}

#[diagnostic::do_not_recommend]
impl<N> Argument<ErrorContext<N>, FromContext> for Args {
    fn from_context(context: &mut ErrorContext<N>) -> Result<Self, ArgumentError> {
        Ok(context.incoming().args())
    }
}

#[diagnostic::do_not_recommend]
impl<N> Argument<ErrorContext<N>, FromContext> for EventError {
    fn from_context(context: &mut ErrorContext<N>) -> Result<Self, ArgumentError> {
        Ok(context.take_error())
    }
}

#[diagnostic::do_not_recommend]
impl<N> Argument<DisconnectContext<N>, FromContext> for DisconnectReason {
    fn from_context(context: &mut DisconnectContext<N>) -> Result<Self, ArgumentError> {
        Ok(context.reason())
    }
}
