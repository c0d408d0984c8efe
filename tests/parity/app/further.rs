//! Answers and events of every shape, refusals, calls, and names that belong to the protocol.

use std::time::Duration;

use hobnob::{SocketIoBuilder, prelude::*};
use serde::Serializer;
use serde_json::{Value, json};

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder
        .namespace(Answers)
        .namespace(Emits)
        .namespace(Refuse)
        .namespace(Auth)
        .namespace(Calls)
        .namespace(Wire)
}

#[derive(Serialize, Deserialize)]
struct File {
    file: Bytes,
    name: String,
}

fn file() -> File {
    File {
        file: Bytes::from_static(b"abc"),
        name: "x".to_owned(),
    }
}

/// What no format takes.
struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("on purpose"))
    }
}

const BYTES: Bytes = Bytes::from_static(&[0, 1, 255]);
const A: Bytes = Bytes::from_static(b"a");
const B: Bytes = Bytes::from_static(b"b");

struct Answers;

#[namespace("/answers")]
impl Answers {
    fn on_fence(&self) {}

    #[event("answer none")]
    fn none(&self) {}

    #[event("answer zero")]
    fn zero(&self) -> u8 {
        0
    }

    #[event("answer empty text")]
    fn empty_text(&self) -> &'static str {
        ""
    }

    #[event("answer false")]
    fn no(&self) -> bool {
        false
    }

    #[event("answer true")]
    fn yes(&self) -> bool {
        true
    }

    #[event("answer number")]
    fn seven(&self) -> u8 {
        7
    }

    #[event("answer fraction")]
    fn fraction(&self) -> f64 {
        0.5
    }

    #[event("answer text")]
    fn text(&self) -> &'static str {
        "héllo ☃"
    }

    #[event("answer list")]
    fn list(&self) -> [u8; 2] {
        [1, 2]
    }

    #[event("answer empty list")]
    fn empty_list(&self) -> Vec<u8> {
        Vec::new()
    }

    #[event("answer object")]
    fn object(&self) -> Value {
        json!({ "a": [1, { "b": null }] })
    }

    #[event("answer tuple")]
    fn tuple(&self) -> (u8, &'static str, [u8; 1]) {
        (1, "two", [3])
    }

    #[event("answer tuple of one")]
    fn tuple_of_one(&self) -> (u8,) {
        (1,)
    }

    #[event("answer empty tuple")]
    fn empty_tuple(&self) {}

    #[event("answer null in a tuple")]
    fn null_in_a_tuple(&self) -> (Value,) {
        (Value::Null,)
    }

    #[event("answer bytes")]
    fn bytes(&self) -> Bytes {
        BYTES
    }

    #[event("answer bytes in an object")]
    fn bytes_in_an_object(&self) -> File {
        file()
    }

    #[event("answer bytes in a tuple")]
    fn bytes_in_a_tuple(&self) -> (Bytes, u8, Bytes) {
        (A, 1, B)
    }

    #[event("emit and answer")]
    fn emit_and_answer(&self, client: Client) -> Result<&'static str> {
        for number in 0..3 {
            client.emit("number", number)?;
        }
        Ok("after")
    }

    fn on_two(&self, client: Client, a: Value, b: Value) -> Result<&'static str> {
        client.emit("ran", (a, b))?;
        Ok("two")
    }

    fn on_optional(&self, a: Value, b: Option<Value>) -> [Value; 2] {
        [a, b.unwrap_or_default()]
    }

    fn on_number(&self, n: i64) -> i64 {
        n + 1
    }

    fn on_echo(&self, args: Args) -> Vec<Value> {
        args.to_json()
    }

    fn on_file(&self, client: Client, file: File) -> Result<File> {
        client.emit("file", &file)?;
        Ok(file)
    }

    fn on_files(&self, files: Vec<Bytes>) -> usize {
        files.len()
    }

    fn on_fail(&self) -> Result {
        Err(Error::hidden("the disk is full"))
    }

    fn on_crash(&self) {
        panic!("on purpose: the comparison wants to see a crash");
    }

    #[event("unserializable answer")]
    fn unserializable(&self) -> Unserializable {
        Unserializable
    }

    #[event("unserializable emit")]
    fn emit_unserializable(&self, client: Client) -> Result {
        Ok(client.emit("unserializable", Unserializable)?)
    }
}

struct Emits;

