//! The application that Flask-SocketIO's own tests have, once for all of them: functions in `/`, `/test`,
//! `/bgtest` and `/unused_namespace`, a class in `/ns`, catch-alls.

use std::{
    collections::BTreeMap,
    future::{Ready, ready},
};

use hobnob::{SocketIoBuilder, TestClient, prelude::*};
use serde_json::{Map, Value, json};

use crate::{
    greeting::{greet, query},
    stage::{Log, received},
};

/// The application, and what its handlers have noted.
pub(crate) struct Application {
    pub(crate) socketio: SocketIo,
    pub(crate) log: Log,
}

impl Application {
    pub(crate) async fn new() -> Result<Self> {
        let log = Log::default();
        let builder = functions_of_test(SocketIo::builder(), &log);
        let builder = functions_of_root(builder, &log)
            .on_connect("/bgtest", bgtest_connect)
            .on("/unused_namespace", "error testing", raise_error)
            .on_error(asserted(&log, "default", "error/default"))
            .namespace(MyNamespace { log: log.clone() })
            .on("*", "wildcard", |client: Client, data: Value| -> Result {
                Ok(client.emit("my wildcard response", data)?)
            });
        let socketio = builder.build().await?;
        Ok(Self { socketio, log })
    }

    /// A client that `/` lets in, the other namespaces too, and that has taken what it was greeted with.
    pub(crate) async fn client(&self, namespace: &str) -> Result<TestClient> {
        let client = self.socketio.test_client().auth(json!({ "foo": "bar" }));
        let client = client.connect(namespace).await?;
        received(&client).await;
        Ok(client)
    }
}

fn functions_of_root(builder: SocketIoBuilder, log: &Log) -> SocketIoBuilder {
    let on_disconnect = {
        let log = log.clone();
        move |reason: DisconnectReason| log.note(format!("left /: {reason}"))
    };
    builder
        .on_connect("/", connect)
        .on_disconnect("/", on_disconnect)
        .on("/", "message", |client: Client, text: String| {
            message(&client, text)
        })
        .on("/", "json", json_to_all)
        .on("/", "my custom event", |client: Client, data: Value| {
            custom_event(&client, data)
        })
        .on("/", "other custom event", request_event(log))
        .on("/", "and another custom event", request_event(log))
        .on("/", "yet another custom event", request_event(log))
        .on(
            "/",
            "my custom broadcast event",
            async |client: Client, data: Value| -> Result {
                client.broadcast().emit("my custom response", data).await?;
                Ok(())
            },
        )
        .on("/", "join room", |client: Client, event: RoomEvent| {
            client.join(event.room)
        })
        .on("/", "leave room", |client: Client, event: RoomEvent| {
            client.leave(event.room)
        })
        .on(
            "/",
            "my room event",
            async |client: Client, event: RoomEvent| -> Result {
                client
                    .to(event.room)
                    .emit("my room response", event.data)
                    .await?;
                Ok(())
            },
        )
        .on("/", "bad response", |client: Client| -> Result {
            Ok(client.emit("my custom response", not_serializable())?)
        })
        .on("/", "bad callback", not_serializable)
        .on("/", "changing response", |client: Client| {
            changing_response(&client)
        })
        .on("/", "error testing", raise_error)
        .on(
            "/",
            "*",
            |client: Client, event: EventName, data: Value| -> Result {
                Ok(client.emit("my catch-all response", (&*event, data))?)
            },
        )
        .on_error_at("/", asserted(log, "/", "error"))
}

fn functions_of_test(builder: SocketIoBuilder, log: &Log) -> SocketIoBuilder {
    let on_disconnect = {
        let log = log.clone();
        move || log.note("left /test")
    };
    let custom_event = |client: Client, data: Value| -> Result {
        Ok(client.emit("my custom namespace response", data)?)
    };
    builder
        .on_connect("/test", |client: Client| greet(&client, "connected-test"))
        .on_disconnect("/test", on_disconnect)
        .on(
            "/test",
            "message",
            |client: Client, text: String| -> Result { Ok(client.send(text)?) },
        )
        .on("/test", "json", |client: Client, data: Value| -> Result {
            Ok(client.send(data)?)
        })
        .on("/test", "my custom namespace event", custom_event)
        .on("/test", "yet another custom namespace event", custom_event)
        .on(
            "/test",
            "my custom broadcast namespace event",
            async |client: Client, data: Value| -> Result {
                let everybody = client.broadcast();
                everybody.emit("my custom namespace response", data).await?;
                Ok(())
            },
        )
        .on("/test", "join room", |client: Client, event: RoomEvent| {
            client.join(event.room)
        })
        .on("/test", "leave room", |client: Client, event: RoomEvent| {
            client.leave(event.room)
        })
        .on(
            "/test",
            "my room namespace event",
            async |client: Client, event: RoomEvent| -> Result {
                client.to(event.room).send("room message").await?;
                Ok(())
            },
        )
        .on("/test", "error testing", raise_error)
        .on_error_at("/test", asserted(log, "/test", "error/test"))
}

