//! Asking a client: what its answer becomes, and how a call ends that is not answered.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use bytes::Bytes;
use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, deadline, placeholder};
use tokio::{net::TcpListener, sync::mpsc};

#[derive(Debug, Deserialize, PartialEq)]
struct Position {
    x: i32,
    y: Option<i32>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct File {
    name: String,
    content: Vec<u8>,
}

/// Reports how the calls in its handlers have ended.
struct Asker {
    ended: mpsc::UnboundedSender<Result<String, CallError>>,
}

#[namespace]
impl Asker {
    async fn on_connect(&self, client: Client, ask: Option<bool>) {
        if ask == Some(true) {
            let _ = self.ended.send(client.call("name", ()).await);
            let remote = client.namespace().client(client.sid());
            let _ = self.ended.send(remote.call("name", ()).await);
        }
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    async fn on_greet(&self, client: Client, how: String) -> Result<String> {
        let name: String = client.call("name", (&how, 1)).await?;
        Ok(format!("{how}, {name}"))
    }

    async fn on_ask(&self, client: Client) {
        let _ = self.ended.send(client.call("name", ()).await);
    }
}

type Ended = mpsc::UnboundedReceiver<Result<String, CallError>>;

async fn serve(builder: SocketIoBuilder) -> Result<(SocketIo, SocketAddr, Ended)> {
    let (ended, calls) = mpsc::unbounded_channel();
    let socketio = builder.namespace(Asker { ended }).build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
    Ok((socketio, address, calls))
}

/// A client, from its own side and from the server's.
async fn connect(socketio: &SocketIo, browser: Browser) -> Result<(Socket, Client)> {
    let anna = browser.connect("/", None).await;
    let sid: Sid = serde_json::from_value(anna.call("sid", ()).await.only())?;
    let client = socketio.of("/").local_client(sid);
    Ok((anna, client.ok_or_else(|| Error::hidden("not connected"))?))
}

/// Asks `client`, for which `anna` gives `answer`.
async fn ask<R: serde::de::DeserializeOwned>(
    anna: &Socket,
    client: &Client,
    answer: Value,
) -> Result<R, CallError> {
    let answering = async {
        let question = anna.next_event().await;
        assert_eq!(question.event, "question");
        assert_eq!(question.args, [json!("a"), json!([1])]);
        anna.reply(question.id(), answer);
    };
    let call = client.call("question", ("a", [1]));
    let (called, ()) = deadline("the call", async { tokio::join!(call, answering) }).await;
    called
}

#[tokio::test]
async fn the_answer_is_of_the_type_that_was_asked_for() -> Result {
    let (socketio, address, _) = serve(SocketIo::builder()).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let (anna, client) = connect(&socketio, browser).await?;
        let (anna, client) = (&anna, &client);
        assert_eq!(ask::<i64>(anna, client, json!([-5])).await?, -5);
        assert_eq!(ask::<String>(anna, client, json!(["b"])).await?, "b");
        let two = ask::<(i32, String)>(anna, client, json!([3, "b"])).await?;
        assert_eq!(two, (3, "b".to_owned()));
        let list = ask::<Vec<u8>>(anna, client, json!([[1, 2]])).await?;
        assert_eq!(list, [1, 2]);
        let expected = Position { x: 1, y: None };
        let position = ask::<Position>(anna, client, json!([{ "x": 1 }])).await?;
        assert_eq!(position, expected);
        let any = ask::<Value>(anna, client, json!([{ "a": [null] }])).await?;
        assert_eq!(any, json!({ "a": [null] }));

        // Whoever wants to know nothing takes every answer.
        for answer in [json!([]), json!([1]), json!([{ "a": 1 }, 2])] {
            ask::<()>(anna, client, answer).await?;
        }
        // What is missing is `None`, what is too much is ignored.
        assert_eq!(ask::<Option<u8>>(anna, client, json!([])).await?, None);
        assert_eq!(ask::<Option<u8>>(anna, client, json!([null])).await?, None);
        assert_eq!(ask::<Option<u8>>(anna, client, json!([1])).await?, Some(1));
        let short = ask::<(u8, Option<u8>)>(anna, client, json!([1])).await?;
        assert_eq!(short, (1, None));
        assert_eq!(ask::<u8>(anna, client, json!([1, 2, 3])).await?, 1);
        let long = ask::<(u8, u8)>(anna, client, json!([1, 2, 3])).await?;
        assert_eq!(long, (1, 2));
    }
    Ok(())
}

#[tokio::test]
async fn bytes_go_both_ways() -> Result {
    let (socketio, address, _) = serve(SocketIo::builder()).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let (anna, client) = connect(&socketio, browser).await?;
        let answering = async {
            let question = anna.next_event().await;
            assert_eq!(question.attachments, ["question"]);
            let file = json!({ "name": "a.txt", "content": placeholder(1) });
            let attachments = vec![Bytes::from_static(b"bytes"), Bytes::from_static(b"text")];
            anna.reply_binary(question.id(), (placeholder(0), file), attachments);
        };
        let call = client.call("question", Bytes::from_static(b"question"));
        let (called, ()) = tokio::join!(call, answering);
        let (bytes, file): (Bytes, File) = called?;
        let (name, content) = ("a.txt".to_owned(), b"text".to_vec());
        assert_eq!(bytes, "bytes");
        assert_eq!(file, File { name, content });
    }
    Ok(())
}

