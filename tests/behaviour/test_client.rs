//! The test client of the crate: what a test does with it, sees through it, and is told by its errors.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Extension,
    extract::{ConnectInfo, Query},
};
use hobnob::{Origins, Received, SocketIoBuilder, TestClient, TestError, prelude::*};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

/// What the class has seen. `on_disconnect` is over when a client is gone, so there is nothing to
/// wait for.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().expect("a lock").push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("a lock"))
    }
}

#[derive(Debug, Deserialize, Serialize, Event, PartialEq)]
struct File {
    name: String,
    content: Bytes,
}

#[derive(Default)]
struct Hall {
    log: Log,
}

#[namespace("/hall")]
impl Hall {
    fn on_connect(&self, client: Client, name: Option<String>) -> Result<(), ConnectionRefused> {
        match name.as_deref() {
            Some("nobody") => return Err("a name, please".into()),
            Some("greeted") => client
                .emit("welcome", "to the hall")
                .map_err(ConnectionRefused::new)?,
            _ => {}
        }
        Ok(())
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_count(&self, client: Client, to: u32) -> Result {
        for n in 1..=to {
            client.emit("count", n)?;
        }
        Ok(())
    }

    #[event("*")]
    fn echo(&self, client: Client, event: EventName, args: Args) -> Result {
        let args: Vec<Value> = (0..args.len())
            .map(|i| args.get(i))
            .collect::<Result<_, _>>()?;
        Ok(client.emit("echo", (&*event, args))?)
    }

    fn on_file(&self, client: Client, file: File) -> Result<Bytes> {
        let content = file.content.clone();
        client.send(file)?;
        Ok(content)
    }

    fn on_fail(&self) -> Result {
        Err(Error::public("as it was meant to"))
    }

    async fn on_silent(&self) {
        std::future::pending::<()>().await;
    }

    async fn on_ask(&self, client: Client) -> Result<String> {
        let (name, age): (String, u8) = client.call("who", ("are", "you")).await?;
        Ok(format!("{name}, {age}"))
    }

    async fn on_shout(&self, client: Client, text: String) -> Result {
        client.broadcast().emit("shouted", text).await?;
        Ok(())
    }

    fn on_go(&self, client: Client) -> Result {
        client.emit("farewell", ())?;
        Ok(client.disconnect()?)
    }

    fn on_disconnect(&self, reason: DisconnectReason) {
        self.log.note(reason.to_string());
    }
}

/// What an extractor sees of the request.
struct Desk {
    log: Log,
}

#[namespace("/desk")]
impl Desk {
    fn on_connect(
        &self,
        Query(query): Query<HashMap<String, String>>,
        headers: HeaderMap,
        ConnectInfo(address): ConnectInfo<SocketAddr>,
        user: Option<Extension<String>>,
    ) {
        let header = |name| {
            headers
                .get(name)
                .map_or("none", |value| value.to_str().unwrap_or("?"))
        };
        let mut query: Vec<_> = query.into_iter().collect();
        query.retain(|(key, _)| key != "EIO" && key != "transport");
        query.sort();
        self.log.note(format!("query {query:?}"));
        self.log.note(format!(
            "token {}, cookie {}",
            header("x-token"),
            header("cookie")
        ));
        let user = user.map(|Extension(user)| user);
        self.log
            .note(format!("{} from {address}, user {user:?}", header("host")));
    }

