//! What a handler returns, and what becomes of it: an acknowledgement, a session, or an error.

use std::convert::Infallible;

use serde::Serialize;

use crate::{
    Error,
    argument::{ErrorContext, EventContext, HandlerContext},
    emit::arguments::is_unit,
    error::{ConnectionRefused, EventError},
    namespace::Outcome,
};

/// What a handler may return: everything serde can serialize, and a `Result` with it.
///
/// `()` acknowledges without arguments, a tuple with one for each element, everything else with one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an acknowledgement",
    label = "not serializable",
    note = "what a handler returns is sent to a client that asked for an answer: put `#[derive(Serialize)]` on the type, or return `()`"
)]
pub trait Reply: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Reply for T {}

/// What the `Err` of a handler may be: everything that becomes an [`Error`](crate::Error).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a handler",
    label = "not an error",
    note = "return `hobnob::Result`, with `Err(Error::public(text))` for a text that the client is to see, or implement `std::error::Error` for the type; to say in one place what of it the client sees, write `impl From<Type> for hobnob::Error` instead"
)]
pub trait HandlerError {
    #[doc(hidden)]
    fn into_error(self) -> Error;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Error>> HandlerError for E {
    fn into_error(self) -> Error {
        self.into()
    }
}

/// What `on_connect` may return in a class whose session is `S`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what `on_connect` must return here",
    label = "expected `{S}` or `Result<{S}, ConnectionRefused>`",
    note = "`on_connect` returns the session, of the type in `#[namespace(session = Type)]`; without such a type it returns `()` or `bool`, and in any case it may return a `Result` of that",
    note = "in place of `ConnectionRefused` there may be text, a `hobnob::Error`, or a type of yours with `impl From<Type> for ConnectionRefused`"
)]
pub trait ConnectReply<S> {
    #[doc(hidden)]
    fn into_session(self) -> Result<S, ConnectionRefused>;
}

#[diagnostic::do_not_recommend]
impl<S> ConnectReply<S> for S {
    fn into_session(self) -> Result<S, ConnectionRefused> {
        Ok(self)
    }
}

/// `false` refuses, as in Flask-SocketIO.
#[diagnostic::do_not_recommend]
impl ConnectReply<()> for bool {
    fn into_session(self) -> Result<(), ConnectionRefused> {
        if self {
            Ok(())
        } else {
            Err(ConnectionRefused::default())
        }
    }
}

#[diagnostic::do_not_recommend]
impl<S, E: Into<ConnectionRefused>> ConnectReply<S> for Result<S, E> {
    fn into_session(self) -> Result<S, ConnectionRefused> {
        self.map_err(Into::into)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<ConnectionRefused>> ConnectReply<()> for Result<bool, E> {
    fn into_session(self) -> Result<(), ConnectionRefused> {
        self.map_err(Into::into)?.into_session()
    }
}

/// Tells a `Result` from everything else a handler returns. A `Result` can be serialized too, so no
/// bound can do it; a method of the type itself, however, is found before one of a trait.
#[derive(Debug)]
pub struct Returned<T>(pub T);

impl<T, E> Returned<Result<T, E>> {
    /// The `Result` as it is.
    pub fn __into_result(self) -> Result<T, E> {
        self.0
    }
}

/// See [`Returned`].
pub trait ReturnedValue {
    #[doc(hidden)]
    type Value;

    #[doc(hidden)]
    fn __into_result(self) -> Result<Self::Value, Infallible>;
}

impl<T> ReturnedValue for Returned<T> {
    type Value = T;

    fn __into_result(self) -> Result<T, Infallible> {
        Ok(self.0)
    }
}

/// Acknowledges an event with what its handler returned.
pub fn answer<N, T: Reply, E: HandlerError>(
    context: &mut EventContext<N>,
    returned: Result<T, E>,
) -> Result<Outcome, EventError> {
    let reply = returned.map_err(|error| EventError::Handler(error.into_error()))?;
    context.answer(&reply)?;
    Ok(Outcome::Handled)
}

/// Acknowledges a failed event with what `on_error` returned. Where that is `()`, `on_error` only
/// looked on, and the default answer stands: an empty one would look like success.
pub fn answer_error<N, T: Reply, E: HandlerError>(
    context: &ErrorContext<N>,
    returned: Result<T, E>,
) -> Result<Outcome, EventError> {
    let reply = returned.map_err(|error| EventError::Handler(error.into_error()))?;
    if is_unit::<T>() {
        return Ok(Outcome::Unhandled);
    }
    context.incoming().acknowledge(context.client(), &reply)?;
    Ok(Outcome::Handled)
}

/// What `on_disconnect` returned: there is nobody left to answer, but an error is not lost.
pub fn finish<T, E: HandlerError>(returned: Result<T, E>) -> Result<(), EventError> {
    returned
        .map(drop)
        .map_err(|error| EventError::Handler(error.into_error()))
}
