//! Answers and events of every shape, and handlers that fail.

use hobnob::{SocketIoBuilder, prelude::*};
use serde::Serializer;
use serde_json::{Value, json};

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder.namespace(Answers).namespace(Emits)
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
        // A panic, only that the log of the tests has nothing of it.
        std::panic::resume_unwind(Box::new("on purpose"))
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
