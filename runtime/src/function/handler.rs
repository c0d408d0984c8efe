//! What a function must look like to handle an event: arguments as a method has them, a reply as a
//! method has it.

use std::{convert::Infallible, future::Future};

use serde::Serialize;

use super::{
    Function,
    callable::{ArgumentList, Awaited, Callable, Immediate},
};
use crate::{
    argument::{EventContext, SessionType},
    error::EventError,
    namespace::Outcome,
    reply::{HandlerError, Reply, answer},
};

/// A function or closure that handles an event: what [`on`](crate::SocketIoBuilder::on) takes.
///
/// It has the arguments that a method of a class has, eight at the most, and returns what a method
/// returns. The mark `M` is found by the compiler.
#[diagnostic::on_unimplemented(
    message = "this function cannot handle an event",
    label = "not a handler",
    note = "write `async |client: Client, data: T| ..` or `|client: Client, data: T| ..`, each argument with its type: `Client`, `SocketIo`, `Session<T>`, `EventName`, `Args`, or a type that owns its data and is `Deserialize`; eight arguments at the most",
    note = "it returns nothing, a type that is `Serialize`, or a `Result` of either, whose `Err` becomes a `hobnob::Error`",
    note = "if it is `async`, its future must be `Send`: nothing like `Rc` or the guard of a lock may be there across an `.await`",
    note = "a closure that is `async` must not borrow what it captures: write `move |..| {{ let kept = kept.clone(); async move {{ .. }} }}`"
)]
pub trait Handler<M>: Send + Sync + 'static {
    #[doc(hidden)]
    const CONCURRENT: bool;

    #[doc(hidden)]
    fn handle(
        &self,
        context: &mut EventContext<Function>,
    ) -> impl Future<Output = Result<Outcome, EventError>> + Send;

    /// The sessions that its arguments take for granted.
    #[doc(hidden)]
    fn sessions() -> Vec<SessionType>;
}

// Once for each kind, so that the compiler can tell by all of the conditions which one it is.
macro_rules! handler {
    ($($kind:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<F, Args, M, R> Handler<($kind, Args, M, R)> for F
        where
            F: Callable<Args, $kind>,
            F::Returned: FunctionReply<R> + Send,
            Args: ArgumentList<EventContext<Function>, M> + Send,
        {
            const CONCURRENT: bool = false;

            async fn handle(
                &self,
                context: &mut EventContext<Function>,
            ) -> Result<Outcome, EventError> {
                let arguments = Args::from_context(context)?;
                let returned = self.call_with(arguments).await;
                answer(context, returned.into_result())
            }

            fn sessions() -> Vec<SessionType> {
                Args::sessions()
            }
        }
    )+};
}

handler!(Awaited, Immediate);

/// What a function may return. The mark `M` tells a `Result` from everything else.
pub trait FunctionReply<M> {
    #[doc(hidden)]
    type Value: Reply;
    #[doc(hidden)]
    type Error: HandlerError;

    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Value, Self::Error>;
}

/// Marks a reply that is a `Result`.
#[derive(Debug)]
pub enum Fallible {}

/// Marks any other reply.
#[derive(Debug)]
pub enum Plain {}

#[diagnostic::do_not_recommend]
impl<T: Reply, E: HandlerError> FunctionReply<Fallible> for Result<T, E> {
    type Value = T;
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}

/// Marks a `Result` whose `Err` is no error, as text is none. What is two things at once the compiler
/// refuses; it would pass for any other reply otherwise, with `Ok` and `Err` for the client to see.
#[derive(Debug)]
pub enum ErrIsNoError {}

#[diagnostic::do_not_recommend]
impl<T: Reply, E: Serialize> FunctionReply<ErrIsNoError> for Result<T, E> {
    type Value = ();
    type Error = Infallible;

    fn into_result(self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Reply> FunctionReply<Plain> for T {
    type Value = T;
    type Error = Infallible;

    fn into_result(self) -> Result<T, Infallible> {
        Ok(self)
    }
}

/// A handler that does not wait in line: see [`concurrent`].
#[derive(Debug, Clone)]
pub struct Concurrent<H>(H);

/// Takes a function out of its clients' lines, as `#[event("name", concurrent)]` does a method: it runs
/// beside the events before and after it.
///
/// ```
/// use std::time::Duration;
///
/// use hobnob::{concurrent, prelude::*};
///
/// async fn brew(client: Client) -> Result {
///     tokio::time::sleep(Duration::from_secs(180)).await;
///     client.emit("tea", ())?;
///     Ok(())
/// }
///
/// let builder = SocketIo::builder().on("/", "brew", concurrent(brew));
/// # drop(builder);
/// ```
pub fn concurrent<H>(handler: H) -> Concurrent<H> {
    Concurrent(handler)
}

#[diagnostic::do_not_recommend]
impl<H: Handler<M>, M> Handler<(Concurrent<()>, M)> for Concurrent<H> {
    const CONCURRENT: bool = true;

    fn handle(
        &self,
        context: &mut EventContext<Function>,
    ) -> impl Future<Output = Result<Outcome, EventError>> + Send {
        self.0.handle(context)
    }

    fn sessions() -> Vec<SessionType> {
        H::sessions()
    }
}
