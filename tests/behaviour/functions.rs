//! Functions that handle events, beside classes and without any: they take and answer what methods
//! do, and of several for one event it is known which.

mod served;

use std::sync::Arc;

use axum::{extract::Query, http::HeaderMap};
use bytes::Bytes;
use hobnob::{
    SocketIoBuilder, Unhandled, concurrent,
    middleware::{Answer, Next, Trigger},
    prelude::*,
};
use serde_json::{Value, json};
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Socket, placeholder};
use tokio::sync::Semaphore;

#[derive(Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

const NOTHING: [Value; 0] = [];

struct User {
    name: String,
}

fn sign_in(name: Option<String>) -> Result<User, ConnectionRefused> {
    let name = name.ok_or("a name, please")?;
    Ok(User { name })
}

async fn connected(builder: SocketIoBuilder, path: &str, auth: Value) -> Socket {
    let (_, address) = serve(builder).await;
    Browser::websocket(address).connect(path, auth).await
}

#[tokio::test]
async fn a_function_takes_what_a_method_takes() {
    let builder = SocketIo::builder()
        .on_connect("/f", sign_in)
        .on(
            "/f",
            "context",
            async |client: Client,
                   socketio: SocketIo,
                   user: Session<User>,
                   event: EventName,
                   args: Args,
                   first: i32| {
                let here = socketio.of("/f").local_client(client.sid()).is_some();
                json!([here, user.name, *event, args.to_json(), first])
            },
        )
        .on("/f", "point", |add: i32, point: Point, sub: Option<i32>| {
            point.x + point.y + add - sub.unwrap_or(0)
        })
        .on("/f", "bytes", async |name: String, data: Bytes| {
            (name, data.len(), data)
        })
        .on(
            "/f",
            "eight",
            |a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: Option<u8>| {
                [a, b, c, d, e, f, g, h.unwrap_or(8)]
            },
        );
    let client = connected(builder, "/f", json!("anna")).await;

    let context = client.call("context", (1, "b")).await.only();
    assert_eq!(context, json!([true, "anna", "context", [1, "b"], 1]));
    let point = json!({ "x": 1, "y": 2 });
    assert_eq!(client.call("point", (10, &point)).await.only(), 13);
    assert_eq!(client.call("point", (10, &point, 3)).await.only(), 10);
    let many = client.call("point", (10, &point, 3, "too", "many")).await;
    assert_eq!(many.only(), 10);
    let eight = client.call("eight", [1, 2, 3, 4, 5, 6, 7]).await.only();
    assert_eq!(eight, json!([1, 2, 3, 4, 5, 6, 7, 8]));

    let bytes = Bytes::from_static(b"\0\x01\xff");
    let args = ("a file", placeholder(0));
    let ack = client.call_binary("bytes", args, vec![bytes.clone()]).await;
    assert_eq!(ack.args, [json!("a file"), json!(3), placeholder(0)]);
    assert_eq!(ack.attachments, [bytes]);
}

