//! An event that went wrong: it is logged, and somebody decides what its client gets for an answer.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use futures_util::FutureExt;

use crate::{
    argument::{ErrorContext, HandlerContext},
    client::Client,
    dispatch::Mounted,
    error::{EventError, Panic},
    namespace::{Namespace, Outcome},
};

impl<N: Namespace> Mounted<N> {
    /// The builder's `on_error_at`, else the class's `on_error`, else the builder's `on_error`, else the
    /// default.
    pub(crate) async fn fail(&self, mut context: ErrorContext<N>) {
        let client = context.client().clone();
        let default = context.error().to_answer();
        // The text of an error is the user's as well, and no panic of it keeps the client waiting.
        if catch_unwind(AssertUnwindSafe(|| log(&context))).is_err() {
            tracing::error!(target: "hobnob::event", "the text of an error panicked");
        }

        let function = self.functions.error();
        if function.is_none() && N::HAS_ON_ERROR {
            let handler = AssertUnwindSafe(self.class.error(&mut context)).catch_unwind();
            match handler.await {
                Ok(Ok(Outcome::Handled)) => return,
                // It returned `()`: it looked on.
                Ok(Ok(Outcome::Unhandled)) => {}
                Ok(Err(error)) => on_error_failed(&client, &error),
                Err(payload) => on_error_failed(&client, &panicked(&*payload)),
            }
        } else if let Some(on_error) = function.or(client.socketio().options().on_error.as_ref()) {
            let error = context.take_error();
            let handler = on_error(client.clone(), context.incoming().event_name(), error);
            match AssertUnwindSafe(handler).catch_unwind().await {
                Ok(answer) => return acknowledge(&context, &answer),
                Err(payload) => on_error_failed(&client, &panicked(&*payload)),
            }
        }
        acknowledge(&context, &default);
    }
}

fn acknowledge<N>(context: &ErrorContext<N>, answer: &serde_json::Value) {
    if let Err(error) = context.incoming().acknowledge(context.client(), answer) {
        tracing::error!(target: "hobnob::event", %error, "an error was not answered");
    }
}

fn on_error_failed(client: &Client, error: &EventError) {
    tracing::error!(
        target: "hobnob::event",
        namespace = %client.namespace().path(),
        sid = %client.sid(),
        %error,
        "on_error failed",
    );
}

pub(crate) fn panicked(payload: &(dyn Any + Send)) -> EventError {
    EventError::Panic(Panic::new(payload))
}

/// What became of the event, for its span.
pub(crate) fn outcome_of(error: &EventError) -> &'static str {
    match error {
        EventError::Argument(_) => "argument error",
        EventError::Handler(_) => "error",
        EventError::Panic(_) => "panic",
        EventError::Reply(_) => "reply error",
        EventError::Refused(_) => "refused",
    }
}

/// A mistake of the client is no news for who runs the server; one of the server is.
fn log<N>(context: &ErrorContext<N>) {
    let error = context.error();
    if error.is_client_error() {
        tracing::debug!(target: "hobnob::event", %error, "an event was not handled");
    } else {
        let client = context.client();
        tracing::error!(
            target: "hobnob::event",
            namespace = %client.namespace().path(),
            event = %context.incoming().event_name(),
            sid = %client.sid(),
            %error,
            "an event was not handled",
        );
    }
}
