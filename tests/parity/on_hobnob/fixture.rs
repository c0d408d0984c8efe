//! The namespaces that the original's own tests have.

use axum::extract::Query;
use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Map, Value, json};
use std::sync::Mutex;

use super::{AssertionError, if_assertion};

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder
        .namespace(Root)
        .namespace(Test)
        .namespace(Ns)
        .namespace(Unused)
        .namespace(Background)
}

#[derive(Deserialize)]
struct Membership {
    room: String,
}

/// What `flask.session` holds here.
#[derive(Default)]
struct Store(Mutex<Value>);

impl Store {
    fn get(&self) -> Value {
        json!({ "a": *self.0.lock().expect("no handler panics with it") })
    }

    fn set(&self, value: Value) {
        *self.0.lock().expect("no handler panics with it") = value;
    }
}

fn query(client: &Client, name: &str) -> Vec<String> {
    let request = client.request().expect("the client is here");
    let Query(all) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).expect("a query");
    let named = all.into_iter().filter(|(key, _)| key == name);
    named.map(|(_, value)| value).collect()
}

fn tell_request(client: &Client) -> Result {
    let values = query(client, "foo");
    client.send(if values.is_empty() {
        json!({})
    } else {
        json!({ "foo": values })
    })?;
    let request = client.request().expect("the client is here");
    let named = ["Authorization", "My-Custom-Header"].into_iter();
    let headers: Map<_, _> = named
        .filter_map(|name| Some((name.to_owned(), request.header(name)?.into())))
        .collect();
    client.send(Value::Object(headers))?;
    Ok(())
}

async fn greet(client: &Client) -> Result {
    client.send("connected")?;
    tell_request(client)?;
    client.to("nobody").emit("dummy", ()).await?;
    Ok(())
}

fn unless_noack(data: Value) -> Reply {
    Reply((data["noack"] != json!(true)).then_some(data))
}

/// Nothing is an answer of `null` here: what a method answers is a matter of its type.
#[derive(Serialize)]
struct Reply(Option<Value>);

struct Root;

#[namespace(session = Store)]
impl Root {
    async fn on_connect(&self, client: Client, auth: Value) -> Result<Store, ConnectionRefused> {
        if !query(&client, "fail").is_empty() {
            return Err(ConnectionRefused::new("failed!"));
        }
        if auth != json!({ "foo": "bar" }) {
            return Err(ConnectionRefused::default());
        }
        greet(&client).await?;
        Ok(Store::default())
    }

    async fn on_disconnect(&self, client: Client, reason: DisconnectReason) -> Result {
        client.broadcast().emit("left", reason.as_str()).await?;
        Ok(())
    }

    fn on_fence(&self) {}

    fn on_message(&self, client: Client, message: String) -> Result<Reply> {
        client.send(&message)?;
        Ok(Reply((message != "test noack").then(|| message.into())))
    }

    async fn on_json(&self, client: Client, data: Value) -> Result<Reply> {
        client.broadcast().send(&data).await?;
        Ok(unless_noack(data))
    }

    #[event("my custom event")]
    fn custom(&self, client: Client, data: Value) -> Result<Reply> {
        client.emit("my custom response", &data)?;
        Ok(unless_noack(data))
    }

    #[event("other custom event", "and another custom event")]
    fn two_names(&self, client: Client, event: EventName, args: Args) -> Result {
        client.emit("my custom response", (json!([&*event, args.to_json()]),))?;
        Ok(())
    }

    #[event("*")]
    fn any(&self, client: Client, event: EventName, data: Value) -> Result {
        client.emit("my custom response", (&*event, data))?;
        Ok(())
    }

    #[event("my custom broadcast event")]
    async fn broadcast(&self, client: Client, data: Value) -> Result {
        client.broadcast().emit("my custom response", data).await?;
        Ok(())
    }

    #[event("join room")]
    fn join(&self, client: Client, Membership { room }: Membership) -> Result {
        Ok(client.join(room)?)
    }

    #[event("leave room")]
    fn leave(&self, client: Client, Membership { room }: Membership) -> Result {
        Ok(client.leave(room)?)
    }

    #[event("my room event")]
    async fn room(&self, client: Client, data: Map<String, Value>) -> Result {
        let room = data["room"].as_str().unwrap_or_default();
        client.to(room).emit("my room response", &data).await?;
        Ok(())
    }

    #[event("my room namespace event")]
    async fn room_without_context(&self, socketio: SocketIo, data: Map<String, Value>) -> Result {
        let room = data["room"].as_str().unwrap_or_default();
        let room = socketio.of("/").to(room);
        room.emit("my room response", &data).await?;
        Ok(())
    }

    #[event("get session")]
    fn get_session(&self, store: Session<Store>) -> Value {
        store.get()
    }

