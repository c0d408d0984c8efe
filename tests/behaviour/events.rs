//! What is sent: types that know their event, plain values, and the arguments they become.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::Router;
use bytes::Bytes;
use hobnob::prelude::*;
use serde::{Serializer, ser};
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, placeholder};
use tokio::net::TcpListener;

#[derive(Serialize, Event)]
struct UserJoined<'a> {
    name: &'a str,
}

#[derive(Serialize, Event)]
struct Ping;

#[derive(Serialize, Event)]
struct Moved(i32, i32);

#[derive(Serialize, Event)]
struct Total(u64);

#[derive(Serialize, Event)]
struct Picture(Bytes);

#[derive(Serialize, Event)]
#[event("any name \u{1f30d}")]
struct Renamed {}

#[derive(Serialize, Event)]
struct Changed<T> {
    value: T,
}

#[derive(Serialize)]
struct Size<const N: usize>;

#[derive(Serialize, Event)]
struct Compared<'a, T: Clone, const N: usize>(&'a [T], Size<N>)
where
    T: PartialEq;

#[derive(Serialize)]
struct Place {
    x: u32,
    file: Bytes,
}

#[derive(Serialize, Event)]
#[serde(rename_all = "camelCase")]
struct Attributed {
    first_name: &'static str,
    #[serde(rename = "second")]
    last_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    none: Option<u32>,
    #[serde(serialize_with = "loud")]
    shout: &'static str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Serialize, Event)]
enum Board<'a, T> {
    Cleared,
    #[event("all gone")]
    AllGone,
    Scored(u64),
    Maybe(Option<T>),
    Moved(i32, i32),
    UserLeft {
        name: &'a str,
    },
    #[event("user came back")]
    #[serde(rename_all = "camelCase")]
    UserReturned {
        first_name: T,
        #[serde(rename = "second")]
        last_name: T,
        #[serde(skip_serializing_if = "Option::is_none")]
        none: Option<T>,
        #[serde(serialize_with = "loud")]
        shout: &'static str,
    },
    Built {
        name: &'a str,
        #[serde(flatten)]
        place: Place,
    },
    File(&'a str, Bytes),
    Tuple((T, T)),
}

fn loud<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text.to_uppercase())
}

/// Changes while it is being sent.
#[derive(Clone, Default)]
struct Live(Arc<AtomicU64>);

impl Live {
    fn change(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Serialize for Live {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.load(Ordering::SeqCst))
    }
}

struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("not today"))
    }
}

struct Stage;

#[namespace]
impl Stage {
    fn on_connect(&self, client: Client, live: Option<bool>) -> Result<(), ConnectionRefused> {
        if live == Some(true) {
            let live = Live::default();
            client.emit("live", &live).map_err(ConnectionRefused::new)?;
            live.change();
        }
        Ok(())
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }
}

async fn serve() -> Result<(SocketIo, SocketAddr)> {
    let socketio = SocketIo::builder().namespace(Stage).build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
    Ok((socketio, address))
}

/// A client, from its own side and from the server's.
async fn connect() -> Result<(Socket, Client)> {
    let (socketio, address) = serve().await?;
    let anna = Browser::websocket(address).connect("/", None).await;
    let sid: Sid = serde_json::from_value(anna.call("sid", ()).await.only())?;
    let client = socketio.of("/").local_client(sid);
    Ok((anna, client.ok_or_else(|| Error::hidden("not connected"))?))
}

/// Sends `event` in both ways there are; what came for it, with the number of attachments.
async fn sent<E: Event>(
    anna: &Socket,
    client: &Client,
    event: E,
) -> Result<(String, Value, usize)> {
    client.send(&event)?;
    client.broadcast().send(&event).await?;
    let first = anna.next_event().await;
    let second = anna.next_event().await;
    assert_eq!(first, second);
    Ok((first.event, first.args.into(), first.attachments.len()))
}

/// Emits `data` in both ways there are; what came for it.
async fn emitted<T: Serialize>(anna: &Socket, client: &Client, data: T) -> Result<Value> {
    client.emit("an event", &data)?;
    client.broadcast().emit("an event", data).await?;
    let first = anna.expect("an event").await;
    assert_eq!(first, anna.expect("an event").await);
    Ok(first.into())
}

fn event(name: &str, args: Value) -> (String, Value, usize) {
    (name.to_owned(), args, 0)
}

fn place() -> Place {
    Place {
        x: 1,
        file: Bytes::from_static(b"bytes"),
    }
}