#[tokio::test]
async fn a_handler_asks_its_own_client_and_answers_with_what_it_heard() -> Result {
    let (_, address, _) = serve(SocketIo::builder()).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        let greeted = anna.emit_with_id("greet", ("hello",));
        let question = anna.next_event().await;
        assert_eq!(question.event, "name");
        assert_eq!(question.args, [json!("hello"), json!(1)]);
        anna.reply(question.id(), ["anna"]);
        assert_eq!(anna.expect_ack(greeted).await.args, ["hello, anna"]);
    }
    Ok(())
}

#[tokio::test]
async fn each_call_gets_its_own_answer() -> Result {
    let (socketio, address, _) = serve(SocketIo::builder()).await?;
    let (anna, client) = connect(&socketio, Browser::websocket(address)).await?;
    let (bert, elsewhere) = connect(&socketio, Browser::polling(address)).await?;
    let remote = socketio.of("/").client(elsewhere.sid());
    let answering = async {
        let [first, second] = [anna.next_event().await, anna.next_event().await];
        let third = bert.next_event().await;
        bert.reply(third.id(), ("third",));
        anna.reply(second.id(), (second.args[0].clone(),));
        // Answers to questions nobody asked, and a second answer, are worth nothing.
        anna.reply(7_777_777, ("nobody asked",));
        anna.reply(second.id(), ("again",));
        anna.reply(first.id(), (first.args[0].clone(),));
    };
    let (first, second, third, ()) = tokio::join!(
        client.call::<String>("question", "first"),
        client.call::<String>("question", "second"),
        remote.call::<String>("question", "third"),
        answering,
    );
    assert_eq!(
        (first?, second?, third?),
        ("first".into(), "second".into(), "third".into())
    );
    anna.expect_nothing_until_ack("sid").await;
    Ok(())
}

#[tokio::test]
async fn an_answer_of_another_type_is_an_error_that_says_where() -> Result {
    let (socketio, address, _) = serve(SocketIo::builder()).await?;
    let (anna, client) = connect(&socketio, Browser::websocket(address)).await?;
    let (anna, client) = (&anna, &client);

    let wrong = ask::<Position>(anna, client, json!([{ "x": 1, "y": "b" }])).await;
    match wrong {
        Err(CallError::Decode(wrong)) => {
            assert_eq!((wrong.position(), wrong.path()), (Some(1), "y"));
        }
        other => panic!("{other:?}"),
    }
    let wrong = ask::<(u8, u8)>(anna, client, json!([1, "b"])).await;
    match wrong {
        Err(CallError::Decode(wrong)) => assert_eq!(wrong.position(), Some(2)),
        other => panic!("{other:?}"),
    }
    for answer in [json!([]), json!([null]), json!([1])] {
        let wrong = ask::<String>(anna, client, answer).await;
        assert!(matches!(wrong, Err(CallError::Decode(_))), "{wrong:?}");
    }
    let missing = ask::<(u8, u8)>(anna, client, json!([1])).await;
    assert!(matches!(missing, Err(CallError::Decode(_))), "{missing:?}");
    Ok(())
}

