//! Working off a line: each event through its class and back, and the client's leaving at the end.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures_util::FutureExt;
use tracing::{Instrument, Span, field};

use crate::{
    argument::{EventContext, HandlerContext, Incoming, nesting},
    client::{Client, ClientState},
    dispatch::Mounted,
    error::{ArgumentError, EventError},
    failure::{outcome_of, panicked},
    lane::{Job, Leaving},
    namespace::{Namespace, Outcome},
    server::Unhandled,
};

const HANDLED: &str = "handled";

/// The outcome of a handler that outlived its client.
const DROPPED: &str = "dropped";

/// A mounted class, whatever its type: how the line of a client reaches it, once for each time it
/// has work.
pub(crate) trait Class: Send + Sync {
    /// Works off an event and the client's line after it, here as far as nothing has to be waited for.
    fn work_off(self: Arc<Self>, client: &Arc<ClientState>, event: Incoming);

    /// Starts a task that works the client's line off.
    fn start(self: Arc<Self>, client: Arc<ClientState>);

    /// Whether the event is one that does not wait in line.
    fn is_concurrent(&self, event: &Incoming) -> bool;

    /// Starts a task for one event; `false` if there are too many already.
    fn run_concurrently(
        self: Arc<Self>,
        client: &Arc<ClientState>,
        event: Incoming,
        most: usize,
    ) -> bool;
}

impl<N: Namespace> Class for Mounted<N> {
    fn work_off(self: Arc<Self>, client: &Arc<ClientState>, event: Incoming) {
        let next = self.at_once(client, event).err();
        let Some(next) = next.or_else(|| self.next(client)) else {
            return;
        };
        let mut work = Box::pin(self.line(Arc::clone(client), Some(next)));
        // Most futures have nothing to wait for, and a task costs more than they do. Nobody is woken by
        // what is waited for here, but the task looks at once.
        let mut context = Context::from_waker(Waker::noop());
        if work.as_mut().poll(&mut context).is_pending() {
            client.socketio.runtime().spawn(work);
        }
    }

    fn start(self: Arc<Self>, client: Arc<ClientState>) {
        let runtime = client.socketio.runtime().clone();
        runtime.spawn(self.line(client, None));
    }

    fn is_concurrent(&self, event: &Incoming) -> bool {
        if self.functions.has_events()
            && let Some(function) = self.functions.event(event.name())
        {
            return function.is_concurrent();
        }
        // Most classes have nothing concurrent, which the compiler sees.
        let described = |name| N::EVENTS.iter().find(|known| known.name == name);
        N::EVENTS.iter().any(|known| known.concurrent)
            && described(event.name())
                .or_else(|| described("*"))
                .is_some_and(|known| known.concurrent)
    }

    fn run_concurrently(
        self: Arc<Self>,
        client: &Arc<ClientState>,
        event: Incoming,
        most: usize,
    ) -> bool {
        let task_client = Arc::clone(client);
        let run = async move {
            let mut context = EventContext::new(Client::new(Arc::clone(&task_client)), event);
            let ended = match too_deep(&task_client, &context) {
                None => {
                    let span = event_span(&context);
                    self.handle(&task_client, &mut context, span).await
                }
                Some(error) => self.failed(&task_client, &context, error.into()).await,
            };
            if ended == Ended::Dropped {
                log_dropped(&task_client, 0);
            }
        };
        client.spawn_event(run, most)
    }
}

/// What is to be done next and may have to be waited for.
enum Step<N> {
    Event(Incoming, Span),
    /// An event that went wrong.
    Failed(Box<EventContext<N>>, EventError),
    Leave(Leaving),
}

/// Whether a handler came to its end.
#[derive(PartialEq, Eq)]
enum Ended {
    Itself,
    /// Its client left, and its grace was over.
    Dropped,
}

