//! Functions beside classes, what is around a class, and a namespace without anything.

use hobnob::{
    SocketIoBuilder,
    middleware::{Answer, Next, Trigger, TriggerKind},
    prelude::*,
};
use serde_json::{Value, json};

use super::{AssertionError, is_nobody};

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder
        .accept(["/accepted"])
        .namespace(Beside)
        .on("/beside", "both", || "function")
        .on("/beside", "function", || "function")
        .on("/beside", "fail in a function", || {
            Err::<(), Error>(AssertionError.into())
        })
        .on_error_at("/beside", async |_client, _event, _error| "error/beside")
        .on("/beside", "nothing", || {})
        .on("/beside", "tuple", || ("a", 1))
        .on("/beside", "list", async || json!(["a", 1]))
        .on("/beside", "bytes", || Bytes::from_static(b"abc"))
        .namespace(Doors)
        .on_connect("/doors", |auth: Option<Value>| {
            if is_nobody(auth.as_ref()) {
                return Err(ConnectionRefused::default());
            }
            Ok(By("function"))
        })
        .on_disconnect("/doors", async |client: Client| {
            tell_left(&client, "function").await
        })
        .namespace(Shadowed)
        // The catch-all would come before the one of all namespaces.
        .on("/shadowed", "fence", || {})
        .on("/shadowed", "named", || "function")
        .on(
            "/shadowed",
            "*",
            |event: EventName, args: Args, by: Session<By>| json!([&*event, args.to_json(), by.0]),
        )
        .namespace(Watched)
        .on("/watched", "function", || "function")
        .middleware_at("/watched", watch)
}

async fn tell_left(client: &Client, by: &str) -> Result {
    let others = client.broadcast().include_self(false);
    others.emit("left", by).await?;
    Ok(())
}

struct Beside;

#[namespace("/beside")]
impl Beside {
    fn on_both(&self) -> &'static str {
        "method"
    }

    fn on_method(&self) -> &'static str {
        "method"
    }

    fn on_wildcard(&self, _data: Value) -> &'static str {
        "method"
    }

    fn on_fail_in_a_method(&self) -> Result {
        Err(AssertionError.into())
    }
}

/// What let the client in.
struct By(&'static str);

struct Doors;

#[namespace("/doors", session = By)]
impl Doors {
    fn on_connect(&self) -> By {
        By("method")
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        tell_left(&client, "method").await
    }

    fn on_who(&self, by: Session<By>) -> &'static str {
        by.0
    }
}

struct Shadowed;

#[namespace("/shadowed", session = By)]
impl Shadowed {
    fn on_connect(&self) -> By {
        By("method")
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        tell_left(&client, "method").await
    }

    fn on_method(&self) -> &'static str {
        "method"
    }
}

struct Watched;

#[namespace("/watched")]
impl Watched {
    async fn on_connect(&self, client: Client) -> Result {
        client.to("watchers").emit("on_connect", ()).await?;
        Ok(())
    }

    async fn on_disconnect(&self, client: Client, reason: DisconnectReason) -> Result {
        let watchers = client.to("watchers").include_self(false);
        watchers.emit("on_disconnect", reason.as_str()).await?;
        Ok(())
    }

    fn on_watch(&self, client: Client) -> Result {
        Ok(client.join("watchers")?)
    }

    async fn on_double(&self, client: Client, number: i64) -> Result<i64> {
        client.to("watchers").emit("on_double", ()).await?;
        Ok(number * 2)
    }

    fn on_held_back(&self) -> &'static str {
        "method"
    }

    fn on_fail(&self) -> Result {
        Err(AssertionError.into())
    }
}

async fn tell(client: &Client, what: &str, seen: impl Serialize + Send) -> Result {
    let watchers = client.namespace().to("watchers");
    watchers.emit(what, seen).await?;
    Ok(())
}

/// What `trigger_event` does in `on_flask`.
async fn watch(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    let event = trigger.event().to_string();
    if event == "fence" {
        // In `on_flask` a function, which `trigger_event` does not see.
        return next.run(trigger).await;
    }
    let client = trigger.client().clone();
    tell(&client, "before", &event).await?;
    let auth = trigger.args().to_json();
    if trigger.kind() == TriggerKind::Connect && is_nobody(auth.first()) {
        return Err(ConnectionRefused::new("not you").into());
    }
    if event == "held_back" {
        return Answer::new("not today");
    }
    let outcome = next.run(trigger).await;
    match &outcome {
        Ok(answer) => {
            let answered = answer.args().to_json();
            tell(&client, "after", (event, answered)).await?;
        }
        Err(_) => tell(&client, "failed", event).await?,
    }
    outcome
}