    #[event("set session")]
    fn set_session(&self, store: Session<Store>, value: Value) {
        store.set(value);
    }

    fn on_exit(&self, client: Client) -> Result {
        Ok(client.disconnect()?)
    }

    #[event("error testing")]
    fn error_testing(&self, _data: Value) -> Result {
        Err(AssertionError.into())
    }

    fn on_error(&self, error: EventError) -> Value {
        if_assertion(&error, "error")
    }
}

struct Test;

#[namespace("/test", session = Store)]
impl Test {
    fn on_connect(&self, client: Client) -> Result<Store> {
        client.send("connected-test")?;
        tell_request(&client)?;
        Ok(Store::default())
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        client.broadcast().emit("left", ()).await?;
        Ok(())
    }

    fn on_fence(&self) {}

    fn on_message(&self, client: Client, message: String) -> Result {
        Ok(client.send(&message)?)
    }

    async fn on_json(&self, client: Client, data: Value) -> Result {
        client.broadcast().send(data).await?;
        Ok(())
    }

    #[event("my custom namespace event")]
    fn custom(&self, client: Client, data: Value) -> Result {
        Ok(client.emit("my custom namespace response", data)?)
    }

    #[event("yet another custom namespace event")]
    fn event_seen(&self, client: Client, event: EventName, args: Args) -> Result {
        let seen = json!([&*event, args.to_json()]);
        Ok(client.emit("my custom namespace response", seen)?)
    }

    #[event("my custom broadcast namespace event")]
    async fn broadcast(&self, client: Client, data: Value) -> Result {
        let everybody = client.broadcast();
        everybody.emit("my custom namespace response", data).await?;
        Ok(())
    }

    #[event("join room")]
    fn join(&self, client: Client, Membership { room }: Membership) -> Result {
        Ok(client.join(room)?)
    }

    #[event("my room namespace event")]
    async fn room(&self, client: Client, Membership { room }: Membership) -> Result {
        client.to(room).send("room message").await?;
        Ok(())
    }

    #[event("close room")]
    async fn close_room(&self, client: Client, room: String) -> Result {
        Ok(client.namespace().close_room(room).await?)
    }

    #[event("get session")]
    fn get_session(&self, store: Session<Store>) -> Value {
        store.get()
    }

    fn on_exit(&self, client: Client) -> Result {
        Ok(client.disconnect()?)
    }

    #[event("error testing")]
    fn error_testing(&self, _data: Value) -> Result {
        Err(AssertionError.into())
    }

    fn on_error(&self, error: EventError) -> Value {
        if_assertion(&error, "error/test")
    }

    /// In `on_flask` it is a handler of all namespaces.
    fn on_wildcard(&self, client: Client, data: Value) -> Result {
        Ok(client.emit("my custom response", data)?)
    }
}

struct Ns;

#[namespace("/ns")]
impl Ns {
    fn on_connect(&self, client: Client) -> Result {
        client.send("connected-ns")?;
        tell_request(&client)
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        client.broadcast().emit("left", ()).await?;
        Ok(())
    }

    fn on_fence(&self) {}

    /// In `on_flask` it is inherited.
    fn on_inherited(&self) -> &'static str {
        "inherited"
    }

    fn on_message(&self, client: Client, message: String) -> Result<Reply> {
        client.send(&message)?;
        Ok(Reply((message != "test noack").then(|| message.into())))
    }

    async fn on_json(&self, client: Client, data: Value) -> Result<Reply> {
        client.broadcast().send(&data).await?;
        Ok(unless_noack(data))
    }

    fn on_exit(&self, client: Client) -> Result {
        Ok(client.disconnect()?)
    }

    fn on_my_custom_event(&self, client: Client, data: Value) -> Result<Reply> {
        client.emit("my custom response", &data)?;
        Ok(unless_noack(data))
    }

    fn on_other_custom_event(&self, client: Client, event: EventName, args: Args) -> Result {
        let seen = json!([&*event, args.to_json()]);
        Ok(client.emit("my custom response", seen)?)
    }

    async fn on_self_emit(&self, client: Client, data: Value) -> Result {
        let namespace = client.namespace();
        namespace.emit("my custom response", data).await?;
        Ok(())
    }
}

struct Unused;

#[namespace("/unused_namespace")]
impl Unused {
    fn on_fence(&self) {}

    #[event("error testing")]
    fn error_testing(&self, _data: Value) -> Result {
        Err(AssertionError.into())
    }
}

struct Background;

#[namespace("/bgtest")]
impl Background {
    fn on_connect(&self, client: Client) {
        let told = client.clone();
        client.spawn(async move {
            // A client that has left meanwhile is not told.
            told.broadcast().emit("bgtest", ()).await.ok();
        });
    }

    fn on_fence(&self) {}
}