#[tokio::test]
async fn a_client_that_does_not_answer_is_waited_for_as_long_as_was_said() -> Result {
    let short = Duration::from_millis(20);
    let (socketio, address, _) = serve(SocketIo::builder().call_timeout(short)).await?;
    let (anna, client) = connect(&socketio, Browser::websocket(address)).await?;
    let call = client.call::<()>("question", ()).await;
    assert!(matches!(call, Err(CallError::Timeout)), "{call:?}");
    let remote = socketio.of("/").client(client.sid());
    let call = remote.call::<()>("question", ()).await;
    assert!(matches!(call, Err(CallError::Timeout)), "{call:?}");

    let (socketio, address, _) = serve(SocketIo::builder()).await?;
    let (bert, patient) = connect(&socketio, Browser::polling(address)).await?;
    let call = patient.call::<()>("question", ()).timeout(short).await;
    assert!(matches!(call, Err(CallError::Timeout)), "{call:?}");

    // An answer that comes too late is ignored, and harms nobody.
    for late in [anna, bert] {
        late.reply(late.next_event().await.id(), ("late",));
        late.drain_until_ack("sid").await;
    }
    assert_eq!(
        client.call::<u8>("question", ()).timeout(short).await.ok(),
        None
    );
    Ok(())
}

#[tokio::test]
async fn a_call_ends_when_the_client_leaves() -> Result {
    let (socketio, address, mut ended) = serve(SocketIo::builder()).await?;
    let browser = Browser::websocket(address);
    let leave: [fn(&Socket, &Client); 5] = [
        |anna, _| anna.disconnect(),
        |anna, _| anna.connection().close_engine(),
        |anna, _| anna.connection().send_raw("no packet at all"),
        |anna, _| {
            let anna = anna.clone();
            tokio::spawn(async move { anna.abort().await });
        },
        |_, client| drop(client.disconnect()),
    ];
    for leave in leave {
        let (anna, client) = connect(&socketio, browser.clone()).await?;
        let remote = socketio.of("/").client(client.sid());
        anna.emit("ask", ());
        let leaving = async {
            for _ in 0..3 {
                anna.next_event().await;
            }
            leave(&anna, &client);
        };
        let calls = async {
            tokio::join!(
                client.call::<()>("question", ()),
                remote.call::<()>("question", ()),
                ended.recv(),
                leaving,
            )
        };
        // The calls themselves would wait for a minute.
        let (here, there, handler, ()) = deadline("the calls to end", calls).await;
        assert!(matches!(here, Err(CallError::Disconnected)), "{here:?}");
        assert!(matches!(there, Err(CallError::Disconnected)), "{there:?}");
        let left = matches!(handler, Some(Err(CallError::Disconnected)));
        assert!(left, "{handler:?}");

        // Nor is there a point in asking afterwards.
        for call in [
            client.call::<()>("question", ()),
            remote.call("question", ()),
        ] {
            let call = deadline("the call to end", call.into_future()).await;
            assert!(matches!(call, Err(CallError::Disconnected)), "{call:?}");
        }
    }
    let nobody: Sid = "~AbCdEfGhIjKlMnOp".parse()?;
    let call = socketio.of("/").client(nobody).call::<()>("question", ());
    let call = deadline("the call to end", call.into_future()).await;
    assert!(matches!(call, Err(CallError::Disconnected)), "{call:?}");
    Ok(())
}

#[tokio::test]
async fn on_connect_cannot_ask() -> Result {
    let (_, address, mut ended) = serve(SocketIo::builder()).await?;
    let anna = Browser::websocket(address).connect("/", json!(true)).await;
    for _ in 0..2 {
        let call = ended.recv().await;
        assert!(matches!(call, Some(Err(CallError::Connecting))), "{call:?}");
    }
    anna.expect_nothing_until_ack("sid").await;
    Ok(())
}
