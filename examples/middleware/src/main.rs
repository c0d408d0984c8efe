//! What runs around the handlers: a guard, a timing log, a limit to the rate of events; and arguments
//! that are checked before a handler sees them.

mod rate_limit;

use std::{env, time::Instant};

use axum::Router;
use garde::Validate;
use hobnob::{
    Valid,
    middleware::{Answer, Next, Trigger, TriggerKind},
    prelude::*,
};

use crate::rate_limit::RateLimit;

struct User {
    is_admin: bool,
}

#[derive(Deserialize, Validate)]
struct Notice {
    #[garde(length(chars, min = 1, max = 80))]
    title: String,
    #[garde(range(min = 1, max = 30))]
    days: u32,
}

struct Board;

#[namespace("/board", session = User)]
impl Board {
    fn on_connect(&self, password: Option<String>) -> User {
        let is_admin = password.as_deref() == Some("open sesame");
        User { is_admin }
    }

    async fn on_post(&self, client: Client, notice: Valid<Notice>) -> Result<String> {
        client.broadcast().emit("posted", &notice.title).await?;
        Ok(format!("{} for {} days", notice.title, notice.days))
    }

    #[event("admin:clear")]
    async fn clear(&self, client: Client) -> Result {
        client.broadcast().emit("cleared", ()).await?;
        Ok(())
    }
}

/// Events whose names begin with `admin:` are for administrators, whatever their handlers are.
async fn only_admins(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    let user = trigger.client().session::<User>();
    if trigger.event().starts_with("admin:") && !user.is_some_and(|user| user.is_admin) {
        return Err(Error::public("for administrators only").into());
    }
    next.run(trigger).await
}

/// Logs what took how long and what came of it.
async fn timing(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    let (event, sid) = (trigger.event(), trigger.client().sid());
    let started = Instant::now();
    let outcome = next.run(trigger).await;
    let elapsed = started.elapsed();
    match &outcome {
        Ok(answer) => tracing::info!(%event, %sid, ?elapsed, ?answer, "handled"),
        Err(error) => tracing::info!(%event, %sid, ?elapsed, %error, "failed"),
    }
    outcome
}

/// Lets nobody in while the board is closed.
async fn opening_hours(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    if trigger.kind() == TriggerKind::Connect && env::var_os("CLOSED").is_some() {
        return Err(ConnectionRefused::new("the board is closed").into());
    }
    next.run(trigger).await
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let limit = RateLimit::new(50).event("post", 2);
    let socketio = SocketIo::builder()
        .namespace(Board)
        .middleware(timing)
        .middleware(opening_hours)
        .middleware(limit)
        .middleware_at("/board", only_admins)
        .build()
        .await?;
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio
        .serve(format!("127.0.0.1:{port}"), Router::new())
        .await
}
