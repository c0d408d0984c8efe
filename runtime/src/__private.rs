//! Everything that generated code names. Nothing here is for anybody else: it changes with every
//! version, without notice.

pub use std::{
    future::Future,
    option::Option::{None, Some},
    result::Result::{self, Err, Ok},
    string::String,
};

pub use serde::{Serialize, Serializer};

pub use crate::{
    argument::{
        Argument, ConnectArgument, ConnectContext, DisconnectContext, ErrorContext, EventContext,
    },
    error::{ArgumentError, ConnectionRefused, EventError},
    event::{Event, fields, none, object, one},
    namespace::{EventDescription, Namespace, Outcome},
    reply::{ConnectReply, Returned, ReturnedValue, answer, answer_error, finish},
};

/// The next argument of a handler. The type stands in the call, so that an error is shown at it.
pub fn argument<T: Argument<C, M>, C, M>(context: &mut C) -> Result<T, ArgumentError> {
    T::from_context(context)
}

/// The next argument of `on_connect`.
pub fn connect_argument<T: ConnectArgument<M>, M>(
    context: &mut ConnectContext,
) -> impl Future<Output = Result<T, ConnectionRefused>> + Send {
    T::from_context(context)
}

/// What `on_connect` returned, as the session of the class.
pub fn connected<S, R: ConnectReply<S>>(returned: R) -> Result<S, ConnectionRefused> {
    returned.into_session()
}

/// A handler's future as one that is `Send`, which is required here and nowhere else: the error for
/// one that is not stands at the handler, once.
pub fn sendable<F: Future + Send>(handler: F) -> impl Future<Output = F::Output> + Send {
    handler
}
