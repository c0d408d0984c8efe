//! The arguments of a handler: which come from the context, how the others are decoded from the
//! wire, and what a client hears that sent the wrong ones.

use std::net::SocketAddr;

use axum::Router;
use bytes::Bytes;
use hobnob::prelude::*;
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, placeholder};
use tokio::net::TcpListener;

#[derive(Deserialize, Serialize)]
struct Item {
    name: String,
}

#[derive(Deserialize, Serialize)]
struct Order {
    items: Vec<Item>,
}

#[derive(Deserialize, Serialize)]
struct Meters(f64);

#[derive(Deserialize, Serialize)]
struct Point(i32, i32);

#[derive(Deserialize, Serialize)]
enum Shape {
    Dot,
    Circle(f64),
    Line(i32, i32),
    Rectangle { width: u32, height: u32 },
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Command {
    Stop,
    Move { by: i32 },
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
struct Upload {
    name: String,
    data: Bytes,
    thumbnail: Option<Bytes>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Message {
    File { data: Bytes },
}

struct Visitor {
    name: String,
}

struct Desk;

#[namespace(session = Visitor)]
impl Desk {
    fn on_connect(&self, name: Option<String>) -> Visitor {
        let name = name.unwrap_or_default();
        Visitor { name }
    }

    fn on_context_first(
        &self,
        client: Client,
        socketio: SocketIo,
        visitor: Session<Visitor>,
        event: EventName,
        text: String,
        number: i64,
    ) -> Value {
        let known = socketio.of("/").local_client(client.sid()) == Some(client);
        json!([known, visitor.name, &*event, text, number])
    }

    async fn on_mixed(
        &self,
        text: String,
        event: EventName,
        number: i64,
        visitor: Session<Visitor>,
        list: Vec<u8>,
        client: Client,
    ) -> Result<Value> {
        client.broadcast().emit("mixed", list.len()).await?;
        Ok(json!([&*event, visitor.name, text, number, list]))
    }

    fn on_optional(&self, text: String, number: Option<u32>) -> (String, Option<u32>) {
        (text, number)
    }

    fn on_post(&self, text: Option<String>, file: Option<Bytes>) -> (&'static str, bool, bool) {
        ("run", text.is_some(), file.is_some())
    }

    fn on_optional_first(&self, number: Option<u32>, text: String) -> (Option<u32>, String) {
        (number, text)
    }

    fn on_order(&self, order: Order, client: Client, note: Option<String>) -> usize {
        drop((client, note));
        order.items.len()
    }

    fn on_second_order(&self, client: Client, note: String, order: Order) -> usize {
        drop((client, note));
        order.items.len()
    }

    fn on_newtypes(&self, length: Meters, point: Point) -> (Meters, Point) {
        (length, point)
    }

    fn on_enums(
        &self,
        shapes: Vec<Shape>,
        commands: Vec<Command>,
        ids: Vec<Id>,
        attachment: Option<Bytes>,
    ) -> (Vec<Shape>, Vec<Command>, Vec<Id>, usize) {
        let size = attachment.map_or(0, |attachment| attachment.len());
        (shapes, commands, ids, size)
    }

    fn on_bytes(&self, vec: Vec<u8>, bytes: Bytes, array: [u8; 3], maybe: Option<Bytes>) -> Value {
        json!([vec, &*bytes, array, maybe.as_deref()])
    }

    fn on_parts(&self, parts: Vec<Bytes>) -> usize {
        parts.len()
    }

    fn on_upload(&self, upload: Upload, after: Option<Bytes>) -> Value {
        let Upload {
            name,
            data,
            thumbnail,
        } = upload;
        json!([name, &*data, thumbnail.as_deref(), after.as_deref()])
    }

    fn on_tagged_file(&self, message: Message) -> Vec<u8> {
        let Message::File { data } = message;
        data.to_vec()
    }

    fn on_args(&self, args: Args, first: String) -> Result<Value> {
        Ok(json!({
            "first": first,
            "len": args.len(),
            "empty": args.is_empty(),
            "again": args.get::<String>(0)?,
            "second": args.get::<Vec<u8>>(1)?,
            "tenth": args.get::<Option<u8>>(9)?,
            "wrong": args.get::<u8>(0).map_err(|error| error.to_string()),
            "missing": args.get::<u8>(9).map_err(|error| error.to_string()),
            "json": args.to_json(),
            "attachments": args.attachments().iter().map(|one| one.to_vec()).collect::<Vec<_>>(),
        }))
    }

    #[event("one", "the other one", "drüben \u{1f30d}")]
    fn several_names(&self, event: EventName) -> String {
        event.to_string()
    }

    #[event("error")]
    fn an_event_called_error(&self, text: String) -> String {
        text
    }

    fn on_whisper(&self, client: Client, to: Sid) -> String {
        drop(client);
        to.to_string()
    }

    fn on_echo(&self, text: String) -> String {
        text
    }

    fn on_size(&self, bytes: Bytes) -> (usize, bool) {
        (bytes.len(), bytes.iter().all(|byte| *byte == 7))
    }
}

/// Has nothing but a catch-all and one event of its own.
struct Parrot;

#[namespace("/parrot")]
impl Parrot {
    fn on_known(&self) -> &'static str {
        "its own method"
    }

    #[event("*")]
    fn anything(&self, event: EventName, args: Args) -> (String, Vec<Value>) {
        (event.to_string(), args.to_json())
    }
}

async fn serve() -> Result<SocketAddr> {
    let builder = SocketIo::builder().namespace(Desk).namespace(Parrot);
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await });
    Ok(address)
}