impl<N: Namespace> Mounted<N> {
    /// Handles an event if its method is a plain function; else says what there is to do.
    fn at_once(&self, client: &Arc<ClientState>, event: Incoming) -> Result<(), Step<N>> {
        let mut context = EventContext::new(Client::new(Arc::clone(client)), event);
        let span = event_span(&context);
        let entered = span.enter();
        let handled = match too_deep(client, &context) {
            None => catch_unwind(AssertUnwindSafe(|| self.dispatch_sync(&mut context))),
            Some(error) => Ok(Err(error.into())),
        };
        drop(entered);
        let error = match handled {
            Ok(Ok(Outcome::Handled)) => {
                span.record("outcome", HANDLED);
                return Ok(());
            }
            Ok(Ok(Outcome::Unhandled)) => return Err(Step::Event(context.into_event(), span)),
            Ok(Err(error)) => error,
            Err(payload) => panicked(&*payload),
        };
        span.record("outcome", outcome_of(&error));
        Err(Step::Failed(Box::new(context), error))
    }

    /// Works the line off as far as nothing has to be waited for, and says what comes then.
    fn next(self: &Arc<Self>, client: &Arc<ClientState>) -> Option<Step<N>> {
        loop {
            match client.lane.next()? {
                Job::Event(event) if self.is_concurrent(&event) => {
                    // It came before the line was open.
                    let most = client.socketio.options().max_waiting.events;
                    if !Arc::clone(self).run_concurrently(client, event, most) {
                        client.evict_flooding(most);
                    }
                }
                Job::Event(event) => {
                    if let Err(step) = self.at_once(client, event) {
                        return Some(step);
                    }
                }
                Job::Leave(leaving) => return Some(Step::Leave(leaving)),
            }
        }
    }

    /// Works the client's line off, something that is not in it first.
    async fn line(self: Arc<Self>, client: Arc<ClientState>, first: Option<Step<N>>) {
        let mut next = first.or_else(|| self.next(&client));
        while let Some(step) = next {
            // Not only handlers can panic but also what is left of them when they are dropped, and the
            // texts of their errors.
            let done = match step {
                Step::Event(event, span) => {
                    let mut context = EventContext::new(Client::new(Arc::clone(&client)), event);
                    let handling = AssertUnwindSafe(self.handle(&client, &mut context, span));
                    handling.catch_unwind().await
                }
                Step::Failed(context, error) => {
                    let failing = AssertUnwindSafe(self.failed(&client, &context, error));
                    failing.catch_unwind().await
                }
                Step::Leave(leaving) => {
                    // Boxed, as is what else is rare: a line is as small as its handlers let it.
                    let seeing_off = AssertUnwindSafe(Box::pin(self.see_off(&client, leaving)));
                    let seen_off = seeing_off.catch_unwind().await;
                    seen_off.map(|()| Ended::Itself)
                }
            };
            match done {
                Ok(Ended::Itself) => {}
                // What waits behind it goes with it: the next may not end either.
                Ok(Ended::Dropped) => log_dropped(&client, client.lane.drop_events()),
                Err(payload) => {
                    let error = panicked(&*payload);
                    tracing::error!(target: "hobnob::event", %error, "something of a handler panicked");
                }
            }
            next = self.next(&client);
        }
    }

    /// One event, from the line to its answer.
    async fn handle(
        self: &Arc<Self>,
        client: &Arc<ClientState>,
        context: &mut EventContext<N>,
        span: Span,
    ) -> Ended {
        let outcome = if span.is_disabled() {
            self.outcome(client, context).await
        } else {
            // Who does not trace carries no room for it.
            Box::pin(self.outcome(client, context).instrument(span.clone())).await
        };
        span.record("outcome", outcome);
        if outcome == DROPPED {
            Ended::Dropped
        } else {
            Ended::Itself
        }
    }

