//! What `#[namespace]` makes of an `impl` block: the trait between generated code and the runtime.

use std::future::Future;

use crate::{
    argument::{ConnectContext, DisconnectContext, ErrorContext, EventContext},
    error::{ConnectionRefused, EventError},
};

/// A class whose methods handle the events of a namespace.
///
/// `#[namespace]` on an `impl` block implements it; there is no need to do so by hand, and what it
/// consists of may change with every version.
///
/// One value of the class serves all clients at the same time. What belongs to one client is its
/// [`Session`](crate::Session); what they share is in the fields of the class, behind a `Mutex` or
/// an atomic if it changes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a namespace",
    label = "not a namespace",
    note = "write `#[namespace(\"/path\")]` above the `impl {Self}` block with its handlers"
)]
pub trait Namespace: Send + Sync + Sized + 'static {
    /// Where it is mounted if nothing else is said.
    const PATH: &'static str;

    /// What `on_connect` returns for a client; `()` where it returns nothing of the kind.
    type Session: Send + Sync + 'static;

    #[doc(hidden)]
    const EVENTS: &'static [EventDescription];

    #[doc(hidden)]
    const HAS_ON_ERROR: bool;

    #[doc(hidden)]
    fn connect(
        &self,
        context: &mut ConnectContext,
    ) -> impl Future<Output = Result<Self::Session, ConnectionRefused>> + Send;

    /// The methods that are no `async fn`, which need no future; `Unhandled` if it is none of theirs.
    #[doc(hidden)]
    fn dispatch_sync(&self, context: &mut EventContext<Self>) -> Result<Outcome, EventError> {
        let _ = context;
        Ok(Outcome::Unhandled)
    }

    /// All others.
    #[doc(hidden)]
    fn dispatch(
        &self,
        context: &mut EventContext<Self>,
    ) -> impl Future<Output = Result<Outcome, EventError>> + Send;

    #[doc(hidden)]
    fn disconnect(
        &self,
        context: &mut DisconnectContext<Self>,
    ) -> impl Future<Output = Result<(), EventError>> + Send;

    #[doc(hidden)]
    fn error(
        &self,
        context: &mut ErrorContext<Self>,
    ) -> impl Future<Output = Result<Outcome, EventError>> + Send;
}

/// One event that a class handles.
#[derive(Debug, Clone, Copy)]
pub struct EventDescription {
    #[doc(hidden)]
    pub name: &'static str,
    #[doc(hidden)]
    pub concurrent: bool,
}

/// What became of an event that nothing went wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A handler ran, and answered if there was an answer.
    Handled,
    /// There is no handler for it.
    Unhandled,
}

/// The class of a namespace that has none, only functions or nothing at all.
pub(crate) struct NoClass;

impl Namespace for NoClass {
    const PATH: &'static str = "/";

    type Session = ();

    const EVENTS: &'static [EventDescription] = &[];

    const HAS_ON_ERROR: bool = false;

    async fn connect(&self, _: &mut ConnectContext) -> Result<(), ConnectionRefused> {
        Ok(())
    }

    async fn dispatch(&self, _: &mut EventContext<Self>) -> Result<Outcome, EventError> {
        Ok(Outcome::Unhandled)
    }

    async fn disconnect(&self, _: &mut DisconnectContext<Self>) -> Result<(), EventError> {
        Ok(())
    }

    async fn error(&self, _: &mut ErrorContext<Self>) -> Result<Outcome, EventError> {
        Ok(Outcome::Unhandled)
    }
}