async fn connect() -> Result<Socket> {
    let browser = Browser::websocket(serve().await?);
    Ok(browser.connect("/", json!("anna")).await)
}

/// The text of the error that answers `event`.
async fn error_of(anna: &Socket, event: &str, args: Value, attachments: Vec<Bytes>) -> String {
    let answer = anna.call_binary(event, args, attachments).await.only();
    let text = answer["error"].as_str();
    text.unwrap_or_else(|| panic!("not an error: {answer}"))
        .to_owned()
}

#[tokio::test]
async fn arguments_from_context_and_wire_stand_in_any_order() -> Result {
    let anna = connect().await?;
    let answer = anna.call("context_first", ("tea", -3)).await.only();
    assert_eq!(answer, json!([true, "anna", "context_first", "tea", -3]));
    let answer = anna.call("mixed", ("tea", -3, [1, 2])).await.only();
    assert_eq!(answer, json!(["mixed", "anna", "tea", -3, [1, 2]]));
    assert_eq!(anna.expect("mixed").await, [json!(2)]);
    Ok(())
}

#[tokio::test]
async fn only_an_option_may_be_missing_and_what_is_too_much_is_ignored() -> Result {
    let anna = connect().await?;
    let answer = anna.call("optional", ("a", 1)).await;
    assert_eq!(answer.args, [json!("a"), json!(1)]);
    for without in [json!(["a"]), json!(["a", null])] {
        let answer = anna.call("optional", without).await;
        assert_eq!(answer.args, [json!("a"), json!(null)]);
    }
    let answer = anna.call("optional", ("a", 1, "b", [2], json!({}))).await;
    assert_eq!(answer.args, [json!("a"), json!(1)]);

    // In front of others it cannot be left out, but it can be null.
    let answer = anna.call("optional_first", json!([null, "a"])).await;
    assert_eq!(answer.args, [json!(null), json!("a")]);
    let wrong = error_of(&anna, "optional_first", json!(["a"]), vec![]).await;
    assert!(wrong.starts_with("argument 1: "), "{wrong}");

    let missing = error_of(&anna, "optional", json!([]), vec![]).await;
    assert!(missing.starts_with("argument 1: "), "{missing}");
    let missing = error_of(&anna, "context_first", json!(["a"]), vec![]).await;
    assert!(missing.starts_with("argument 2: "), "{missing}");
    // The same where an attachment makes a tree of the arguments.
    let attachment = || vec![Bytes::from_static(b"x")];
    let args = json!([placeholder(0)]);
    let missing = error_of(&anna, "bytes", args, attachment()).await;
    assert!(missing.starts_with("argument 2: "), "{missing}");
    let null = error_of(&anna, "echo", json!([null]), vec![]).await;
    assert!(null.starts_with("argument 1: "), "{null}");
    Ok(())
}

