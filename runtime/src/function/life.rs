//! What a function must look like to let clients in or to see them off.

use std::{any::Any, future::Future, sync::Arc};

use super::{
    Function,
    callable::{ArgumentList, Awaited, Callable, ConnectArgumentList, Immediate},
    handler::FunctionReply,
};
use crate::{
    argument::{ConnectContext, DisconnectContext, SessionType},
    client::AnySession,
    error::{ConnectionRefused, EventError},
    reply::finish,
};

/// A function or closure that lets clients in: what
/// [`on_connect`](crate::SocketIoBuilder::on_connect) takes.
#[diagnostic::on_unimplemented(
    message = "this function cannot let clients in",
    label = "not an `on_connect`",
    note = "write `async |client: Client, auth: T| ..`, each argument with its type: `Client`, `SocketIo`, an axum extractor (`FromRequestParts<()>`), or the auth object as a type that owns its data and is `Deserialize`",
    note = "it returns nothing, `bool`, or a `Result` whose `Ok` is the session and whose `Err` becomes a `ConnectionRefused`: `Ok::<_, ConnectionRefused>(session)`",
    note = "it takes no `Session`, which is what it returns; if it is `async`, its future must be `Send`"
)]
pub trait ConnectHandler<M>: Send + Sync + 'static {
    #[doc(hidden)]
    fn handle(
        &self,
        context: &mut ConnectContext,
    ) -> impl Future<Output = Result<AnySession, ConnectionRefused>> + Send;

    #[doc(hidden)]
    fn session() -> SessionType;
}

// Once for each kind, as in `handler.rs`.
macro_rules! connect_handler {
    ($($kind:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<F, Args, M> ConnectHandler<($kind, Args, M)> for F
        where
            F: Callable<Args, $kind>,
            F::Returned: Admission + Send,
            Args: ConnectArgumentList<M> + Send,
        {
            async fn handle(&self, context: &mut ConnectContext) -> Result<AnySession, ConnectionRefused> {
                let arguments = Args::from_context(context).await?;
                self.call_with(arguments).await.into_session()
            }

            fn session() -> SessionType {
                let session = SessionType::of::<<F::Returned as Admission>::Session>();
                // Where `Ok(true)` is all that is said, there is none.
                if session == SessionType::of::<bool>() {
                    SessionType::of::<()>()
                } else {
                    session
                }
            }
        }
    )+};
}

connect_handler!(Awaited, Immediate);

/// What a function that lets clients in may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what a function for `on_connect` may return",
    label = "expected nothing, `bool` or a `Result`",
    note = "a session is returned as `Ok::<_, ConnectionRefused>(session)`"
)]
pub trait Admission {
    #[doc(hidden)]
    type Session: Send + Sync + 'static;

    #[doc(hidden)]
    fn into_session(self) -> Result<AnySession, ConnectionRefused>;
}

impl Admission for () {
    type Session = ();

    fn into_session(self) -> Result<AnySession, ConnectionRefused> {
        Ok(Arc::new(()))
    }
}

/// `false` refuses, as in Flask-SocketIO.
impl Admission for bool {
    type Session = ();

    fn into_session(self) -> Result<AnySession, ConnectionRefused> {
        if self {
            ().into_session()
        } else {
            Err(ConnectionRefused::default())
        }
    }
}

impl<S: Send + Sync + 'static, E: Into<ConnectionRefused>> Admission for Result<S, E> {
    type Session = S;

    fn into_session(self) -> Result<AnySession, ConnectionRefused> {
        let session = self.map_err(Into::into)?;
        match (&session as &dyn Any).downcast_ref::<bool>() {
            // Nobody means `Ok(false)` to let a client in.
            Some(accepted) => accepted.into_session(),
            None => Ok(Arc::new(session)),
        }
    }
}

/// A function or closure that sees clients off: what
/// [`on_disconnect`](crate::SocketIoBuilder::on_disconnect) takes.
#[diagnostic::on_unimplemented(
    message = "this function cannot see clients off",
    label = "not an `on_disconnect`",
    note = "write `async |client: Client, reason: DisconnectReason| ..`: it takes `Client`, `SocketIo`, `Session<T>` and `DisconnectReason`, each with its type, and nothing from the client",
    note = "if it is `async`, its future must be `Send`"
)]
pub trait DisconnectHandler<M>: Send + Sync + 'static {
    #[doc(hidden)]
    fn handle(
        &self,
        context: &mut DisconnectContext<Function>,
    ) -> impl Future<Output = Result<(), EventError>> + Send;

    /// The sessions that its arguments take for granted.
    #[doc(hidden)]
    fn sessions() -> Vec<SessionType>;
}

macro_rules! disconnect_handler {
    ($($kind:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<F, Args, M, R> DisconnectHandler<($kind, Args, M, R)> for F
        where
            F: Callable<Args, $kind>,
            F::Returned: FunctionReply<R> + Send,
            Args: ArgumentList<DisconnectContext<Function>, M> + Send,
        {
            async fn handle(&self, context: &mut DisconnectContext<Function>) -> Result<(), EventError> {
                let arguments = Args::from_context(context)?;
                finish(self.call_with(arguments).await.into_result())
            }

            fn sessions() -> Vec<SessionType> {
                Args::sessions()
            }
        }
    )+};
}

disconnect_handler!(Awaited, Immediate);
