//! Clients that speak msgpack: events, answers, questions, refusals and bytes as with JSON, and what
//! no client should send.

mod served;

use std::{collections::BTreeMap, net::Ipv4Addr};

use bytes::Bytes;
use hobnob::{
    Parser, SocketIoBuilder,
    middleware::{Answer, Next, Trigger},
    prelude::*,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Connection, Frame, eventually, placeholder};

#[derive(Deserialize)]
struct Login {
    token: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Upload {
    name: String,
    parts: Vec<Part>,
    #[serde(with = "octets")]
    raw: Vec<u8>,
    kind: Kind,
    from: Ipv4Addr,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Part {
    data: Option<Bytes>,
    id: Id,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Id(Bytes);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Packed(u8),
}

/// As the crate `serde_bytes` has it.
mod octets {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(bytes: D) -> Result<Vec<u8>, D::Error> {
        bytes::Bytes::deserialize(bytes).map(Into::into)
    }
}

#[derive(Serialize)]
struct Nothing;

#[derive(Serialize, Event)]
struct Said {
    text: String,
    picture: Bytes,
}

#[derive(Clone, Default)]
struct Talk(Log);

#[namespace("/talk")]
impl Talk {
    fn on_connect(&self, client: Client, login: Option<Login>) -> Result {
        if login.is_some_and(|login| login.token != "let me in") {
            return Err(Error::public("who are you?"));
        }
        self.0.note("connect");
        Ok(client.emit("welcome", ((), json!({ "first": true })))?)
    }

    fn on_fence(&self) {}

    fn on_add(&self, a: i64, b: Option<i64>) -> i64 {
        a + b.unwrap_or(1)
    }

    fn on_both(&self, text: String, list: [i64; 2]) -> ([i64; 2], String) {
        (list, text)
    }

    fn on_upload(&self, upload: Upload, thumbnail: Bytes) -> (Upload, Option<Bytes>, Vec<u8>) {
        (upload, Some(thumbnail), vec![1, 2])
    }

    fn on_numbered(&self, texts: BTreeMap<u8, String>) -> BTreeMap<u8, String> {
        texts
    }

    async fn on_say(&self, client: Client, text: String, picture: Bytes) -> Result {
        client.broadcast().send(Said { text, picture }).await?;
        Ok(())
    }

    async fn on_ask(&self, client: Client) -> Result<(u8, Option<Bytes>, Option<u8>)> {
        Ok(client.call("question", ("how many", 2)).await?)
    }

    async fn on_linger(&self, client: Client) -> (Nothing, BTreeMap<u8, Option<Bytes>>, Ipv4Addr) {
        client.disconnected().await;
        let bytes = Bytes::from_static(b"\0x");
        (Nothing, [(7, Some(bytes))].into(), Ipv4Addr::LOCALHOST)
    }

    #[event("*")]
    fn anything(&self, event: EventName, args: Args) -> (String, Vec<Value>, Vec<Bytes>) {
        (event.to_string(), args.to_json(), args.attachments())
    }

    fn on_disconnect(&self) {
        self.0.note("disconnect");
    }
}

fn speaking_msgpack() -> SocketIoBuilder {
    SocketIo::builder().parser(Parser::MsgPack)
}

#[derive(Serialize, Deserialize)]
struct Packet<T> {
    r#type: u8,
    nsp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// The last one here, so that the end of a packet is the end of its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

const CONNECT: u8 = 0;
const DISCONNECT: u8 = 1;
const EVENT: u8 = 2;
const ACK: u8 = 3;
const CONNECT_ERROR: u8 = 4;

/// As the clients write it: objects with keys, addresses as text.
fn packed(data: impl Serialize) -> Vec<u8> {
    let mut packed = Vec::new();
    let serializer = rmp_serde::Serializer::new(&mut packed).with_struct_map();
    let written = data.serialize(&mut serializer.with_human_readable());
    written.expect("it can be serialized");
    packed
}

/// A packet around data that is packed already.
fn packet(r#type: u8, id: Option<i64>, data: Option<&[u8]>) -> Vec<u8> {
    let mut packet = packed(Packet {
        r#type,
        nsp: "/talk".to_owned(),
        id,
        data: data.map(|_| ()),
    });
    if let Some(data) = data {
        packet.pop();
        packet.extend(data);
    }
    packet
}

/// A connection that speaks msgpack in the namespace `/talk`.
struct Speaker(Connection);

impl Speaker {
    /// One that is let in.
    async fn connected(browser: &Browser) -> Self {
        let speaker = Self(browser.open().await);
        speaker.send(CONNECT, None, json!({ "token": "let me in" }));
        speaker.expect_welcome().await;
        speaker
    }

    async fn expect_welcome(&self) {
        let accepted: Packet<BTreeMap<String, String>> = self.next().await;
        assert_eq!((accepted.r#type, &*accepted.nsp), (CONNECT, "/talk"));
        assert!(accepted.data.expect("an object").contains_key("sid"));
        let welcome: (String, (), BTreeMap<String, bool>) = self.event().await;
        let object = BTreeMap::from([("first".to_owned(), true)]);
        assert_eq!(welcome, ("welcome".to_owned(), (), object));
    }

    fn send(&self, r#type: u8, id: Option<i64>, data: impl Serialize) {
        self.send_packed(r#type, id, &packed(data));
    }

    fn send_packed(&self, r#type: u8, id: Option<i64>, data: &[u8]) {
        self.0.send_raw_binary(packet(r#type, id, Some(data)));
    }

    async fn next<T: DeserializeOwned>(&self) -> Packet<T> {
        let frame = self.0.recv_raw().await;
        let Frame::Binary(bytes) = frame else {
            panic!("msgpack is binary: {frame:?}");
        };
        let deserializer = rmp_serde::Deserializer::from_read_ref(&bytes);
        let packet = Packet::deserialize(&mut deserializer.with_human_readable());
        packet.unwrap_or_else(|error| panic!("{error}: {bytes:?}"))
    }

    /// Name and arguments of the next event.
    async fn event<T: DeserializeOwned>(&self) -> T {
        let event = self.next().await;
        assert_eq!((event.r#type, event.id), (EVENT, None));
        event.data.expect("a list")
    }

    /// Sends an event, its name first, and returns the arguments of its acknowledgement.
    async fn call<T: DeserializeOwned>(&self, event: impl Serialize) -> T {
        self.send(EVENT, Some(7), event);
        self.answer(7).await
    }

    async fn answer<T: DeserializeOwned>(&self, id: i64) -> T {
        let answer = self.next().await;
        assert_eq!((answer.r#type, answer.id), (ACK, Some(id)));
        answer.data.expect("a list")
    }
}

#[tokio::test]
async fn events_and_answers_are_as_with_json() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    for browser in both(address) {
        let anna = Speaker::connected(&browser).await;
        assert_eq!(anna.call::<Vec<i64>>(("add", 1, -40_000)).await, [-39_999]);
        assert_eq!(anna.call::<Vec<i64>>(("add", 1)).await, [2]);
        assert_eq!(anna.call::<Vec<i64>>(("add", 1, (), "more")).await, [2]);
        assert!(anna.call::<Vec<()>>(("fence",)).await.is_empty());
        let both: ([i64; 2], String) = anna.call(("both", "é", [1, 2])).await;
        assert_eq!(both, ([1, 2], "é".to_owned()));

        // Numbers as keys from Python, text from JavaScript, and text to both.
        let by_text = json!({ "1": "one", "200": "two hundred" });
        let by_number = BTreeMap::from([(1, "one"), (200, "two hundred")]);
        let events = [
            packed(("numbered", &by_text)),
            packed(("numbered", by_number)),
        ];
        for event in events {
            anna.send_packed(EVENT, Some(1), &event);
            let [answer] = anna.answer::<[Value; 1]>(1).await;
            assert_eq!(answer, by_text);
        }
    }
}

#[tokio::test]
async fn a_mistake_is_answered_with_argument_and_field() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    let anna = Speaker::connected(&Browser::websocket(address)).await;
    for (sent, expected) in [
        (json!(["add"]), "argument 1: missing"),
        (
            json!(["add", "one"]),
            "argument 1: invalid type: string \"one\", expected i64",
        ),
        (
            json!(["add", 1, []]),
            "argument 2: invalid type: sequence, expected i64",
        ),
        (
            json!(["upload", { "name": "a", "parts": [{ "id": 1 }] }]),
            "argument 1, `parts[0].id`: invalid type: integer `1`, expected byte array",
        ),
    ] {
        let [answer] = anna.call::<[Value; 1]>(&sent).await;
        assert_eq!(answer, json!({ "error": expected }), "{sent}");
    }
}

#[tokio::test]
async fn bytes_go_both_ways_wherever_they_are() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    for browser in both(address) {
        let anna = Speaker::connected(&browser).await;
        let bytes = Bytes::from_static;
        let upload = || Upload {
            name: "all".to_owned(),
            parts: vec![
                Part {
                    data: Some(bytes(b"\0\xff")),
                    id: Id(bytes(b"1")),
                },
                Part {
                    data: None,
                    id: Id(bytes(b"")),
                },
            ],
            raw: vec![0; 300],
            kind: Kind::Packed(7),
            from: Ipv4Addr::LOCALHOST,
        };
        let thumbnail = bytes(b"thumbnail");
        let answer: (Upload, Bytes, Vec<u8>) = anna.call(("upload", upload(), &thumbnail)).await;
        assert_eq!(answer, (upload(), thumbnail, vec![1, 2]));

        let event = (
            "whatever",
            json!({ "a": [1] }),
            bytes(b"x"),
            [bytes(b"y"), bytes(b"")],
            Kind::Plain,
        );
        let (name, args, attachments): (String, Value, Vec<Bytes>) = anna.call(event).await;
        assert_eq!(name, "whatever");
        let expected = json!([
            { "a": [1] },
            placeholder(0),
            [placeholder(1), placeholder(2)],
            "Plain",
        ]);
        assert_eq!(args, expected);
        assert_eq!(attachments, ["x", "y", ""]);
    }
}

#[tokio::test]
async fn a_middleware_answers_in_place_of_the_handler() {
    async fn instead(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
        if trigger.event() == "add" {
            return Answer::new((u64::MAX, 0.1, ["é"], Bytes::from_static(b"\0x")));
        }
        let answer = next.run(trigger).await?;
        if answer.args().len() == 2 {
            return Answer::new(answer.args().to_json());
        }
        Ok(answer)
    }
    let builder = speaking_msgpack().namespace(Talk::default());
    let (_socketio, address) = serve(builder.middleware(instead)).await;
    for browser in both(address) {
        let anna = Speaker::connected(&browser).await;
        let answer: (u64, f64, [String; 1], Bytes) = anna.call(("add", 1)).await;
        let bytes = Bytes::from_static(b"\0x");
        assert_eq!(answer, (u64::MAX, 0.1, ["é".to_owned()], bytes));
        let ([list, text],): ([Value; 2],) = anna.call(("both", "b", [1, 2])).await;
        assert_eq!((list, text), (json!([1, 2]), json!("b")));
        assert!(anna.call::<Vec<()>>(("fence",)).await.is_empty());
    }
}

#[tokio::test]
async fn a_broadcast_reaches_everybody() {
    let talk = Talk::default();
    let (socketio, address) = serve(speaking_msgpack().namespace(talk.clone())).await;
    let mut everybody = Vec::new();
    for browser in both(address) {
        everybody.push(Speaker::connected(&browser).await);
    }
    everybody[0].send(EVENT, None, ("say", "hi", Bytes::from_static(b"\0")));
    for speaker in &everybody {
        let (name, said): (String, BTreeMap<String, Bytes>) = speaker.event().await;
        assert_eq!(name, "said");
        assert_eq!(said["text"], "hi");
        assert_eq!(said["picture"], "\0");
    }
    let sent = socketio.of("/talk").emit("news", (1, json!([2]))).await;
    sent.expect("everybody is here");
    for speaker in &everybody {
        let news: (String, u8, [u8; 1]) = speaker.event().await;
        assert_eq!(news, ("news".to_owned(), 1, [2]));
        speaker.0.send_raw_binary(packet(DISCONNECT, None, None));
    }
    let seen = ["connect", "connect", "disconnect", "disconnect"];
    talk.0.becomes(&seen).await;
}

#[tokio::test]
async fn a_question_is_answered_with_a_tuple() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    let anna = Speaker::connected(&Browser::websocket(address)).await;
    let picture = Bytes::from_static(b"picture");
    let answers = [
        (packed((3, &picture)), Ok((3, Some(&picture), ()))),
        (packed((3, (), (), "too much")), Ok((3, None, ()))),
        (packed((3,)), Ok((3, None, ()))),
        (packed(("three",)), Err("internal error")),
        (packed(json!({ "no": "list" })), Err("internal error")),
        (packed(()), Err("internal error")),
    ];
    for (answer, expected) in answers {
        anna.send(EVENT, Some(1), ("ask",));
        let question: Packet<(String, String, u8)> = anna.next().await;
        let expected_question = ("question".to_owned(), "how many".to_owned(), 2);
        assert_eq!(question.data, Some(expected_question));
        anna.send_packed(ACK, question.id, &answer);
        match expected {
            Ok((number, file, none)) => {
                let got: (u8, Option<Bytes>, ()) = anna.answer(1).await;
                assert_eq!(got, (number, file.cloned(), none));
            }
            Err(text) => {
                let [answer] = anna.answer::<[Value; 1]>(1).await;
                assert_eq!(answer, json!({ "error": text }));
            }
        }
    }
}

#[tokio::test]
async fn who_has_left_the_namespace_is_answered_all_the_same() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    for browser in both(address) {
        let anna = Speaker::connected(&browser).await;
        anna.send(EVENT, Some(1), ("linger",));
        anna.0.send_raw_binary(packet(DISCONNECT, None, None));
        let (nothing, by_text, address): ((), BTreeMap<String, Bytes>, String) =
            anna.answer(1).await;
        assert_eq!((nothing, &*address), ((), "127.0.0.1"));
        let bytes = Bytes::from_static(b"\0x");
        assert_eq!(by_text, [("7".to_owned(), bytes)].into());
    }
}

#[tokio::test]
async fn a_refusal_says_why() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    for browser in both(address) {
        let stranger = Speaker(browser.open().await);
        let refusals = [
            (json!({ "token": "?" }), "who are you?"),
            (json!({ "token": 1 }), "invalid type: integer `1`"),
        ];
        for (auth, expected) in refusals {
            stranger.send(CONNECT, None, auth);
            let refused: Packet<BTreeMap<String, String>> = stranger.next().await;
            assert_eq!(refused.r#type, CONNECT_ERROR);
            let message = &refused.data.expect("an object")["message"];
            assert!(message.contains(expected), "{message}");
        }
        // Without an auth object, and with `undefined` for one, as the JavaScript client has it.
        for auth in [None, Some(&b"\xc0"[..]), Some(b"\xd4\0\0")] {
            let stranger = Speaker(browser.open().await);
            stranger.0.send_raw_binary(packet(CONNECT, None, auth));
            stranger.expect_welcome().await;
        }
    }
}

#[tokio::test]
async fn a_server_speaks_one_of_the_two() {
    let (_socketio, speaking_msgpack) = serve(speaking_msgpack().namespace(Talk::default())).await;
    let (_socketio, speaking_json) = serve(SocketIo::builder().namespace(Talk::default())).await;
    for browser in both(speaking_msgpack) {
        let wrong = browser.open().await;
        wrong.send_raw("40/talk,");
        wrong.expect_closed().await;
    }
    for browser in both(speaking_json) {
        let wrong = browser.open().await;
        wrong.send_raw_binary(packet(CONNECT, None, None));
        wrong.expect_closed().await;
    }
    Speaker::connected(&Browser::websocket(speaking_msgpack)).await;
    let anna = Browser::websocket(speaking_json).connect("/talk", NO_AUTH);
    assert_eq!(anna.await.call("add", (1, 2)).await.only(), 3);
}

/// What no client should send, with the data of a packet and without.
fn hostile() -> Vec<Vec<u8>> {
    let nested =
        |opening: &[u8], depth| [&b"\x92\xa3add"[..], &opening.repeat(depth), b"\xc0"].concat();
    let data: [Vec<u8>; 20] = [
        nested(b"\x91", 120),
        nested(b"\x91", 10_000),
        nested(b"\x81\xa1k", 10_000),
        nested(b"\x81\x91", 10_000),
        nested(b"\xdd\0\0\0\x01", 10_000),
        b"\xdd\xff\xff\xff\xff\xa3add".to_vec(),
        b"\x92\xa3add\xdf\xff\xff\xff\xff".to_vec(),
        b"\x92\xa3add\xc6\xff\xff\xff\xff".to_vec(),
        b"\x92\xa3add\xc9\xff\xff\xff\xff\x05".to_vec(),
        b"\x92\xa3add\xc1".to_vec(),
        b"\x92\xa3add\xd5\x05\0\0".to_vec(),
        b"\x92\xa3add\xa2\xff\xff".to_vec(),
        b"\x92\xa3add\x82\xa1a\x01\xa1a\x02".to_vec(),
        b"\x92\xa3add\x81\x91\x01\x01".to_vec(),
        b"\x91\xa2\xff\xff".to_vec(),
        b"\x91\x01".to_vec(),
        b"\x90".to_vec(),
        b"\x80".to_vec(),
        b"\xc0".to_vec(),
        b"\xd4\0\0".to_vec(),
    ];
    let types = [CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, 5, 6, 7, 255];
    let around = |data: &Vec<u8>| types.map(|r#type| packet(r#type, Some(1), Some(data)));
    let mut hostile: Vec<_> = data.iter().flat_map(around).collect();
    hostile.extend(types.map(|r#type| packet(r#type, None, None)));
    hostile.extend(types.map(|r#type| packet(r#type, Some(i64::MIN), None)));
    let good = packet(
        EVENT,
        Some(1),
        Some(&packed(("add", 1, json!({ "a": [2] })))),
    );
    hostile.extend((0..good.len()).map(|end| good[..end].to_vec()));
    hostile.extend([0x80, 0xc1, 0xde, 0xdf, 0xff].map(|wrong| {
        let mut packet = good.clone();
        packet[0] = wrong;
        packet
    }));
    hostile
}

#[tokio::test]
async fn what_no_client_should_send_hurts_nobody_else() {
    let talk = Talk::default();
    let (socketio, address) = serve(speaking_msgpack().namespace(talk.clone())).await;
    let witness = Speaker::connected(&Browser::websocket(address)).await;
    for hostile in hostile() {
        let connection = Browser::websocket(address).open().await;
        connection.send_raw_binary(hostile.clone());
        let speaker = Speaker(connection);
        speaker.send(CONNECT, None, json!({ "token": "let me in" }));
        speaker.0.send_raw_binary(hostile.clone());
        speaker.0.send_raw_binary(Bytes::new());
        speaker.0.expect_closed().await;
        assert_eq!(
            witness.call::<[i64; 1]>(("add", 1, 2)).await,
            [3],
            "{hostile:?}"
        );
    }
    let namespace = socketio.of("/talk");
    eventually("nobody else to be left", async || {
        namespace.clients().await.expect("the clients").len() == 1
    })
    .await;
    let log = talk.0.take();
    let count = |what| log.iter().filter(|line| *line == what).count();
    assert_eq!(
        count("connect"),
        count("disconnect") + 1,
        "the witness is still here"
    );
}

#[tokio::test]
async fn what_can_be_read_and_is_wrong_is_answered() {
    let (_socketio, address) = serve(speaking_msgpack().namespace(Talk::default())).await;
    let anna = Speaker::connected(&Browser::websocket(address)).await;
    let nested = |levels| [&b"\x92\xa3add"[..], &b"\x91".repeat(levels), b"\xc0"].concat();
    for (event, expected) in [
        (
            nested(64),
            "argument 1: invalid type: sequence, expected i64",
        ),
        (nested(65), "argument 1: nested too deeply"),
        (
            b"\x92\xa3add\xa2\xff\xff".to_vec(),
            "argument 1: text that is not UTF-8",
        ),
        (
            b"\x92\xa3add\x81\x91\x01\x01".to_vec(),
            "argument 1: a key that is not text",
        ),
        (
            b"\x92\xa3add\xd5\x05\0\0".to_vec(),
            "argument 1: an extension of msgpack that nobody knows",
        ),
    ] {
        anna.send_packed(EVENT, Some(1), &event);
        let [answer] = anna.answer::<[Value; 1]>(1).await;
        assert_eq!(answer, json!({ "error": expected }));
    }
    assert_eq!(anna.call::<[i64; 1]>(("add", 1)).await, [2]);
}