#[tokio::test]
async fn an_error_names_the_argument_and_the_field() -> Result {
    let anna = connect().await?;
    let order = json!({ "items": [{ "name": "a" }, { "name": "b" }, { "name": 5 }] });
    let attachment = || vec![Bytes::from_static(b"x")];

    let expected = "argument 1, `items[2].name`: invalid type: integer `5`, expected a string";
    let wrong = error_of(&anna, "order", json!([order]), vec![]).await;
    assert_eq!(wrong, expected);
    let args = json!([order, placeholder(0)]);
    let wrong = error_of(&anna, "order", args, attachment()).await;
    assert_eq!(wrong, expected);

    let wrong = error_of(&anna, "second_order", json!(["a", order]), vec![]).await;
    assert_eq!(wrong, expected.replace("argument 1", "argument 2"));
    let unnamed = json!(["a", { "items": [{}] }]);
    let missing = error_of(&anna, "second_order", unnamed, vec![]).await;
    assert_eq!(missing, "argument 2, `items[0]`: missing field `name`");
    let wrong = error_of(&anna, "order", json!([7]), vec![]).await;
    assert!(wrong.starts_with("argument 1: invalid type: integer `7`"));

    assert_eq!(anna.call("order", [json!({ "items": [] })]).await.only(), 0);
    Ok(())
}

#[tokio::test]
async fn newtypes_and_enums_decode_with_and_without_attachments() -> Result {
    let anna = connect().await?;
    let answer = anna.call("newtypes", json!([1.5, [3, 4]])).await;
    assert_eq!(answer.args, [json!(1.5), json!([3, 4])]);

    let rectangle = json!({ "Rectangle": { "width": 1, "height": 2 } });
    let shapes = json!(["Dot", { "Circle": 1.5 }, { "Line": [1, 2] }, rectangle]);
    let commands = json!([{ "kind": "stop" }, { "by": -2, "kind": "move" }]);
    let ids = json!([7, "seven"]);
    let answer = anna.call("enums", (&shapes, &commands, &ids)).await;
    let expected = [shapes.clone(), commands.clone(), ids.clone()];
    assert_eq!(answer.args[..3], expected);
    assert_eq!(answer.args[3], 0);

    let args = (&shapes, &commands, &ids, placeholder(0));
    let attachment = vec![Bytes::from_static(b"12345")];
    let answer = anna.call_binary("enums", args, attachment).await;
    assert_eq!(answer.args[..3], expected);
    assert_eq!(answer.args[3], 5);
    Ok(())
}

/// A packet could else be decoded to thousands of times its size.
#[tokio::test]
async fn an_argument_takes_an_attachment_once() -> Result {
    let anna = connect().await?;
    let parts = || vec![Bytes::from_static(b"a"), Bytes::from_static(b"b")];
    let args = json!([[placeholder(1), placeholder(0)]]);
    assert_eq!(anna.call_binary("parts", args, parts()).await.only(), 2);

    let args = json!([vec![placeholder(1); 1000]]);
    let error = error_of(&anna, "parts", args, parts()).await;
    assert_eq!(error, "argument 1, `[1]`: attachment 1 is in two places");
    Ok(())
}

#[tokio::test]
async fn every_type_of_bytes_is_filled_from_an_attachment() -> Result {
    let anna = connect().await?;
    let three = || Bytes::from_static(&[1, 2, 3]);
    let args = [3, 2, 1, 0].map(placeholder);
    let attachments = vec![
        Bytes::from_static(&[0]),
        three(),
        Bytes::from_static(&[2]),
        Bytes::new(),
    ];
    let answer = anna.call_binary("bytes", args, attachments).await.only();
    assert_eq!(answer, json!([[], [2], [1, 2, 3], [0]]));

    // One attachment in every place, and none where it is optional.
    let args = json!([placeholder(0), placeholder(0), placeholder(0), null]);
    let answer = anna.call_binary("bytes", args, vec![three()]).await.only();
    assert_eq!(answer, json!([[1, 2, 3], [1, 2, 3], [1, 2, 3], null]));

    let args = [placeholder(0), placeholder(4)];
    let missing = error_of(&anna, "bytes", json!(args), vec![three()]).await;
    assert_eq!(missing, "argument 2: attachment 4 is missing");
    Ok(())
}

#[tokio::test]
async fn an_attachment_nobody_wants_does_not_shift_the_others() -> Result {
    let anna = connect().await?;
    let upload = json!({
        "a preview": placeholder(0),
        "data": placeholder(1),
        "history": [placeholder(2), { "older": placeholder(3) }],
        "name": "a.txt",
        "thumbnail": placeholder(4),
    });
    let attachments = (0..6).map(|n| Bytes::from(vec![n])).collect();
    let args = json!([upload, placeholder(5)]);
    let answer = anna.call_binary("upload", args, attachments).await.only();
    assert_eq!(answer, json!(["a.txt", [1], [4], [5]]));

    let file = json!([{ "data": placeholder(0), "kind": "file" }]);
    let attachment = vec![Bytes::from_static(&[9])];
    let answer = anna.call_binary("tagged_file", file, attachment).await;
    assert_eq!(answer.only(), json!([9]));
    Ok(())
}