    fn on_disconnect(&self) {
        self.log.note("left the desk");
    }
}

async fn build(builder: SocketIoBuilder) -> (SocketIo, Log) {
    let log = Log::default();
    let hall = Hall { log: log.clone() };
    let desk = Desk { log: log.clone() };
    let built = builder.namespace(hall).namespace(desk).build().await;
    (built.expect("a server"), log)
}

async fn hall() -> (SocketIo, TestClient, Log) {
    let (socketio, log) = build(SocketIo::builder()).await;
    let client = socketio.test_client().connect("/hall").await;
    (socketio, client.expect("a client"), log)
}

#[tokio::test]
async fn a_client_is_let_in_or_refused() -> Result {
    let (socketio, anna, _) = hall().await;
    assert!(anna.is_connected());
    assert_eq!(anna.namespace(), "/hall");
    assert_eq!(anna.call::<Sid>("sid", ()).await?, anna.sid());
    let there = socketio.of("/hall").local_client(anna.sid());
    assert!(there.is_some_and(|there| there.is_connected()));

    let nobody = socketio.test_client().auth("nobody").connect("/hall").await;
    let refused = nobody.expect_err("nobody was let in");
    assert_eq!(refused.refusal(), Some("a name, please"));
    assert_eq!(
        format!("{refused:?}"),
        "the client was refused in `/hall`: a name, please"
    );
    let nowhere = socketio.test_client().connect("/nowhere").await;
    assert_eq!(
        nowhere.expect_err("let in").refusal(),
        Some("Invalid namespace")
    );
    let wrong = socketio
        .test_client()
        .auth(json!({}))
        .connect("/hall")
        .await;
    let refusal = wrong.expect_err("let in");
    assert!(
        refusal
            .refusal()
            .is_some_and(|text| text.starts_with("auth: ")),
        "{refusal}"
    );
    assert_eq!(socketio.of("/hall").clients().await?, [anna.sid()]);
    Ok(())
}

#[tokio::test]
async fn what_on_connect_sends_comes_first() -> Result {
    let (socketio, _) = build(SocketIo::builder()).await;
    let anna = socketio
        .test_client()
        .auth("greeted")
        .connect("/hall")
        .await?;
    // There already: the client is connected on both sides.
    socketio.of("/hall").emit("news", ()).await?;
    anna.expect::<()>("news").await?;
    assert_eq!(anna.received(), [Received::new("welcome", "to the hall")]);
    Ok(())
}

#[tokio::test]
async fn extractors_see_what_the_test_gave() -> Result {
    let (socketio, log) = build(SocketIo::builder()).await;
    socketio
        .test_client()
        .connect("/desk")
        .await?
        .close()
        .await?;
    assert_eq!(
        log.take(),
        [
            "query []",
            "token none, cookie none",
            "localhost from 127.0.0.1:0, user None",
            "left the desk",
        ]
    );
    let visitor = socketio
        .test_client()
        .query("?room=tea%20%26%20cake")
        .query("lang=en&a=b")
        .header("X-Token", "secret")
        .header("host", "example.com")
        .cookie("id", "7")
        .cookie("theme", "dark")
        .remote_addr(([192, 0, 2, 1], 5000).into())
        .extension("anna".to_owned());
    let _visitor = visitor.connect("/desk").await?;
    assert_eq!(
        log.take(),
        [
            r#"query [("a", "b"), ("lang", "en"), ("room", "tea & cake")]"#,
            "token secret, cookie id=7; theme=dark",
            r#"example.com from 192.0.2.1:5000, user Some("anna")"#,
        ]
    );
    Ok(())
}

#[tokio::test]
async fn the_origin_is_checked_as_in_earnest() -> Result {
    let (socketio, _) = build(SocketIo::builder().path("/here")).await;
    let from = |origin| socketio.test_client().origin(origin);
    from("http://localhost").connect("/hall").await?;
    match from("http://evil.example").connect("/hall").await {
        Err(TestError::Handshake { status, body }) => {
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert!(body.contains("Not an accepted origin."), "{body}");
        }
        other => panic!("{other:?}"),
    }
    let (socketio, _) = build(SocketIo::builder().origins(["http://evil.example"])).await;
    socketio
        .test_client()
        .origin("http://evil.example")
        .connect("/hall")
        .await?;
    let (socketio, _) = build(SocketIo::builder().origins(Origins::when(|_, _| false))).await;
    let refused = socketio
        .test_client()
        .origin("http://localhost")
        .connect("/hall")
        .await;
    assert!(
        matches!(refused, Err(TestError::Handshake { .. })),
        "{refused:?}"
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_named() {
    let (socketio, anna, _) = hall().await;
    let client = || socketio.test_client();
    let unencodable = HashMap::from([((1, 2), 3)]);
    let mistakes = [
        (
            client().header("x y", "z").connect("/hall").await,
            "the header `x y`: ",
        ),
        (
            client().header("x", "a\nb").connect("/hall").await,
            "the header `x`: ",
        ),
        (
            client().query("a b").connect("/hall").await,
            "the query `&a b`: ",
        ),
        (
            client().auth(&unencodable).connect("/hall").await,
            "the auth object: ",
        ),
        (
            client().auth(7).connect("/hall").await,
            "the auth object: 7 is none",
        ),
        (client().connect("hall").await, "connect to `hall`: "),
        (
            anna.also("/hall", ()).await,
            "connect to `/hall`, where it is connected already",
        ),
    ];
    for (mistake, expected) in mistakes {
        match mistake {
            Err(error @ TestError::Invalid(_)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            other => panic!("{expected}: {other:?}"),
        }
    }
    let unsent = anna.emit("any", &unencodable);
    assert!(matches!(unsent, Err(TestError::Emit(_))), "{unsent:?}");
}

#[tokio::test]
async fn namespaces_of_one_connection_are_joined_and_left_one_by_one() -> Result {
    let (socketio, hall, log) = hall().await;
    let refused = hall.also("/hall/none", ()).await;
    assert_eq!(
        refused.expect_err("let in").refusal(),
        Some("Invalid namespace")
    );
    let desk = hall.also("/desk", json!({ "any": 1 })).await?;
    log.take();
    assert_ne!(hall.sid(), desk.sid());
    socketio.of("/desk").emit("to the desk", ()).await?;
    desk.expect::<()>("to the desk").await?;
    assert_eq!(hall.received(), []);

    hall.disconnect().await?;
    assert_eq!(log.take(), ["client disconnect"]);
    assert!(!hall.is_connected() && desk.is_connected());
    socketio.of("/desk").emit("still here", ()).await?;
    desk.expect::<()>("still here").await?;

    // Back again, and both are gone with the connection.
    let again = desk.also("/hall", "greeted").await?;
    assert_eq!(again.expect::<String>("welcome").await?, "to the hall");
    drop(hall);
    assert!(again.is_connected());
    desk.close().await?;
    again.disconnected().await?;
    let mut seen = log.take();
    seen.sort();
    assert_eq!(seen, ["left the desk", "transport close"]);
    let late = desk.also("/hall", ()).await;
    assert!(
        matches!(late, Err(TestError::Disconnected { .. })),
        "{late:?}"
    );
    Ok(())
}

#[tokio::test]
async fn events_carry_arguments_as_the_servers_do() -> Result {
    let (_, anna, _) = hall().await;
    anna.emit("none", ())?;
    anna.emit("two", (1, [2, 3]))?;
    anna.emit("one", [2, 3])?;
    anna.send("text")?;
    anna.send(json!({ "a": 1 }))?;
    for (event, args) in [
        ("none", json!([])),
        ("two", json!([1, [2, 3]])),
        ("one", json!([[2, 3]])),
        ("message", json!(["text"])),
        ("json", json!([{ "a": 1 }])),
    ] {
        let echoed: (String, Value) = anna.expect("echo").await?;
        assert_eq!(echoed, (event.to_owned(), args));
    }
    Ok(())
}

#[tokio::test]
async fn bytes_go_both_ways() -> Result {
    let (_, anna, _) = hall().await;
    let file = || File {
        name: "a.txt".to_owned(),
        content: Bytes::from_static(b"text"),
    };
    let content: Bytes = anna.call("file", file()).await?;
    assert_eq!(content, "text");
    assert_eq!(anna.received(), [Received::of(file())]);
    anna.send(file())?;
    assert_eq!(anna.expect::<File>("file").await?, file());

    // More than fits into the connection at once.
    let large = Bytes::from(vec![b'x'; 300_000]);
    for _ in 0..3 {
        let content = large.clone();
        anna.send(File { content, ..file() })?;
    }
    for _ in 0..3 {
        assert_eq!(anna.expect::<File>("file").await?.content, large);
    }

    let other = File {
        content: Bytes::from_static(b"TEXT"),
        ..file()
    };
    anna.send(other)?;
    anna.call::<()>("count", 0).await?;
    let received = anna.received();
    assert_ne!(received, [Received::of(file())]);
    assert_eq!(received[0].attachments().collect::<Vec<_>>(), ["TEXT"]);
    assert_eq!(
        received[0].to_string(),
        r#"file({"content":{"_placeholder":true,"num":0},"name":"a.txt"}) with 4 bytes"#
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn answers_are_decoded_and_missed() -> Result {
    let (_, anna, _) = hall().await;
    let answer: Value = anna.call("fail", ()).await?;
    assert_eq!(answer, json!({ "error": "as it was meant to" }));
    for failed in [
        anna.call::<()>("fail", ()).await.map(drop),
        anna.call::<u8>("fail", ()).await.map(drop),
    ] {
        let error = failed.expect_err("the handler fails");
        assert_eq!(error.failure(), Some("as it was meant to"));
        assert_eq!(
            error.to_string(),
            "the answer to `fail` in `/hall` is an error: as it was meant to"
        );
    }
    let wrong = anna.call::<()>("count", "three").await;
    assert_eq!(
        wrong.expect_err("the argument is wrong").failure(),
        Some("argument 1: invalid type: string \"three\", expected u32")
    );
    let wrong = anna.call::<u8>("count", 0).await;
    match wrong {
        Err(error @ TestError::Decode { .. }) => {
            assert_eq!(
                error.to_string(),
                "the answer to `count` in `/hall`, [], is not a `u8`: argument 1: missing"
            );
        }
        other => panic!("{other:?}"),
    }
    anna.call::<()>("count", 2).await?;
    let missed = anna.call::<()>("silent", ()).await;
    assert_eq!(
        missed.expect_err("answered").to_string(),
        "waited 5s for the answer to `silent` in `/hall`; there is count(1), count(2)"
    );
    Ok(())
}

#[tokio::test]
async fn the_server_asks_and_the_test_answers() -> Result {
    let (socketio, anna, _) = hall().await;
    let answering = async {
        let question = anna.expect_call("who").await?;
        assert_eq!(
            question.decode::<(String, String)>()?,
            ("are".into(), "you".into())
        );
        assert_eq!(*question, Received::new("who", ("are", "you")));
        question.answer(("anna", 30))
    };
    let (asked, answered) = tokio::join!(anna.call::<String>("ask", ()), answering);
    answered?;
    assert_eq!(asked?, "anna, 30");

    let there = socketio
        .of("/hall")
        .local_client(anna.sid())
        .expect("a client");
    let answering = async {
        let question = anna.expect_call("picture").await?;
        question.answer(Bytes::from_static(b"png"))
    };
    let (picture, answered) = tokio::join!(there.call::<Bytes>("picture", ()), answering);
    answered?;
    assert_eq!(picture?, "png");

    // An event of that name is not a call, and an `expect` that takes a call leaves it unanswered.
    let short = Duration::from_millis(20);
    socketio.of("/hall").emit("who", ()).await?;
    let asked = async {
        let unanswered = there.call::<()>("who", 1).timeout(short).await;
        assert!(
            matches!(unanswered, Err(CallError::Timeout)),
            "{unanswered:?}"
        );
    };
    let asking = async {
        let question = anna.expect_call("who").await?;
        assert_eq!(question.get::<u8>(0)?, 1);
        Ok::<_, TestError>(())
    };
    let ((), asking) = tokio::join!(asked, asking);
    asking?;
    let left = anna.received();
    assert_eq!(left, [Received::new("who", ())]);
    assert!(!left[0].is_call());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_expected_event_is_taken_and_the_others_are_kept() -> Result {
    let (socketio, anna, _) = hall().await;
    let hall = socketio.of("/hall");
    for (event, n) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
        hall.emit(event, n).await?;
    }
    assert_eq!(anna.expect::<u8>("c").await?, 4);
    assert_eq!(anna.expect::<u8>("a").await?, 1);
    let missing = anna.expect::<u8>("d").await.expect_err("a d");
    assert_eq!(
        missing.to_string(),
        "waited 5s for the event `d` in `/hall`; there is b(2), a(3)"
    );
    let wrong = anna.expect::<String>("b").await.expect_err("a string");
    assert!(matches!(wrong, TestError::Decode { .. }), "{wrong}");
    assert_eq!(anna.received(), [Received::new("a", 3)]);
    assert_eq!(anna.received(), []);
    let missing = anna.expect::<u8>("a").await.expect_err("an a");
    assert!(
        missing.to_string().ends_with("; nothing has come"),
        "{missing}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_expected_and_something_comes() -> Result {
    let (socketio, anna, _) = hall().await;
    anna.expect_none().await?;
    let late = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        socketio.of("/hall").emit("late", 1).await
    };
    let (none, sent) = tokio::join!(anna.expect_none(), late);
    sent?;
    assert_eq!(
        none.expect_err("nothing").to_string(),
        "expected that nothing comes in `/hall`; there is late(1)"
    );
    // It is still there, and counts.
    assert!(matches!(
        anna.expect_none().await,
        Err(TestError::Unexpected { .. })
    ));
    assert_eq!(anna.expect::<u8>("late").await?, 1);
    anna.expect_none().await?;
    Ok(())
}

#[tokio::test]
async fn what_came_is_readable_after_the_end() -> Result {
    let (_, anna, log) = hall().await;
    anna.emit("count", 2)?;
    anna.emit("go", ())?;
    anna.disconnected().await?;
    assert!(!anna.is_connected());
    assert_eq!(log.take(), ["server disconnect"]);
    assert_eq!(anna.expect::<u8>("count").await?, 1);
    let left = [Received::new("count", 2), Received::new("farewell", ())];
    let missing = anna.expect::<()>("more").await.expect_err("more");
    assert_eq!(
        missing.to_string(),
        "the event `more` in `/hall` does not come: the server disconnected the client; there is count(2), \
         farewell()"
    );
    anna.expect_none().await.expect_err("there is something");
    assert_eq!(anna.received(), left);
    anna.expect_none().await?;

    let unsent = anna.emit("count", 1).expect_err("sent");
    assert!(
        unsent.to_string().starts_with("`count` cannot be sent: "),
        "{unsent}"
    );
    let unasked = anna.call::<()>("count", 1).await.expect_err("answered");
    assert!(
        matches!(unasked, TestError::Disconnected { .. }),
        "{unasked}"
    );
    anna.disconnect().await?;
    assert_eq!(log.take(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn each_way_to_leave_has_its_reason() -> Result {
    let (socketio, anna, log) = hall().await;
    anna.disconnect().await?;
    assert_eq!(log.take(), ["client disconnect"]);
    let connect = || async { socketio.test_client().connect("/hall").await };
    connect().await?.close().await?;
    assert_eq!(log.take(), ["transport close"]);
    connect().await?.drop_connection().await?;
    assert_eq!(log.take(), ["transport error"]);

    let anna = connect().await?;
    let there = socketio
        .of("/hall")
        .local_client(anna.sid())
        .expect("a client");
    drop(anna);
    tokio::time::timeout(Duration::from_secs(5), async {
        while socketio.of("/hall").local_client(there.sid()).is_some() {
            tokio::task::yield_now().await;
        }
    })
    .await?;
    assert_eq!(log.take(), ["transport close"]);

    let anna = connect().await?;
    let (ended, ()) = tokio::join!(anna.disconnected(), socketio.shutdown());
    ended?;
    assert_eq!(log.take(), ["server shutting down"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_pong_is_missed_in_no_time() -> Result {
    let (socketio, log) = build(SocketIo::builder()).await;
    let patient = socketio.test_client().timeout(Duration::from_mins(2));
    let anna = patient.connect("/hall").await?;
    // As long as it answers the pings it stays.
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(anna.is_connected());
    anna.stop_ponging();
    let stopped = Instant::now();
    anna.disconnected().await?;
    assert_eq!(log.take(), ["ping timeout"]);
    // On the paused clock: the server gives it the time it would have in earnest.
    assert!(stopped.elapsed() >= Duration::from_secs(20));

    // Whoever is not patient enough is told so.
    let hasty = socketio.test_client().connect("/hall").await?;
    let waited = hasty.disconnected().await.expect_err("an end");
    assert_eq!(
        waited.to_string(),
        "waited 5s for the end in `/hall`; nothing has come"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_clients_at_a_time() -> Result {
    let (socketio, anna, log) = hall().await;
    let mut clients = tokio::task::JoinSet::new();
    for n in 0..200 {
        let socketio = socketio.clone();
        clients.spawn(async move {
            let client = socketio.test_client().connect("/hall").await?;
            // It is in its rooms as soon as the test has it, whichever thread put it there.
            let hall = socketio.of("/hall");
            let there = hall.local_client(client.sid());
            assert!(there.is_some_and(|there| there.is_connected()));
            hall.to(client.sid()).emit("own", ()).await?;
            client.expect::<()>("own").await?;
            assert_eq!(client.call::<Sid>("sid", ()).await?, client.sid());
            client.call::<()>("count", n % 7).await?;
            let counted = (1..=n % 7).map(|n| Received::new("count", n));
            assert_eq!(client.received(), counted.collect::<Vec<_>>());
            Ok::<_, Error>(client)
        });
    }
    let clients = clients.join_all().await;
    let clients = clients.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(socketio.of("/hall").clients().await?.len(), 201);
    anna.call::<()>("shout", "hello").await?;
    for client in &clients {
        assert_eq!(client.expect::<String>("shouted").await?, "hello");
        client.close().await?;
    }
    assert_eq!(log.take(), vec!["transport close"; 200]);
    assert_eq!(socketio.of("/hall").clients().await?, [anna.sid()]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn two_servers_do_not_see_each_other() -> Result {
    let (here, anna, _) = hall().await;
    let (there, bert, _) = hall().await;
    anna.call::<()>("shout", "here").await?;
    assert_eq!(anna.expect::<String>("shouted").await?, "here");
    bert.expect_none().await?;
    assert_eq!(here.of("/hall").clients().await?, [anna.sid()]);
    assert_eq!(there.of("/hall").clients().await?, [bert.sid()]);
    here.shutdown().await;
    anna.disconnected().await?;
    bert.call::<()>("count", 0).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_a_client_that_is_dropped() -> Result {
    let (socketio, _) = build(SocketIo::builder()).await;
    let tasks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = tasks();
    let hall = socketio.test_client().connect("/hall").await?;
    let desk = hall.also("/desk", ()).await?;
    let refused = socketio.test_client().auth("nobody").connect("/hall").await;
    refused.expect_err("let in");
    drop(hall);
    assert!(desk.is_connected() && tasks() > before);
    drop(desk);
    // The engine still waits for the namespace that a refused client might ask for.
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(tasks(), before);
    assert_eq!(socketio.of("/hall").clients().await?, []);
    assert_eq!(socketio.of("/desk").clients().await?, []);
    Ok(())
}
