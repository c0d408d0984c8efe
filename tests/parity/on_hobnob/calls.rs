//! Clients that are asked.

use std::time::Duration;

use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder.namespace(Calls)
}

struct Calls;

/// What `repr_of` of `on_flask` makes of an answer.
async fn ask(client: &Client, event: &str) -> Result<Value> {
    const QUESTION: &str = "a question";
    Ok(match event {
        "several" => {
            let (a, b): (Value, Value) = client.call(event, QUESTION).await?;
            json!({ "tuple": [a, b] })
        }
        "none" => {
            let () = client.call(event, QUESTION).await?;
            json!({ "value": null })
        }
        _ => {
            let answer: Value = client.call(event, QUESTION).await?;
            json!({ "value": answer })
        }
    })
}

fn name_of(error: &CallError) -> &'static str {
    match error {
        CallError::Timeout => "TimeoutError",
        CallError::Disconnected => "Disconnected",
        _ => "another error",
    }
}

#[namespace("/calls")]
impl Calls {
    fn on_who(&self, client: Client) -> Sid {
        client.sid()
    }

    async fn on_ask(&self, client: Client, event: String) -> Result<&'static str> {
        client.emit("answered", ask(&client, &event).await?)?;
        Ok("asked")
    }

    #[event("ask in vain")]
    async fn in_vain(&self, client: Client) -> &'static str {
        let call = client.call::<Value>("never answered", ());
        match call.timeout(Duration::from_millis(200)).await {
            Ok(_) => "answered",
            Err(error) => name_of(&error),
        }
    }

    #[event("ask with a callback")]
    fn callback(&self, client: Client, event: String) {
        let asking = client.clone();
        client.spawn(async move {
            let several = asking.call::<(Value, Value)>(&event, "a question");
            if let Ok((a, b)) = several.await {
                // A client that has left meanwhile does not want to know.
                let _ = asking.emit("answered", json!({ "tuple": [a, b] }));
            }
        });
    }

    #[event("ask another")]
    async fn another(&self, client: Client, sid: Sid) -> Result<Value> {
        let other = client.namespace().client(sid);
        Ok(other.call("one", "a question").await?)
    }

    #[event("ask one who leaves")]
    async fn one_who_leaves(&self, client: Client, sid: Sid) -> Value {
        let other = client.namespace().client(sid);
        let call = other.call::<Value>("one", "a question");
        match call.timeout(Duration::from_secs(1)).await {
            Ok(answer) => answer,
            Err(error) => name_of(&error).into(),
        }
    }
}
