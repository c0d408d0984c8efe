//! What runs around the handlers: sees a client connect, each of its events and its leaving, lets them
//! through or answers instead.

mod answer;
mod trigger;

use std::{fmt, future::Future, sync::Arc};

use futures_util::future::BoxFuture;

pub use self::{
    answer::Answer,
    trigger::{Trigger, TriggerKind},
};
use crate::error::EventError;

/// Something that runs around the handlers of a namespace or of the whole server.
///
/// It is an async function of a [`Trigger`], which says who does what, and of [`Next`], which goes on
/// to the handler. What it returns is the outcome: what [`Next::run`] gave it, or its own. An `Err`
/// refuses a client that connects, and is answered as the `Err` of a handler where it was an event.
/// Whom `on_connect` had let in before a middleware refuses is seen off by `on_disconnect`.
///
/// [`SocketIoBuilder::middleware`](crate::SocketIoBuilder::middleware) adds it to all namespaces,
/// [`middleware_at`](crate::SocketIoBuilder::middleware_at) to one. Those of the server come first,
/// then those of the namespace, each in the order they were added: the first one sees everything
/// before and after all the others.
///
/// What it sends through the [`Client`](crate::Client) of one that connects waits for the acceptance, as in
/// `on_connect`; what it sends through its namespace goes out at once.
///
/// It runs in the client's line, where the handler does: while it waits, the client's next event does.
/// One that does not end when its client leaves is dropped after
/// [`grace`](crate::SocketIoBuilder::grace). For `call`s that the server makes there is none.
///
/// Flask-SocketIO: overriding `trigger_event` of a class.
///
/// ```
/// use std::time::Instant;
///
/// use hobnob::{
///     middleware::{Answer, Next, Trigger},
///     prelude::*,
/// };
///
/// async fn timing(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
///     let event = trigger.event().to_string();
///     let started = Instant::now();
///     let outcome = next.run(trigger).await;
///     tracing::info!(event, elapsed = ?started.elapsed(), failed = outcome.is_err());
///     outcome
/// }
///
/// let builder = SocketIo::builder().middleware(timing);
/// # drop(builder);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "not a middleware",
    note = "write `async fn name(trigger: Trigger, next: Next) -> Result<Answer, EventError>`, or implement `Middleware` for a type that keeps something"
)]
pub trait Middleware: Send + Sync + 'static {
    /// Deals with one thing that a client does.
    fn handle(
        &self,
        trigger: Trigger,
        next: Next,
    ) -> impl Future<Output = Result<Answer, EventError>> + Send;
}

#[diagnostic::do_not_recommend]
impl<F, Fut> Middleware for F
where
    F: Fn(Trigger, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer, EventError>> + Send,
{
    fn handle(
        &self,
        trigger: Trigger,
        next: Next,
    ) -> impl Future<Output = Result<Answer, EventError>> + Send {
        self(trigger, next)
    }
}

/// A middleware, whatever its type.
pub(crate) trait AnyMiddleware: Send + Sync {
    fn handle(&self, trigger: Trigger, next: Next) -> BoxFuture<'_, Result<Answer, EventError>>;
}

impl<M: Middleware> AnyMiddleware for M {
    fn handle(&self, trigger: Trigger, next: Next) -> BoxFuture<'_, Result<Answer, EventError>> {
        Box::pin(Middleware::handle(self, trigger, next))
    }
}

/// All that run around one namespace's handlers, the outermost first.
pub(crate) type Chain = Arc<[Arc<dyn AnyMiddleware>]>;

/// What is at the end of a chain: the handler.
type End = Box<dyn FnOnce(Trigger) -> BoxFuture<'static, Result<Answer, EventError>> + Send>;

/// The rest of the way to the handler, for a [`Middleware`] to go on with.
pub struct Next {
    chain: Chain,
    passed: usize,
    end: End,
}

impl Next {
    pub(crate) fn new(
        chain: &Chain,
        end: impl FnOnce(Trigger) -> BoxFuture<'static, Result<Answer, EventError>> + Send + 'static,
    ) -> Self {
        Self {
            chain: Arc::clone(chain),
            passed: 0,
            end: Box::new(end),
        }
    }

    /// Goes on: through the other middleware to the handler, and back with the outcome. The answer has
    /// not gone out yet.
    ///
    /// # Errors
    ///
    /// What went wrong: the arguments, the handler's `Err` or its panic, a refusal.
    pub async fn run(mut self, trigger: Trigger) -> Result<Answer, EventError> {
        let chain = Arc::clone(&self.chain);
        match chain.get(self.passed) {
            Some(middleware) => {
                self.passed += 1;
                middleware.handle(trigger, self).await
            }
            None => (self.end)(trigger).await,
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("left", &(self.chain.len() - self.passed))
            .finish_non_exhaustive()
    }
}