#[tokio::test]
async fn a_struct_is_the_event_of_its_name() -> Result {
    let (anna, client) = connect().await?;
    let joined = sent(&anna, &client, UserJoined { name: "bert" }).await?;
    assert_eq!(joined, event("user_joined", json!([{ "name": "bert" }])));
    let ping = sent(&anna, &client, Ping).await?;
    assert_eq!(ping, event("ping", json!([])));
    let moved = sent(&anna, &client, Moved(1, -2)).await?;
    assert_eq!(moved, event("moved", json!([1, -2])));
    let total = sent(&anna, &client, Total(7)).await?;
    assert_eq!(total, event("total", json!([7])));
    let picture = sent(&anna, &client, Picture(Bytes::from_static(b"png"))).await?;
    assert_eq!(picture, ("picture".into(), json!([placeholder(0)]), 1));
    let renamed = sent(&anna, &client, Renamed {}).await?;
    assert_eq!(renamed, event("any name \u{1f30d}", json!([{}])));
    let changed = sent(&anna, &client, Changed { value: [1, 2] }).await?;
    assert_eq!(changed, event("changed", json!([{ "value": [1, 2] }])));
    let compared = sent(&anna, &client, Compared(&[1, 2], Size::<3>)).await?;
    assert_eq!(compared, event("compared", json!([[1, 2], null])));
    Ok(())
}

