//! The applications that have something for all namespaces: functions for all their events, or a class.

use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};

use super::is_nobody;

pub(crate) fn any_function() -> SocketIoBuilder {
    SocketIo::builder()
        .accept(["/accepted", "/aside"])
        .namespace(Class)
        .on_connect("*", connect)
        .on_disconnect("*", disconnect)
        .on("*", "fence", || {})
        .on("*", "who", |by: Session<By>| by.0.clone())
        .on("*", "*", |event: EventName, args: Args| {
            json!([&*event, args.to_json()])
        })
}

pub(crate) fn any_class() -> SocketIoBuilder {
    SocketIo::builder()
        .namespace(Anywhere)
        .on("*", "fence", || {})
}

/// What let the client in.
struct By(String);

fn connect(client: Client, auth: Option<Value>) -> Result<By, ConnectionRefused> {
    if is_nobody(auth.as_ref()) {
        return Err(ConnectionRefused::default());
    }
    Ok(By(format!("function of {}", client.namespace().path())))
}

async fn disconnect(client: Client, reason: DisconnectReason) -> Result {
    let by = format!("function of {}", client.namespace().path());
    let others = client.broadcast().include_self(false);
    others.emit("left", (by, reason.as_str())).await?;
    Ok(())
}

struct Class;

#[namespace("/class", session = By)]
impl Class {
    fn on_connect(&self) -> By {
        By("method".to_owned())
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        let others = client.broadcast().include_self(false);
        others.emit("left", "method").await?;
        Ok(())
    }

    fn on_who(&self) -> &'static str {
        "method"
    }

    fn on_method(&self) -> &'static str {
        "method"
    }
}

struct Anywhere;

#[namespace("*")]
impl Anywhere {
    fn on_connect(&self, auth: Option<Value>) -> bool {
        !is_nobody(auth.as_ref())
    }

    async fn on_method(&self, client: Client) -> Result<&'static str> {
        client.broadcast().emit("told", ()).await?;
        Ok("method")
    }
}
