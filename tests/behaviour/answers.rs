//! What a handler returns and what of it the client gets for an acknowledgement.

use std::{
    convert::Infallible,
    net::SocketAddr,
    num::ParseIntError,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::Router;
use bytes::Bytes;
use hobnob::prelude::*;
use serde_json::{Value, json};
use tests::{Client as Browser, placeholder};
use tokio::net::TcpListener;

#[derive(Serialize)]
struct Newtype(u64);

#[derive(Serialize)]
struct Blob(Bytes);

#[derive(Serialize)]
enum Content {
    File(Bytes),
}

#[derive(Serialize)]
struct Pair(u64, u64);

#[derive(Serialize)]
struct Nothing;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    nick_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<Bytes>,
}

type Two = (u64, &'static str);

#[derive(Default)]
struct Answers {
    name: String,
    pair: (u64, u64),
    reached: AtomicBool,
}

#[namespace]
impl Answers {
    fn on_unit(&self) {
        self.reached.store(true, Ordering::SeqCst);
    }

    fn on_number(&self) -> i64 {
        -5
    }

    fn on_text(&self) -> &'static str {
        "text"
    }

    fn on_borrowed(&self) -> &str {
        &self.name
    }

    fn on_borrowed_tuple(&self) -> &(u64, u64) {
        &self.pair
    }

    fn on_some_type(&self) -> impl Serialize {
        (&self.name, 2)
    }

    fn on_json(&self) -> Value {
        json!([1, { "a": null }])
    }

    fn on_tuple_of_one(&self) -> (u64,) {
        (1,)
    }

    async fn on_tuple(&self) -> (u64, &'static str, [u64; 2]) {
        tokio::task::yield_now().await;
        (1, "b", [3, 4])
    }

    fn on_alias(&self) -> Two {
        (1, "b")
    }

    fn on_array(&self) -> [u64; 2] {
        [1, 2]
    }

    fn on_vec(&self) -> Vec<u64> {
        vec![1, 2]
    }

    fn on_vec_of_tuples(&self) -> Vec<Two> {
        vec![(1, "b")]
    }

    fn on_newtype(&self) -> Newtype {
        Newtype(7)
    }

    fn on_tuple_struct(&self) -> Pair {
        Pair(1, 2)
    }

    fn on_unit_struct(&self) -> Nothing {
        Nothing
    }

    fn on_none(&self) -> Option<Two> {
        None
    }

    fn on_some(&self) -> Option<Two> {
        Some((1, "b"))
    }

    fn on_struct(&self) -> Profile {
        Profile {
            nick_name: "anna",
            picture: None,
        }
    }

    fn on_result_of_nothing(&self) -> Result {
        Ok(())
    }

    async fn on_result_of_value(&self) -> Result<i64> {
        tokio::task::yield_now().await;
        Ok(5)
    }

    fn on_result_of_tuple(&self, text: String) -> Result<(u64, u64), ParseIntError> {
        Ok((text.parse()?, 2))
    }

    fn on_result_of_option(&self) -> Result<Option<u64>, Infallible> {
        Ok(None)
    }

    fn on_bytes(&self) -> Bytes {
        Bytes::from_static(b"bytes")
    }

    fn on_bytes_in_tuple(&self) -> Result<(&'static str, Bytes, Bytes)> {
        Ok((
            "two",
            Bytes::from_static(b"one"),
            Bytes::from_static(b"two"),
        ))
    }

    fn on_bytes_in_struct(&self) -> Profile {
        Profile {
            nick_name: "anna",
            picture: Some(Bytes::from_static(b"picture")),
        }
    }

    fn on_bytes_in_wrappers(&self) -> (Blob, Content, [Option<Bytes>; 2]) {
        let newtype = Blob(Bytes::from_static(b"newtype"));
        let variant = Content::File(Bytes::from_static(b"variant"));
        let some = Some(Bytes::from_static(b"some"));
        (newtype, variant, [some, None])
    }

    fn on_list_of_numbers(&self, list: Vec<u8>) -> Vec<u8> {
        list
    }

    async fn on_emitting(&self, client: Client) -> Result<&'static str> {
        client.emit("first", ())?;
        client.emit("second", Bytes::from_static(b"attachment"))?;
        client.broadcast().emit("third", ()).await?;
        client.namespace().emit("fourth", ()).await?;
        client.emit("fifth", ())?;
        Ok("answer")
    }

    fn on_goodbye(&self, client: Client) -> Result<(&'static str, Option<Blob>)> {
        client.disconnect()?;
        Ok(("goodbye", Some(Blob(Bytes::from_static(b"file")))))
    }

    fn on_reached(&self) -> bool {
        self.reached.load(Ordering::SeqCst)
    }
}

async fn serve() -> Result<SocketAddr> {
    let answers = Answers {
        name: "anna".to_owned(),
        pair: (3, 4),
        ..Answers::default()
    };
    let socketio = SocketIo::builder().namespace(answers).build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await });
    Ok(address)
}