#[namespace("/emits")]
impl Emits {
    fn on_fence(&self) {}

    fn on_emit(&self, client: Client, name: String) -> Result {
        match name.as_str() {
            "omitted" | "none" | "empty tuple" => client.emit("shape", ()),
            "zero" => client.emit("shape", 0),
            "empty text" => client.emit("shape", ""),
            "false" => client.emit("shape", false),
            "true" => client.emit("shape", true),
            "number" => client.emit("shape", 7),
            "fraction" => client.emit("shape", 0.5),
            "text" => client.emit("shape", "héllo ☃"),
            "list" => client.emit("shape", [1, 2]),
            "empty list" => client.emit("shape", Vec::<u8>::new()),
            "object" => client.emit("shape", json!({ "a": [1, { "b": null }] })),
            "tuple" => client.emit("shape", (1, "two", [3])),
            "tuple of one" => client.emit("shape", (1,)),
            "null in a tuple" => client.emit("shape", (Value::Null,)),
            "bytes" => client.emit("shape", BYTES),
            "bytes in an object" => client.emit("shape", file()),
            "bytes in a tuple" => client.emit("shape", (A, 1, B)),
            _ => return Err(Error::public("no such shape")),
        }?;
        Ok(())
    }

    fn on_snapshot(&self, client: Client, mut data: Value) -> Result<Value> {
        client.emit("snapshot", &data)?;
        data["foo"] = "baz".into();
        Ok(data)
    }

    fn on_send(&self, client: Client) -> Result {
        client.send("text")?;
        client.send(json!({ "a": 1 }))?;
        client.send(Bytes::from_static(b"bytes"))?;
        Ok(())
    }

    fn on_reserved(&self, client: Client) -> Result<&'static str> {
        client.emit("connect", "not a connection")?;
        Ok("sent")
    }
}

#[derive(Deserialize)]
struct Knock {
    how: String,
    #[serde(default)]
    emit: bool,
}

fn prepare(client: &Client, knock: &Knock) -> Result {
    if knock.emit {
        client.emit("early", &knock.how)?;
        client.join("in")?;
    }
    if knock.how == "watch" {
        client.join("watchers")?;
    }
    Ok(())
}

struct Refuse;

#[namespace("/refuse")]
impl Refuse {
    fn on_connect(&self, client: Client, knock: Knock) -> Result<bool, ConnectionRefused> {
        prepare(&client, &knock)?;
        match knock.how.as_str() {
            "refused" => Err(ConnectionRefused::default()),
            "refused with a text" | "refused with an object" | "refused with several" => {
                Err(ConnectionRefused::new("no entry"))
            }
            "refused with a number" => Err(ConnectionRefused::new(5)),
            "crash" => panic!("on purpose: the comparison wants to see a crash"),
            how => Ok(how != "false"),
        }
    }

    async fn on_disconnect(&self, client: Client, reason: DisconnectReason) -> Result {
        let watchers = client.to("watchers");
        watchers.emit("left", reason.as_str()).await?;
        Ok(())
    }

    fn on_fence(&self) {}

    #[event("to those in")]
    async fn to_those_in(&self, client: Client) -> Result {
        client.to("in").emit("hello", ()).await?;
        Ok(())
    }

    async fn on_answer(&self, client: Client) -> Result<&'static str> {
        client.to("watchers").emit("handled", ()).await?;
        Ok("handled")
    }
}

struct Auth;

#[namespace("/auth", session = Value)]
impl Auth {
    fn on_connect(&self, auth: Value) -> Value {
        auth
    }

    fn on_fence(&self) {}

    fn on_auth(&self, auth: Session<Value>) -> Value {
        json!([*auth])
    }
}

struct Calls;

/// What `repr_of` of app.py makes of an answer.
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
    fn on_fence(&self) {}

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

struct Wire;

#[namespace("/wire")]
impl Wire {
    async fn on_connect(&self, client: Client, auth: Value) -> Result {
        client.to("watchers").emit("on_connect", auth).await?;
        Ok(())
    }

    async fn on_disconnect(&self, client: Client, reason: DisconnectReason) -> Result {
        let watchers = client.to("watchers");
        watchers.emit("on_disconnect", reason.as_str()).await?;
        Ok(())
    }

    fn on_fence(&self) {}

    fn on_watch(&self, client: Client) -> Result {
        Ok(client.join("watchers")?)
    }
}