#[tokio::test]
async fn an_enum_has_an_event_for_each_variant() -> Result {
    type Board<'a> = crate::Board<'a, &'static str>;
    let (anna, client) = connect().await?;
    let expected = [
        (Board::Cleared, event("cleared", json!([]))),
        (Board::AllGone, event("all gone", json!([]))),
        (Board::Scored(3), event("scored", json!([3]))),
        (Board::Maybe(None), event("maybe", json!([null]))),
        (Board::Maybe(Some("a")), event("maybe", json!(["a"]))),
        (Board::Moved(1, -2), event("moved", json!([1, -2]))),
        (
            Board::UserLeft { name: "bert" },
            event("user_left", json!([{ "name": "bert" }])),
        ),
        // A field is one argument, whatever is in it.
        (
            Board::Tuple(("a", "b")),
            event("tuple", json!([["a", "b"]])),
        ),
        (
            Board::File("a.txt", Bytes::from_static(b"text")),
            ("file".to_owned(), json!(["a.txt", placeholder(0)]), 1),
        ),
    ];
    for (board, expected) in expected {
        assert_eq!(sent(&anna, &client, board).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn serdes_attributes_on_fields_work() -> Result {
    let (anna, client) = connect().await?;
    let attributed = Attributed {
        first_name: "anna",
        last_name: "b",
        none: None,
        shout: "hey",
        place: place(),
    };
    let names = json!({ "firstName": "anna", "second": "b", "shout": "HEY" });
    let mut everything = names.clone();
    everything["x"] = json!(1);
    everything["file"] = placeholder(0);
    let expected = ("attributed".to_owned(), json!([everything]), 1);
    assert_eq!(sent(&anna, &client, attributed).await?, expected);

    let returned = Board::UserReturned {
        first_name: "anna",
        last_name: "b",
        none: None,
        shout: "hey",
    };
    let expected = event("user came back", json!([names]));
    assert_eq!(sent(&anna, &client, returned).await?, expected);

    let built: Board<'_, ()> = Board::Built {
        name: "a house",
        place: place(),
    };
    let flat = json!({ "name": "a house", "x": 1, "file": placeholder(0) });
    let expected = ("built".to_owned(), json!([flat]), 1);
    assert_eq!(sent(&anna, &client, built).await?, expected);
    Ok(())
}

#[tokio::test]
async fn text_and_bytes_are_a_message_and_json_is_json() -> Result {
    let (anna, client) = connect().await?;
    let text = event("message", json!(["hello"]));
    assert_eq!(sent(&anna, &client, "hello").await?, text);
    assert_eq!(sent(&anna, &client, "hello".to_owned()).await?, text);
    assert_eq!(sent(&anna, &client, &"hello".to_owned()).await?, text);
    for value in [
        json!({ "a": [1] }),
        json!([1, 2]),
        json!("text"),
        json!(null),
    ] {
        let expected = event("json", json!([value]));
        assert_eq!(sent(&anna, &client, value).await?, expected);
    }
    let bytes = sent(&anna, &client, Bytes::from_static(b"bytes")).await?;
    assert_eq!(bytes, ("message".into(), json!([placeholder(0)]), 1));
    Ok(())
}

#[tokio::test]
async fn emitted_data_is_no_argument_several_or_one() -> Result {
    let (anna, client) = connect().await?;
    assert_eq!(emitted(&anna, &client, ()).await?, json!([]));
    assert_eq!(emitted(&anna, &client, (1,)).await?, json!([1]));
    assert_eq!(
        emitted(&anna, &client, (1, "b", [3])).await?,
        json!([1, "b", [3]])
    );
    assert_eq!(emitted(&anna, &client, &(1, 2)).await?, json!([1, 2]));
    assert_eq!(
        emitted(&anna, &client, ((1, 2), ())).await?,
        json!([[1, 2], null])
    );
    assert_eq!(emitted(&anna, &client, [1, 2]).await?, json!([[1, 2]]));
    assert_eq!(
        emitted(&anna, &client, vec![(1, 2)]).await?,
        json!([[[1, 2]]])
    );
    assert_eq!(
        emitted(&anna, &client, json!([1, 2])).await?,
        json!([[1, 2]])
    );
    assert_eq!(emitted(&anna, &client, Value::Null).await?, json!([null]));
    assert_eq!(emitted(&anna, &client, None::<u8>).await?, json!([null]));
    assert_eq!(emitted(&anna, &client, Moved(1, 2)).await?, json!([[1, 2]]));
    assert_eq!(emitted(&anna, &client, "text").await?, json!(["text"]));

    client.emit("a \"name\"\\\n\u{1f30d}", 1)?;
    assert_eq!(anna.expect("a \"name\"\\\n\u{1f30d}").await, [json!(1)]);
    Ok(())
}

#[tokio::test]
async fn an_attachment_survives_every_wrapping() -> Result {
    let (anna, client) = connect().await?;
    let bytes = Bytes::from_static(b"bytes");
    let data = (
        &bytes,
        [&bytes],
        json!({ "a": 1 }),
        Changed { value: &bytes },
    );
    client.emit("file", data)?;
    let file = anna.next_event().await;
    let changed = json!({ "value": placeholder(2) });
    let expected = json!([placeholder(0), [placeholder(1)], { "a": 1 }, changed]);
    assert_eq!(json!(file.args), expected);
    assert_eq!(file.attachments, ["bytes", "bytes", "bytes"]);

    client.emit("file", (Some(&bytes), Picture(bytes.clone())))?;
    let file = anna.next_event().await;
    assert_eq!(file.args, [placeholder(0), placeholder(1)]);
    assert_eq!(file.attachments, ["bytes", "bytes"]);
    Ok(())
}

#[tokio::test]
async fn a_reserved_name_is_an_error_and_nothing_is_sent() -> Result {
    let (anna, client) = connect().await?;
    let namespace = client.namespace();
    let reserved = [
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
    ];
    for name in reserved {
        let refusals = [
            client.emit(name, ()),
            client.broadcast().emit(name, ()).await.map(drop),
            client
                .to("tea")
                .include_self(false)
                .emit(name, ())
                .await
                .map(drop),
            namespace.emit(name, ()).await.map(drop),
            namespace.room("tea").emit(name, ()).await.map(drop),
            namespace
                .client(client.sid())
                .emit(name, ())
                .await
                .map(drop),
        ];
        for refusal in refusals {
            match refusal {
                Err(EmitError::ReservedEvent(refused)) => assert_eq!(refused, name),
                other => panic!("{name}: {other:?}"),
            }
        }
        match client.call::<()>(name, ()).await {
            Err(CallError::Emit(EmitError::ReservedEvent(refused))) => assert_eq!(refused, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    anna.expect_nothing_until_ack("sid").await;
    client.emit("error", "is a name like any other")?;
    anna.expect("error").await;
    Ok(())
}

#[tokio::test]
async fn data_is_serialized_when_emit_is_called() -> Result {
    let (socketio, address) = serve().await?;
    // Before the client is connected.
    let anna = Browser::websocket(address).connect("/", json!(true)).await;
    assert_eq!(anna.expect("live").await, [json!(0)]);

    let sid: Sid = serde_json::from_value(anna.call("sid", ()).await.only())?;
    let namespace = socketio.of("/");
    let live = Live::default();
    let emits = [
        namespace.emit("live", &live),
        namespace.to(sid).emit("live", &live),
        namespace.client(sid).emit("live", &live),
    ];
    let call = namespace.client(sid).call::<u64>("live", &live);
    live.change();
    for emit in emits {
        emit.await?;
        assert_eq!(anna.expect("live").await, [json!(0)]);
    }
    let answer = async {
        let question = anna.next_event().await;
        assert_eq!(question.args, [json!(0)]);
        anna.reply(question.id(), (5,));
    };
    let (called, ()) = tokio::join!(call, answer);
    assert_eq!(called?, 5);

    // What is never awaited is never sent.
    drop(namespace.emit("live", &live));
    anna.expect_nothing_until_ack("sid").await;
    Ok(())
}

#[tokio::test]
async fn data_that_cannot_be_serialized_is_an_error_of_the_emit_alone() -> Result {
    let (anna, client) = connect().await?;
    let halfway = (Bytes::from_static(b"bytes"), "text", Unserializable);
    let refusals = [
        client.emit("broken", Unserializable),
        client.emit("broken", &halfway),
        client.broadcast().emit("broken", &halfway).await.map(drop),
        client.send(Changed {
            value: Unserializable,
        }),
    ];
    for refusal in refusals {
        match refusal {
            Err(EmitError::Serialize(why)) => assert!(why.contains("not today"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    anna.expect_nothing_until_ack("sid").await;
    client.emit("whole", 1)?;
    assert_eq!(anna.expect("whole").await, [json!(1)]);
    Ok(())
}
