//! From what a client does to what handles it: through the middleware, if there is any, to a function,
//! else to the class.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::FutureExt;
use socketioxide_core::Value;

use crate::{
    argument::{ConnectContext, DisconnectContext, EventContext, HandlerContext},
    client::{AnySession, Client, ClientState},
    emit::NamespaceState,
    error::{ConnectionRefused, EventError, Panic},
    function::FunctionTable,
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
        let Some(function) = self.functions.event(context.event()) else {
            return self.class.dispatch(context).await;
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

    /// Sees a client off. Whatever middleware do, it is seen off.
    pub(crate) async fn disconnect(
        self: &Arc<Self>,
        client: Client,
        reason: DisconnectReason,
    ) -> Result<(), EventError> {
        if self.middleware.is_empty() {
            return self.see_out(client, reason).await;
        }
        let seen_out = Arc::new(AtomicBool::new(false));
        let (mounted, leaving, done) = (Arc::clone(self), client.clone(), Arc::clone(&seen_out));
        let next = Next::new(&self.middleware, move |_| {
            done.store(true, Ordering::Relaxed);
            caught(async move {
                mounted.see_out(leaving, reason).await?;
                Ok(Answer::empty())
            })
        });
        let trigger = Trigger::disconnect(client.clone(), reason);
        let passed = AssertUnwindSafe(next.run(trigger)).catch_unwind().await;
        let passed = passed.unwrap_or_else(|payload| Err(Panic::new(&*payload).into()));
        if !seen_out.load(Ordering::Relaxed) {
            self.see_out(client, reason).await?;
        }
        passed.map(drop)
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

/// A handler whose panic is an error like others, for the middleware around it to see.
fn caught(
    handling: impl Future<Output = Result<Answer, EventError>> + Send + 'static,
) -> futures_util::future::BoxFuture<'static, Result<Answer, EventError>> {
    Box::pin(async move {
        let handled = AssertUnwindSafe(handling).catch_unwind().await;
        handled.unwrap_or_else(|payload| Err(Panic::new(&*payload).into()))
    })
}