/// The class of the tests called `.._class_based`.
struct MyNamespace {
    log: Log,
}

#[namespace("/ns")]
impl MyNamespace {
    fn on_connect(&self, client: Client) -> Result {
        greet(&client, "connected-ns")
    }

    fn on_disconnect(&self) {
        self.log.note("left /ns");
    }

    fn on_message(&self, client: Client, text: String) -> Result<Option<String>> {
        message(&client, text)
    }

    async fn on_json(&self, client: Client, data: Value) -> Result<Option<Value>> {
        json_to_all(client, data).await
    }

    fn on_exit(&self, client: Client) -> Result {
        Ok(client.disconnect()?)
    }

    fn on_my_custom_event(&self, client: Client, data: Value) -> Result<Option<Value>> {
        custom_event(&client, data)
    }

    fn on_other_custom_event(&self, event: EventName, args: Args) {
        self.log.note_event(&event, &args);
    }
}

/// Lets in who brings the right auth object and no `fail` in the query.
async fn connect(client: Client, socketio: SocketIo, auth: Option<Value>) -> Result<bool> {
    if auth != Some(json!({ "foo": "bar" })) {
        return Ok(false);
    }
    if query(&client)?.contains_key("fail") {
        return Err(Error::public("failed!"));
    }
    greet(&client, "connected")?;
    socketio.of("/").to("nobody").emit("dummy", ()).await?;
    Ok(true)
}

fn bgtest_connect(client: Client) {
    client.socketio().spawn(async move {
        // It may well be that the client is not connected yet.
        let _ = client.broadcast().emit("bgtest", ()).await;
    });
}

fn message(client: &Client, text: String) -> Result<Option<String>> {
    client.send(&text)?;
    Ok((text != "test noackargs").then_some(text))
}

async fn json_to_all(client: Client, data: Value) -> Result<Option<Value>> {
    client.broadcast().send(&data).await?;
    Ok(data.get("noackargs").is_none().then_some(data))
}

fn custom_event(client: &Client, data: Value) -> Result<Option<Value>> {
    client.emit("my custom response", &data)?;
    Ok(data.get("noackargs").is_none().then_some(data))
}

/// Notes which event it was called for, with which arguments.
fn request_event(log: &Log) -> impl Fn(Client, EventName, Args) -> Result + Send + Sync + 'static {
    let log = log.clone();
    move |client, event, args| {
        log.note_event(&event, &args);
        Ok(client.emit("my custom response", args.get::<Value>(0)?)?)
    }
}

#[derive(Deserialize)]
struct RoomEvent {
    room: String,
    #[serde(flatten)]
    data: Map<String, Value>,
}

/// JSON has no keys but text.
pub(crate) fn not_serializable() -> BTreeMap<(u8, u8), &'static str> {
    BTreeMap::from([((1, 2), "bar")])
}

fn changing_response(client: &Client) -> Result<Value> {
    let mut data = json!({ "foo": "bar" });
    client.emit("my custom response", &data)?;
    data["foo"] = "baz".into();
    Ok(data)
}

/// The error that the error handlers of the application know.
#[derive(Debug)]
struct AssertionError;

impl std::fmt::Display for AssertionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an assertion failed")
    }
}

impl std::error::Error for AssertionError {}

fn raise_error(_data: Value) -> Result {
    Err(AssertionError.into())
}

/// Answers to an [`AssertionError`] and notes it; every other error is answered as it would be without.
fn asserted(
    log: &Log,
    at: &'static str,
    answer: &'static str,
) -> impl Fn(Client, EventName, EventError) -> Ready<Value> + Send + Sync + 'static {
    let log = log.clone();
    move |_, _, error| match &error {
        EventError::Handler(cause) if cause.downcast_ref::<AssertionError>().is_some() => {
            log.note(format!("error handler of {at}"));
            ready(answer.into())
        }
        _ => ready(error.to_answer()),
    }
}
