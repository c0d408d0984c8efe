//! From what a client does to what handles it: through the middleware, if there is any, to a function,
//! else to the class.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use socketioxide_core::Value;
use tokio::sync::watch;

use crate::{
    Error,
    argument::{ConnectContext, DisconnectContext, EventContext, HandlerContext},
    client::{AnySession, Client, ClientState},
    emit::NamespaceState,
    error::{ConnectionRefused, EventError, Panic},
    function::{EventFunction, FunctionTable},
    middleware::{Answer, Chain, Next, Trigger},
    namespace::{Namespace, Outcome},
    reason::DisconnectReason,
};

/// A class at a path, with what is there beside it.
pub(crate) struct Mounted<N> {
    pub(crate) class: Arc<N>,
    pub(crate) namespace: Arc<NamespaceState>,
    pub(crate) functions: FunctionTable,
    pub(crate) middleware: Chain,
}

impl<N: Namespace> Mounted<N> {
    /// Hands an event to a method that is no `async fn`, with nothing around it: then it is over without
    /// a future. `Unhandled` if there is more to it.
    pub(crate) fn dispatch_sync(
        &self,
        context: &mut EventContext<N>,
    ) -> Result<Outcome, EventError> {
        if self.middleware.is_empty() && self.function(context).is_none() {
            self.class.dispatch_sync(context)
        } else {
            Ok(Outcome::Unhandled)
        }
    }

    fn function(&self, context: &EventContext<N>) -> Option<&dyn EventFunction> {
        let functions = self.functions.has_events().then_some(&self.functions)?;
        functions.event(context.event())
    }

    /// Hands an event to its handler.
    pub(crate) async fn dispatch(
        self: &Arc<Self>,
        context: &mut EventContext<N>,
    ) -> Result<Outcome, EventError> {
        if self.middleware.is_empty() {
            self.handle_event(context).await
        } else {
            // Boxed, so that who has no middleware does not carry the room for it.
            Box::pin(self.dispatch_through(context)).await
        }
    }

    async fn handle_event(&self, context: &mut EventContext<N>) -> Result<Outcome, EventError> {
        let Some(function) = self.function(context) else {
            return match self.class.dispatch_sync(context)? {
                Outcome::Unhandled => self.class.dispatch(context).await,
                Outcome::Handled => Ok(Outcome::Handled),
            };
        };
        let mut of_function = context.hand_over();
        let outcome = function.handle(&mut of_function).await;
        context.take_back(of_function);
        outcome
    }

    /// The same with middleware around it. The answer goes out when they have all seen it.
    async fn dispatch_through(
        self: &Arc<Self>,
        context: &mut EventContext<N>,
    ) -> Result<Outcome, EventError> {
        let mounted = Arc::clone(self);
        let next = Next::new(&self.middleware, move |trigger| {
            let handling = async move {
                let client = trigger.client().clone();
                let mut context = EventContext::keeping(client, trigger.incoming);
                let outcome = mounted.handle_event(&mut context).await?;
                Ok(match (outcome, context.take_answer()) {
                    (Outcome::Unhandled, _) => Answer::unhandled(),
                    (Outcome::Handled, Some(answer)) => Answer::encoded(answer),
                    (Outcome::Handled, None) => Answer::empty(),
                })
            };
            caught(handling)
        });
        let trigger = Trigger::event_of(context.client().clone(), context.incoming().clone());
        let answer = next.run(trigger).await?;
        if answer.is_unhandled() {
            return Ok(Outcome::Unhandled);
        }
        let (incoming, client) = (context.incoming(), context.client());
        match answer.into_value() {
            Some(answer) => incoming.acknowledge_encoded(client, answer)?,
            None => incoming.acknowledge(client, &())?,
        }
        Ok(Outcome::Handled)
    }