#[tokio::test]
async fn unit_is_no_argument_a_tuple_several_and_all_else_one() -> Result {
    let expected = [
        ("unit", json!([])),
        ("number", json!([-5])),
        ("text", json!(["text"])),
        ("borrowed", json!(["anna"])),
        ("borrowed_tuple", json!([3, 4])),
        ("some_type", json!(["anna", 2])),
        ("json", json!([[1, { "a": null }]])),
        ("tuple_of_one", json!([1])),
        ("tuple", json!([1, "b", [3, 4]])),
        ("alias", json!([1, "b"])),
        ("array", json!([[1, 2]])),
        ("vec", json!([[1, 2]])),
        ("vec_of_tuples", json!([[[1, "b"]]])),
        ("newtype", json!([7])),
        ("tuple_struct", json!([[1, 2]])),
        ("unit_struct", json!([null])),
        ("none", json!([null])),
        ("some", json!([[1, "b"]])),
        ("struct", json!([{ "nickName": "anna" }])),
    ];
    let address = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        for (event, expected) in &expected {
            let answer = anna.call(event, ()).await;
            assert_eq!(json!(answer.args), *expected, "{event}");
            assert!(answer.attachments.is_empty(), "{event}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_ok_of_a_result_is_the_answer() -> Result {
    let anna = Browser::websocket(serve().await?).connect("/", None).await;
    let none: [Value; 0] = [];
    assert_eq!(anna.call("result_of_nothing", ()).await.args, none);
    assert_eq!(anna.call("result_of_value", ()).await.args, [json!(5)]);
    let answer = anna.call("result_of_tuple", ("1",)).await;
    assert_eq!(answer.args, [json!(1), json!(2)]);
    let answer = anna.call("result_of_option", ()).await;
    assert_eq!(answer.args, [json!(null)]);
    Ok(())
}

#[tokio::test]
async fn bytes_are_the_attachments_of_the_answer() -> Result {
    let address = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        let answer = anna.call("bytes", ()).await;
        assert_eq!(answer.args, [placeholder(0)]);
        assert_eq!(answer.attachments, ["bytes"]);

        let answer = anna.call("bytes_in_tuple", ()).await;
        let expected = [json!("two"), placeholder(0), placeholder(1)];
        assert_eq!(answer.args, expected);
        assert_eq!(answer.attachments, ["one", "two"]);

        // A `Vec<u8>` is a list like any other: who wants an attachment says `Bytes`.
        let answer = anna.call("list_of_numbers", ([1, 2],)).await;
        assert_eq!(answer.args, [json!([1, 2])]);
    }
    Ok(())
}

#[tokio::test]
async fn bytes_are_an_attachment_in_whatever_they_are_wrapped() -> Result {
    let anna = Browser::websocket(serve().await?).connect("/", None).await;

    let answer = anna.call("bytes_in_struct", ()).await;
    assert_eq!(answer.attachments, ["picture"]);
    let expected = json!({ "nickName": "anna", "picture": placeholder(0) });
    assert_eq!(answer.only(), expected);

    let answer = anna.call("bytes_in_wrappers", ()).await;
    assert_eq!(answer.attachments, ["newtype", "variant", "some"]);
    let variant = json!({ "File": placeholder(1) });
    let expected = [placeholder(0), variant, json!([placeholder(2), null])];
    assert_eq!(answer.args, expected);
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_to_a_client_that_did_not_ask() -> Result {
    let connection = Browser::websocket(serve().await?).open().await;
    connection.send_raw("40");
    assert!(connection.recv_raw().await.text().starts_with("40{"));
    for event in [
        "unit",
        "number",
        "bytes",
        "result_of_tuple",
        "no such event",
    ] {
        connection.send_raw(format!("42[\"{event}\"]"));
    }
    connection.send_raw("427[\"reached\"]");
    assert_eq!(connection.recv_raw().await, "437[true]");
    // Zero is an id like any other.
    connection.send_raw("420[\"unit\"]");
    assert_eq!(connection.recv_raw().await, "430[]");
    Ok(())
}

#[tokio::test]
async fn the_answer_comes_after_what_the_handler_emitted() -> Result {
    let address = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        let events = anna.drain_until_ack("emitting").await;
        let names: Vec<_> = events.iter().map(|event| event.event.as_str()).collect();
        assert_eq!(names, ["first", "second", "third", "fourth", "fifth"]);
    }
    Ok(())
}

#[tokio::test]
async fn the_answer_is_sent_although_the_handler_has_disconnected_the_client() -> Result {
    let address = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        let answer = anna.call("goodbye", ()).await;
        assert_eq!(answer.args, [json!("goodbye"), placeholder(0)]);
        assert_eq!(answer.attachments, ["file"]);
        anna.expect_disconnect().await;
    }
    Ok(())
}