    /// Lets the class handle an event and deals with what comes of it; says what that was.
    async fn outcome(
        self: &Arc<Self>,
        client: &Arc<ClientState>,
        context: &mut EventContext<N>,
    ) -> &'static str {
        let handled = {
            let handler = pin!(AssertUnwindSafe(self.dispatch(context)).catch_unwind());
            while_wanted(client, handler).await
        };
        let error = match handled {
            Some(Ok(Ok(Outcome::Handled))) => return HANDLED,
            Some(Ok(Ok(Outcome::Unhandled))) => {
                unhandled(context);
                return "unhandled";
            }
            Some(Ok(Err(error))) => error,
            Some(Err(payload)) => panicked(&*payload),
            None => return DROPPED,
        };
        let outcome = outcome_of(&error);
        match self.failed(client, context, error).await {
            Ended::Itself => outcome,
            Ended::Dropped => DROPPED,
        }
    }

    /// Answers an event that went wrong.
    async fn failed(
        &self,
        client: &ClientState,
        context: &EventContext<N>,
        error: EventError,
    ) -> Ended {
        let mut failing = Box::pin(self.fail(context.fail(error)));
        let ended = while_wanted(client, failing.as_mut()).await;
        ended.map_or(Ended::Dropped, |()| Ended::Itself)
    }
}

fn event_span<N>(context: &EventContext<N>) -> Span {
    let client = context.client().state();
    tracing::debug_span!(
        target: "hobnob::event",
        "event",
        namespace = %client.namespace.path,
        event = context.event(),
        sid = %client.sid,
        outcome = field::Empty,
    )
}

/// What is wrong with an event that is nested deeper than the option lets it be.
#[inline]
fn too_deep<N>(client: &ClientState, context: &EventContext<N>) -> Option<ArgumentError> {
    let most = client.socketio.options().max_nesting;
    let error = nesting::of_event(&context.incoming().value, most)?;
    note_too_deep(client, context.event(), most);
    Some(error)
}

fn note_too_deep(client: &ClientState, event: &str, most: usize) {
    client.socketio.tally().deep_events.one();
    if client.lane.mark_deep() {
        tracing::warn!(
            target: "hobnob::event",
            namespace = %client.namespace.path,
            sid = %client.sid,
            event,
            most,
            "a client sends what is nested too deeply",
        );
    }
}

/// Runs a handler, but not for ever once its client is leaving: `None` if the grace is over.
async fn while_wanted<F: Future>(
    client: &ClientState,
    mut handler: Pin<&mut F>,
) -> Option<F::Output> {
    // Most are done at once. Only for the others there is time to mind the client.
    let at_once = poll_fn(|context| Poll::Ready(handler.as_mut().poll(context)));
    if let Poll::Ready(output) = at_once.await {
        return Some(output);
    }
    Box::pin(async {
        let grace_over = async {
            client.disconnected().await;
            tokio::time::sleep(client.socketio.options().grace).await;
        };
        tokio::select! {
            biased;
            output = handler => Some(output),
            () = grace_over => None,
        }
    })
    .await
}

fn log_dropped(client: &ClientState, waiting: usize) {
    tracing::warn!(
        target: "hobnob::event",
        namespace = %client.namespace.path,
        sid = %client.sid,
        waiting,
        "a handler was dropped: it did not end when its client left",
    );
}

fn unhandled<N>(context: &EventContext<N>) {
    let client = context.client();
    tracing::debug!(target: "hobnob::event", event = context.event(), "nobody handles this event");
    let incoming = context.incoming();
    let answered = match client.socketio().options().unhandled {
        Unhandled::Ignore => Ok(()),
        Unhandled::Acknowledge => incoming.acknowledge(client, &()),
        Unhandled::AnswerError => {
            let error = format!("no handler for the event `{}`", context.event());
            incoming.acknowledge(client, &serde_json::json!({ "error": error }))
        }
        Unhandled::Disconnect => {
            // An error says that it has left already.
            let _ = client.disconnect();
            Ok(())
        }
    };
    debug_assert!(answered.is_ok(), "these answers can be serialized");
}