#[tokio::test]
async fn args_are_everything_undecoded_and_use_nothing_up() -> Result {
    let anna = connect().await?;
    let args = json!(["a", placeholder(0), { "b": [1] }]);
    let attachment = vec![Bytes::from_static(&[8, 9])];
    let answer = anna.call_binary("args", &args, attachment).await.only();
    let expected = json!({
        "first": "a",
        "len": 3,
        "empty": false,
        "again": "a",
        "second": [8, 9],
        "tenth": null,
        "wrong": answer["wrong"],
        "missing": answer["missing"],
        "json": args,
        "attachments": [[8, 9]],
    });
    assert_eq!(answer, expected);
    let wrong = answer["wrong"]["Err"].as_str().unwrap_or_default();
    assert!(wrong.starts_with("argument 1: invalid type: string"));
    let missing = answer["missing"]["Err"].as_str().unwrap_or_default();
    assert!(missing.starts_with("argument 10: "));
    Ok(())
}

#[tokio::test]
async fn a_catch_all_gets_what_no_other_method_handles() -> Result {
    let address = serve().await?;
    let anna = Browser::polling(address).connect("/parrot", None).await;
    assert_eq!(anna.call("known", ()).await.args, ["its own method"]);
    let text = json!(["any text at all", 1, [2]]);
    assert_eq!(
        anna.call("what is this", &text).await.args,
        [json!("what is this"), text]
    );
    // A star is a name like any other.
    assert_eq!(anna.call("*", ()).await.args, [json!("*"), json!([])]);
    assert_eq!(
        anna.call("anything", ()).await.args,
        [json!("anything"), json!([])]
    );
    Ok(())
}

#[tokio::test]
async fn one_method_has_several_names_of_any_kind() -> Result {
    let anna = connect().await?;
    for name in ["one", "the other one", "drüben \u{1f30d}"] {
        assert_eq!(anna.call(name, ()).await.args, [name]);
    }
    assert_eq!(anna.call("error", ("text",)).await.args, ["text"]);
    // The name of the method is none of its events' names.
    let id = anna.emit_with_id("several_names", ());
    anna.expect_no_ack(id, "one").await;
    Ok(())
}

#[tokio::test]
async fn a_sid_is_an_argument() -> Result {
    let anna = connect().await?;
    let sid = "~AbCdEfGhIjKlMnOp";
    assert_eq!(anna.call("whisper", (sid,)).await.args, [sid]);
    let wrong = error_of(&anna, "whisper", json!(["tea"]), vec![]).await;
    assert!(wrong.starts_with("argument 1: not a sid"), "{wrong}");
    Ok(())
}

#[tokio::test]
async fn text_and_bytes_of_any_content_and_size_come_through() -> Result {
    let address = serve().await?;
    let long = "ä\u{1f30d}\"".repeat(80_000);
    let texts = [
        "",
        " ",
        "\"\\/\u{8}\u{1e}\0\r\n",
        "\u{2028}\u{1f468}\u{200d}\u{1f469}",
        "[\"a\",\"b\"]",
        &long,
    ];
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        for text in texts {
            assert_eq!(anna.call("echo", (text,)).await.args, [text]);
        }
        for size in [0, 1, 700_000] {
            let bytes = vec![Bytes::from(vec![7; size])];
            let answer = anna.call_binary("size", [placeholder(0)], bytes).await;
            assert_eq!(answer.args, [json!(size), json!(true)]);
        }
    }
    Ok(())
}

#[tokio::test]
async fn text_that_is_no_text_is_wrong_and_not_missing() -> Result {
    let address = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        for (id, event) in [(7, "post"), (8, "echo")] {
            // Half a surrogate pair, as the JavaScript client sends what is cut in the middle of an
            // emoji.
            anna.connection().send_raw(format!(
                r#"451-{id}["{event}","\ud83d",{{"_placeholder":true,"num":0}}]"#
            ));
            anna.connection().send_raw_binary(vec![1, 2, 3]);
            let answer = anna.expect_ack(id).await.only();
            let wrong = answer["error"].as_str().unwrap_or_default();
            assert!(wrong.starts_with("argument 1: "), "{answer}");
            assert!(!wrong.contains("missing"), "{answer}");
        }
        let args = json!(["text", placeholder(0)]);
        let answer = anna.call_binary("post", args, vec![Bytes::from_static(&[1])]);
        assert_eq!(answer.await.args, [json!("run"), json!(true), json!(true)]);
    }
    Ok(())
}