#[tokio::test]
async fn a_function_answers_as_a_method_does() {
    fn nothing() {}
    async fn nothing_later() {}
    let builder = SocketIo::builder()
        .on("/f", "nothing", nothing)
        .on("/f", "nothing later", nothing_later)
        .on("/f", "result", || -> Result { Ok(()) })
        .on("/f", "value", async || -> Result<&'static str> { Ok("ok") })
        .on("/f", "list", || vec![1, 2])
        .on("/f", "tuple", || -> Result<(i32, &'static str)> {
            Ok((1, "b"))
        })
        .on("/f", "none", || None::<i32>)
        .on("/f", "tells first", async |client: Client| -> Result {
            Ok(client.emit("told", 1)?)
        });
    let client = connected(builder, "/f", Value::Null).await;
    for event in ["nothing", "nothing later", "result"] {
        assert_eq!(client.call(event, ()).await.args, NOTHING, "{event}");
    }
    assert_eq!(client.call("value", ()).await.only(), "ok");
    assert_eq!(client.call("list", ()).await.only(), json!([1, 2]));
    assert_eq!(client.call("tuple", ()).await.args, [json!(1), json!("b")]);
    assert_eq!(client.call("none", ()).await.only(), Value::Null);

    client.emit("value", ());
    client.expect_nothing_until_ack("nothing").await;
    let told = client.drain_until_ack("tells first").await;
    assert_eq!(told.len(), 1, "it comes before the answer");
}

struct Failing;

fn refuse_public() -> Result {
    Err(Error::public("no tea"))
}

fn refuse_hidden() -> Result {
    Err(std::io::Error::other("secret").into())
}

fn not_json() -> std::collections::HashMap<(u8, u8), u8> {
    [((1, 2), 3)].into()
}

#[namespace("/class")]
impl Failing {
    fn on_public(&self) -> Result {
        refuse_public()
    }

    fn on_hidden(&self) -> Result {
        refuse_hidden()
    }

    #[event("panic")]
    fn panics(&self) {
        panic!("secret");
    }

    #[event("panic later")]
    async fn panics_later(&self) {
        tokio::task::yield_now().await;
        panic!("secret");
    }

    fn on_point(&self, _point: Point) {}

    #[event("not json")]
    fn not_json(&self) -> std::collections::HashMap<(u8, u8), u8> {
        not_json()
    }

    fn on_fine(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn what_goes_wrong_in_a_function_is_answered_as_for_a_method() {
    let builder = SocketIo::builder()
        .namespace(Failing)
        .on("/f", "public", refuse_public)
        .on("/f", "hidden", async || refuse_hidden())
        .on("/f", "panic", || panic!("secret") as ())
        .on("/f", "panic later", async || {
            tokio::task::yield_now().await;
            panic!("secret") as bool
        })
        .on("/f", "point", |_point: Point| {})
        .on("/f", "not json", not_json)
        .on("/f", "fine", || true);
    let (_, address) = serve(builder).await;
    let connection = Browser::websocket(address).open().await;
    let function = connection.connect("/f", NO_AUTH).await.unwrap();
    let class = connection.connect("/class", NO_AUTH).await.unwrap();
    let events = [
        ("public", json!([])),
        ("hidden", json!([])),
        ("panic", json!([])),
        ("panic later", json!([])),
        ("point", json!([])),
        ("point", json!([{ "x": 1 }])),
        ("not json", json!([])),
    ];
    for (event, args) in events {
        let answer = function.call(event, args.clone()).await.only();
        let expected = class.call(event, args).await.only();
        assert_eq!(answer, expected, "{event}");
        assert!(answer["error"].is_string(), "{event}: {answer}");
        assert!(!answer.to_string().contains("secret"), "{event}: {answer}");
        assert_eq!(function.call("fine", ()).await.only(), true, "{event}");
    }
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[tokio::test]
async fn a_function_lets_clients_in() {
    let builder = SocketIo::builder()
        .on_connect("/nothing", |client: Client| {
            let _ = client.emit("welcome", ());
        })
        .on_connect("/bool", async |open: bool| open)
        .on_connect("/result", |open: bool| -> Result<bool, ConnectionRefused> {
            Ok(open)
        })
        .on_connect("/text", || -> Result<(), &'static str> { Err("closed") })
        .on_connect("/hidden", || -> Result {
            Err(std::io::Error::other("secret").into())
        })
        .on_connect("/panic", || panic!("secret") as bool)
        .on_connect("/panic-later", async || panic!("secret") as bool)
        .on_connect("/auth", |_token: Token| true)
        .on_connect(
            "/request",
            async |Query(query): Query<Token>, headers: HeaderMap, auth: Token| {
                let agent = headers.get("x-agent").is_some_and(|agent| agent == "a");
                agent && query.token == "q" && auth.token == "t"
            },
        )
        .on_connect("/user", sign_in)
        .on("/user", "whoami", |user: Session<User>| user.name.clone());
    let (_, address) = serve(builder).await;
    for browser in both(address) {
        let welcomed = browser.connect("/nothing", NO_AUTH).await;
        welcomed.expect("welcome").await;

        let connection = browser.query("token", "q").header("x-agent", "a");
        let connection = connection.open().await;
        let refusal = async |path: &str, auth: Value| match connection.connect(path, auth).await {
            Ok(socket) => panic!("let in: {socket:?}"),
            Err(refused) => refused.message,
        };
        for path in ["/bool", "/result"] {
            let rejected = "Connection rejected by server";
            assert_eq!(refusal(path, json!(false)).await, rejected);
            connection.connect(path, json!(true)).await.unwrap();
        }
        assert_eq!(refusal("/text", Value::Null).await, "closed");
        for path in ["/hidden", "/panic", "/panic-later"] {
            assert_eq!(refusal(path, Value::Null).await, "internal error", "{path}");
        }
        let missing = refusal("/auth", json!({})).await;
        assert!(missing.contains("missing field `token`"), "{missing}");
        assert!(refusal("/auth", Value::Null).await.starts_with("auth: "));
        let other = refusal("/request", json!({ "token": "other" })).await;
        assert_eq!(other, "Connection rejected by server");
        let token = json!({ "token": "t" });
        let let_in = connection.connect("/request", token.clone()).await;
        let_in.unwrap();
        let unqueried = Browser::websocket(address).connect_refused("/request", token);
        let message = unqueried.await.message;
        assert!(message.contains("token"), "{message}");

        assert_eq!(refusal("/user", Value::Null).await, "a name, please");
        let anna = connection.connect("/user", json!("anna")).await.unwrap();
        assert_eq!(anna.call("whoami", ()).await.only(), "anna");
    }
}

struct Room(Log);

#[namespace("/room", session = User)]
impl Room {
    fn on_connect(&self, name: String) -> Result<User, ConnectionRefused> {
        self.0.note(format!("the method lets {name} in"));
        Ok(User { name })
    }

    fn on_join(&self, client: Client, room: String) -> Result {
        Ok(client.join(room)?)
    }

    fn on_disconnect(&self) {
        self.0.note("the method sees off");
    }
}

/// Functions that see clients off, at a path without a class and at one with.
fn seeing_off(log: &Log) -> SocketIoBuilder {
    let see_off = || {
        let log = log.clone();
        move |client: Client, user: Session<User>, reason: DisconnectReason| {
            let rooms = client.rooms();
            log.note(format!("{} leaves {rooms:?}: {reason}", user.name));
            assert!(user.name != "panics", "in on_disconnect");
        }
    };
    let join = |client: Client, room: String| -> Result { Ok(client.join(room)?) };
    SocketIo::builder()
        .namespace(Room(log.clone()))
        .on_disconnect("/room", see_off())
        .on_connect("/alone", sign_in)
        .on("/alone", "join", join)
        .on("/alone", "throw out", |client: Client| -> Result {
            Ok(client.disconnect()?)
        })
        .on_disconnect("/alone", see_off())
}

#[tokio::test]
async fn a_function_sees_clients_off_once_with_reason_rooms_and_session() {
    let log = Log::default();
    let (socketio, address) = serve(seeing_off(&log)).await;
    for browser in both(address) {
        let anna = browser.connect("/alone", json!("anna")).await;
        anna.call("join", ["tea"]).await;
        anna.disconnect();
        log.becomes(&[r#"anna leaves ["tea"]: client disconnect"#])
            .await;

        let bert = browser.connect("/alone", json!("bert")).await;
        bert.emit("throw out", ());
        bert.expect_disconnect().await;
        log.becomes(&["bert leaves []: server disconnect"]).await;

        let panics = browser.connect("/alone", json!("panics")).await;
        panics.disconnect();
        log.becomes(&["panics leaves []: client disconnect"]).await;

        browser.connect_refused("/alone", NO_AUTH).await;

        // In place of the method, not beside it.
        let carl = browser.connect("/room", json!("carl")).await;
        carl.call("join", ["tea"]).await;
        carl.disconnect();
        log.becomes(&[
            "the method lets carl in",
            r#"carl leaves ["tea"]: client disconnect"#,
        ])
        .await;
    }
    let browser = Browser::websocket(address);
    let _dora = browser.connect("/alone", json!("dora")).await;
    socketio.shutdown().await;
    assert_eq!(log.take(), ["dora leaves []: server shutting down"]);
}

struct Answering;

#[namespace("/class")]
impl Answering {
    fn on_fail(&self) -> Result {
        refuse_public()
    }

    fn on_error(&self, error: EventError) -> String {
        format!("class: {error}")
    }
}

#[tokio::test]
async fn of_several_that_answer_errors_the_nearest_does() {
    let of_class = || {
        SocketIo::builder()
            .namespace(Answering)
            .on("/f", "fail", refuse_public)
            .on_error(async |_, _, _| "builder")
    };
    let fails = async |builder: SocketIoBuilder, path: &str| {
        let client = connected(builder, path, Value::Null).await;
        client.call("fail", ()).await.only()
    };
    assert_eq!(fails(of_class(), "/class").await, "class: no tea");
    assert_eq!(fails(of_class(), "/f").await, "builder");

    let everywhere = || of_class().on_error_at("*", async |_, _, _| "everywhere");
    assert_eq!(fails(everywhere(), "/class").await, "everywhere");
    assert_eq!(fails(everywhere(), "/f").await, "everywhere");

    let here = || {
        everywhere().on_error_at(
            "/class",
            async |client: Client, event, error: EventError| {
                let path = client.namespace().path().to_owned();
                json!([path, event.to_string(), error.to_string()])
            },
        )
    };
    let answer = fails(here(), "/class").await;
    assert_eq!(answer, json!(["/class", "fail", "no tea"]));
    assert_eq!(fails(here(), "/f").await, "everywhere");

    let panics = of_class().on_error_at("/class", async |_, _, _| panic!("secret") as bool);
    let answer = fails(panics, "/class").await;
    assert_eq!(answer, json!({ "error": "no tea" }));
}

struct Ordered(Log);

#[namespace("/ordered")]
impl Ordered {
    async fn on_method(&self, n: u32) {
        tokio::task::yield_now().await;
        self.0.note(format!("method {n}"));
    }
}

#[tokio::test]
async fn functions_and_methods_stand_in_one_line() {
    let log = Log::default();
    let noting = log.clone();
    let function = move |n: u32| {
        let log = noting.clone();
        async move {
            tokio::task::yield_now().await;
            log.note(format!("function {n}"));
        }
    };
    let builder = SocketIo::builder().namespace(Ordered(log.clone()));
    let (_, address) = serve(builder.on("/ordered", "function", function)).await;
    let expected: Vec<_> = (0..10)
        .flat_map(|n| [format!("method {n}"), format!("function {n}")])
        .collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    for browser in both(address) {
        let client = browser.connect("/ordered", NO_AUTH).await;
        client.burst(|| {
            for n in 0..10 {
                client.emit("method", [n]);
                client.emit("function", [n]);
            }
        });
        log.becomes(&expected).await;
    }
}

#[tokio::test]
async fn a_concurrent_function_holds_nobody_up() {
    let gate = Arc::new(Semaphore::new(0));
    let log = Log::default();
    let (waits, noting, opens) = (Arc::clone(&gate), log.clone(), gate);
    let wait = move |text: String| {
        let (gate, log) = (Arc::clone(&waits), noting.clone());
        async move {
            gate.acquire().await.expect("an open gate").forget();
            log.note(&text);
            text
        }
    };
    let after = log.clone();
    let builder = SocketIo::builder()
        .on("/f", "wait", concurrent(wait.clone()))
        // It is the function that is found which counts.
        .on("*", "wait in line", concurrent(wait.clone()))
        .on("/f", "wait in line", wait)
        .on("/f", "after", move || after.note("after"))
        .on("/f", "fence", || {})
        .on(
            "/f",
            "open",
            concurrent(move |n: usize| opens.add_permits(n)),
        );
    let client = connected(builder, "/f", Value::Null).await;
    let first = client.emit_with_id("wait", ["a"]);
    let second = client.emit_with_id("wait", ["b"]);
    client.expect_no_ack(first, "fence").await;
    client.call("open", [2]).await;
    assert_eq!(client.expect_ack(first).await.only(), "a");
    assert_eq!(client.expect_ack(second).await.only(), "b");
    log.take();

    client.emit("wait in line", ["c"]);
    client.emit("after", ());
    client.call("open", [1]).await;
    log.becomes(&["c", "after"]).await;
}

struct Both;

#[namespace("/ns")]
impl Both {
    fn on_a(&self) -> &'static str {
        "method"
    }

    #[event("*")]
    fn catch_all(&self) -> &'static str {
        "catch-all method"
    }
}

#[tokio::test]
async fn the_nearest_function_handles_an_event_and_the_class_comes_last() {
    let answer = async |builder: SocketIoBuilder, event: &str| {
        let client = connected(builder.namespace(Both), "/ns", Value::Null).await;
        client.call(event, ()).await.only()
    };
    let class = SocketIo::builder;
    let any_anywhere = || class().on("*", "*", || "* *");
    let a_anywhere = || any_anywhere().on("*", "a", || "* a");
    let any_here = || a_anywhere().on("/ns", "*", || "/ns *");
    let a_here = || any_here().on("/ns", "a", || "/ns a");

    assert_eq!(answer(class(), "a").await, "method");
    assert_eq!(answer(class(), "b").await, "catch-all method");
    // A catch-all of the functions keeps everything from the class.
    assert_eq!(answer(any_anywhere(), "a").await, "* *");
    assert_eq!(answer(a_anywhere(), "a").await, "* a");
    assert_eq!(answer(a_anywhere(), "b").await, "* *");
    assert_eq!(answer(any_here(), "a").await, "/ns *");
    assert_eq!(answer(a_here(), "a").await, "/ns a");
    assert_eq!(answer(a_here(), "b").await, "/ns *");

    // What is there for other events or namespaces leaves it to the class.
    let other = class().on("/ns", "other", || "/ns other");
    assert_eq!(answer(other, "a").await, "method");
    let elsewhere = class().on("/elsewhere", "*", || "/elsewhere *");
    assert_eq!(answer(elsewhere, "a").await, "method");
}

#[tokio::test]
async fn nobody_reaches_the_functions_of_a_clients_life_by_an_event() {
    let log = Log::default();
    let (comes, goes, fails) = (log.clone(), log.clone(), log.clone());
    let builder = SocketIo::builder()
        .on_connect("/f", move || comes.note("comes"))
        .on_disconnect("/f", move || goes.note("goes"))
        .on_error_at("/f", move |_, _, _| {
            fails.note("fails");
            async {}
        })
        .unhandled(Unhandled::AnswerError);
    let client = connected(builder, "/f", Value::Null).await;
    for event in ["connect", "disconnect", "error", "on_connect", "*"] {
        let answer = client.call(event, ()).await.only();
        let expected = format!("no handler for the event `{event}`");
        assert_eq!(answer, json!({ "error": expected }));
    }
    assert_eq!(log.take(), ["comes"]);
}

#[tokio::test]
async fn a_namespace_is_open_if_something_is_there_for_it() {
    let everywhere = || {
        SocketIo::builder()
            .on("*", "ping", || "pong")
            .on_connect("*", || true)
            .on_disconnect("*", || {})
            .on_error_at("*", async |_, _, _| {})
    };
    let serves = async |builder: SocketIoBuilder, paths: &[&str], not: &[&str]| {
        let (socketio, address) = serve(builder).await;
        let connection = Browser::websocket(address).open().await;
        for path in paths {
            let client = connection.connect(path, NO_AUTH).await.unwrap();
            assert_eq!(client.call("ping", ()).await.only(), "pong");
            socketio.of(path).emit("news", path).await.unwrap();
            assert_eq!(client.expect("news").await, [*path]);
        }
        for path in not {
            let refused = connection.connect(path, NO_AUTH).await.unwrap_err();
            assert_eq!(refused.message, "Invalid namespace");
        }
    };
    serves(everywhere(), &[], &["/", "/a", "/*"]).await;
    let some = everywhere().accept(["/a", "/b", "/a"]);
    serves(some, &["/a", "/b"], &["/", "/c"]).await;
    let all = everywhere().on("/f", "f", || "f").accept(["*"]);
    serves(all, &["/", "/a", "/a/b", "/f"], &[]).await;
}

#[tokio::test]
async fn without_a_function_for_it_an_event_is_unhandled() {
    let builder = SocketIo::builder().on("/f", "fence", || {});
    let client = connected(builder, "/f", Value::Null).await;
    let id = client.emit_with_id("unknown", ());
    client.expect_no_ack(id, "fence").await;
}

/// What `build` says against it, which names all of these.
async fn mistake(builder: SocketIoBuilder, named: &[&str]) {
    let Err(error) = builder.build().await else {
        panic!("built, without a word about {named:?}");
    };
    let error = error.to_string();
    for name in named {
        assert!(error.contains(name), "{name} is not in: {error}");
    }
}

#[tokio::test]
async fn what_cannot_work_is_said_at_the_start() {
    let new = SocketIo::builder;
    let twice = new().on("/f", "a", || 1).on("/f", "a", || 2);
    mistake(twice, &["`a`", "`/f`", "two functions"]).await;
    let twice = new().on("/f", "*", || 1).on("/f", "*", || 2);
    mistake(twice, &["`*`", "`/f`"]).await;
    let twice = new().on_connect("/f", || true).on_connect("/f", || false);
    mistake(twice, &["`connect`", "`/f`"]).await;
    let twice = new().on_disconnect("*", || {}).on_disconnect("*", || {});
    mistake(twice, &["`disconnect`", "`*`"]).await;
    let twice = new()
        .on_error_at("/f", async |_, _, _| 1)
        .on_error_at("/f", async |_, _, _| 2);
    mistake(twice, &["`error`", "`/f`"]).await;

    let reserved = new().on("/f", "connect", || {});
    mistake(reserved, &["`connect`", "`/f`", "`on_connect`"]).await;
    let reserved = new().on("/f", "disconnect", || {});
    mistake(reserved, &["`disconnect`", "`/f`", "`on_disconnect`"]).await;
    let reserved = new().on("/f", "connect_error", || {});
    mistake(reserved, &["`connect_error`", "`/f`", "protocol"]).await;

    mistake(new().on("f", "a", || {}), &["`f`", "`/chat`"]).await;
    mistake(new().accept(["f"]), &["`f`"]).await;
    for nowhere in ["/g", "*"] {
        let builder = new().on("/f", "a", || {}).middleware_at(nowhere, pass);
        mistake(builder, &[&format!("`{nowhere}`"), "middleware"]).await;
    }
}

async fn pass(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    next.run(trigger).await
}

struct Signed;

#[namespace("/signed", session = User)]
impl Signed {
    fn on_connect(&self, name: Option<String>) -> Result<User, ConnectionRefused> {
        sign_in(name)
    }

    fn on_disconnect(&self, user: Session<User>) {
        drop(user);
    }
}

struct Speaking;

#[namespace("/speaking", session = User)]
impl Speaking {
    fn on_connect(&self, name: Option<String>) -> Result<User, ConnectionRefused> {
        sign_in(name)
    }

    fn on_whoami(&self, user: Session<User>) -> String {
        user.name.clone()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what a handler looks like")]
fn whoami(user: Session<User>) -> String {
    user.name.clone()
}

#[tokio::test]
async fn a_session_that_clients_do_not_have_is_said_at_the_start() {
    let new = SocketIo::builder;
    let none = new().on("/f", "whoami", whoami);
    mistake(none, &["`whoami`", "`/f`", "User>`", "`()`"]).await;
    let other = new()
        .on_connect("/f", || Ok::<_, ConnectionRefused>(1_u8))
        .on("/f", "whoami", whoami);
    mistake(other, &["`whoami`", "`/f`", "User>`", "`u8`"]).await;
    let only_true = new()
        .on_connect("/f", || Ok::<_, ConnectionRefused>(true))
        .on("/f", "whoami", |_: Session<bool>| {});
    mistake(only_true, &["`whoami`", "`/f`", "<bool>", "`()`"]).await;
    let disconnect = new().on_disconnect("/f", |_: Session<User>| {});
    mistake(disconnect, &["`disconnect`", "`/f`", "User>`"]).await;
    let of_the_class = new()
        .namespace(Signed)
        .on("/signed", "a", |_: Session<u8>| {});
    mistake(of_the_class, &["`a`", "`/signed`", "<u8>", "User`"]).await;
    let within = new().on("/f", "whoami", concurrent(whoami));
    mistake(within, &["`whoami`", "`/f`", "User>`"]).await;
    // One for all namespaces has to fit each.
    let everywhere = new().namespace(Signed).on("*", "whoami", whoami);
    let anonymous = everywhere.accept(["/anonymous"]);
    mistake(anonymous, &["`whoami`", "`/anonymous`", "User>`"]).await;
}

#[tokio::test]
async fn a_function_that_another_one_hides_may_take_any_session() {
    let builder = SocketIo::builder()
        .namespace(Signed)
        .on("*", "whoami", whoami)
        .on_disconnect("*", |_: Session<User>| {})
        .on("/anonymous", "whoami", || "nobody")
        .on_disconnect("/anonymous", || {})
        .on("/silent", "*", || "silence")
        .on_disconnect("/silent", || {});
    let (_, address) = serve(builder).await;
    let connection = Browser::websocket(address).open().await;
    for (path, answer) in [
        ("/signed", "anna"),
        ("/anonymous", "nobody"),
        ("/silent", "silence"),
    ] {
        let client = connection.connect(path, json!("anna")).await.unwrap();
        assert_eq!(client.call("whoami", ()).await.only(), answer);
    }
}

#[tokio::test]
async fn what_lets_clients_in_has_to_fit_the_class() {
    let new = SocketIo::builder;
    let methods = new()
        .namespace(Speaking)
        .on_connect("/speaking", || Ok::<_, ConnectionRefused>(1_u8));
    mistake(methods, &["`on_connect`", "`/speaking`", "User>`", "`u8`"]).await;
    let only_on_disconnect = new().namespace(Signed).on_connect("*", || true);
    let named = ["`on_connect`", "`/signed`", "User>`", "`()`"];
    mistake(only_on_disconnect, &named).await;

    let same = new().namespace(Speaking).on_connect("*", sign_in);
    let client = connected(same, "/speaking", json!("anna")).await;
    assert_eq!(client.call("whoami", ()).await.only(), "anna");
}