    /// Lets a client in: its session is there afterwards.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        client: &Arc<ClientState>,
        auth: Option<Value>,
    ) -> Result<(), EventError> {
        if self.middleware.is_empty() {
            return Ok(self.let_in(client, auth).await?);
        }
        let trigger = Trigger::connect(Client::new(Arc::clone(client)), auth.as_ref());
        let (mounted, state) = (Arc::clone(self), Arc::clone(client));
        let next = Next::new(&self.middleware, move |_| {
            caught(async move {
                mounted.let_in(&state, auth).await?;
                Ok(Answer::empty())
            })
        });
        next.run(trigger).await?;
        if client.has_session() {
            return Ok(());
        }
        tracing::error!(
            target: "hobnob::connect",
            namespace = %self.namespace.path,
            sid = %client.sid,
            "a middleware let a client in without on_connect: it is refused. \
             Go on with `next.run(trigger)`, or return an `Err`",
        );
        Err(ConnectionRefused::new("internal error").into())
    }

    async fn let_in(
        &self,
        client: &Arc<ClientState>,
        auth: Option<Value>,
    ) -> Result<(), ConnectionRefused> {
        let mut context = ConnectContext::new(Client::new(Arc::clone(client)), auth);
        let session: AnySession = match self.functions.connect() {
            Some(function) => function.handle(&mut context).await?,
            None => Arc::new(self.class.connect(&mut context).await?),
        };
        client.set_session(session);
        Ok(())
    }

    /// Sees a client off. Whatever middleware do, it is seen off once.
    pub(crate) async fn disconnect(
        self: &Arc<Self>,
        client: Client,
        reason: DisconnectReason,
    ) -> Result<(), EventError> {
        if self.middleware.is_empty() {
            return self.see_out(client, reason).await;
        }
        let stage = Arc::new(watch::Sender::new(SeeingOut::Due));
        let (mounted, leaving, its_stage) = (Arc::clone(self), client.clone(), Arc::clone(&stage));
        let next = Next::new(&self.middleware, move |_| {
            caught(async move {
                mounted.see_out_once(leaving, reason, &its_stage).await?;
                Ok(Answer::empty())
            })
        });
        let trigger = Trigger::disconnect(client.clone(), reason);
        let passed = AssertUnwindSafe(next.run(trigger)).catch_unwind();
        let hanging = hanging(&stage, client.socketio().options().grace);
        let passed = tokio::select! {
            biased;
            passed = passed => {
                passed.unwrap_or_else(|payload| Err(Panic::new(&*payload).into()))
            }
            () = hanging => {
                let hung = "a middleware was dropped: it did not end when its client left";
                Err(Error::hidden(hung).into())
            }
        };
        self.see_out_once(client, reason, &stage).await?;
        // A middleware may have left it to a task of its own.
        over(&stage).await;
        passed.map(drop)
    }

    async fn see_out_once(
        &self,
        client: Client,
        reason: DisconnectReason,
        stage: &watch::Sender<SeeingOut>,
    ) -> Result<(), EventError> {
        let due = stage.send_if_modified(|stage| {
            let due = *stage == SeeingOut::Due;
            if due {
                *stage = SeeingOut::Running;
            }
            due
        });
        if !due {
            return Ok(());
        }
        let _over = Over(stage);
        self.see_out(client, reason).await
    }

    async fn see_out(&self, client: Client, reason: DisconnectReason) -> Result<(), EventError> {
        if let Some(function) = self.functions.disconnect() {
            let mut context = DisconnectContext::new(client, reason);
            function.handle(&mut context).await
        } else {
            let mut context = DisconnectContext::new(client, reason);
            self.class.disconnect(&mut context).await
        }
    }
}

/// How far `on_disconnect` has come, where there are middleware around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SeeingOut {
    Due,
    Running,
    Over,
}

/// It is over when this is dropped, whatever happened meanwhile.
struct Over<'a>(&'a watch::Sender<SeeingOut>);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.send_replace(SeeingOut::Over);
    }
}

async fn over(stage: &watch::Sender<SeeingOut>) {
    let mut stage = stage.subscribe();
    // An error would mean that the sender is gone.
    let _ = stage.wait_for(|stage| *stage == SeeingOut::Over).await;
}

/// Returns when middleware have had their grace, which `on_disconnect` itself does not need.
async fn hanging(stage: &watch::Sender<SeeingOut>, grace: Duration) {
    tokio::time::sleep(grace).await;
    if *stage.borrow() != SeeingOut::Due {
        over(stage).await;
        tokio::time::sleep(grace).await;
    }
}

/// A handler whose panic is an error like others, for the middleware around it to see.
fn caught(
    handling: impl Future<Output = Result<Answer, EventError>> + Send + 'static,
) -> futures_util::future::BoxFuture<'static, Result<Answer, EventError>> {
    Box::pin(async move {
        let handled = AssertUnwindSafe(handling).catch_unwind().await;
        handled.unwrap_or_else(|payload| Err(Panic::new(&*payload).into()))
    })
}
