//! Middleware: it sees what clients do before the handlers and after them, and answers in their place,
//! but it neither lets clients in nor keeps them from being seen off.

mod served;

use std::{future::pending, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hobnob::{
    SocketIoBuilder, Unhandled,
    middleware::{Answer, Middleware, Next, Trigger, TriggerKind},
    prelude::*,
};
use serde_json::{Value, json};
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Socket, placeholder};
use tokio::sync::Semaphore;

type Outcome = Result<Answer, EventError>;

struct Class(Log);

#[namespace("/c")]
impl Class {
    fn on_connect(&self, client: Client, auth: Option<String>) -> Result<(), ConnectionRefused> {
        self.0.note("on_connect");
        match auth.as_deref() {
            Some("refused") => Err("refused by on_connect".into()),
            Some("panic") => panic!("secret"),
            _ => client.emit("welcome", ()).map_err(ConnectionRefused::new),
        }
    }

    fn on_add(&self, a: i32, b: i32) -> i32 {
        self.0.note("on_add");
        a + b
    }

    fn on_pair(&self) -> (i32, &'static str) {
        (1, "b")
    }

    fn on_nothing(&self) {}

    fn on_bytes(&self, bytes: Bytes) -> Bytes {
        bytes
    }

    fn on_fail(&self) -> Result {
        Err(Error::public("no tea"))
    }

    #[event("panic")]
    fn panics(&self) {
        panic!("secret");
    }

    fn on_tell(&self, client: Client) -> Result<&'static str> {
        client.emit("told", "by the handler")?;
        Ok("answer")
    }

    #[event("throw out")]
    fn throw_out(&self, client: Client, bytes: Bytes) -> Result<(u64, f64, Bytes, &'static str)> {
        client.disconnect()?;
        Ok((u64::MAX, 0.1, bytes, "late"))
    }

    #[event("throw out silently")]
    fn throw_out_silently(&self, client: Client) -> Result {
        Ok(client.disconnect()?)
    }

    async fn on_wait(&self) {
        pending::<()>().await;
    }

    fn on_disconnect(&self, client: Client, reason: DisconnectReason) {
        self.0
            .note(format!("on_disconnect {:?}: {reason}", client.rooms()));
    }
}

/// Notes what comes and that something came of it.
struct Noting(Log, &'static str);

impl Middleware for Noting {
    async fn handle(&self, trigger: Trigger, next: Next) -> Outcome {
        let (Self(log, name), event) = (self, trigger.event());
        log.note(format!("{name} {event}"));
        let outcome = next.run(trigger).await;
        log.note(format!("{event} {name}"));
        outcome
    }
}

/// Does something where this holds, and goes on with all else.
fn when<F, Fut>(holds: fn(&Trigger) -> bool, instead: F) -> impl Middleware
where
    F: Fn(Trigger, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Outcome> + Send,
{
    let instead = Arc::new(instead);
    move |trigger: Trigger, next: Next| {
        let instead = Arc::clone(&instead);
        async move {
            if holds(&trigger) {
                instead(trigger, next).await
            } else {
                next.run(trigger).await
            }
        }
    }
}

fn connects(trigger: &Trigger) -> bool {
    trigger.kind() == TriggerKind::Connect
}

fn leaves(trigger: &Trigger) -> bool {
    matches!(trigger.kind(), TriggerKind::Disconnect(_))
}

fn sends(trigger: &Trigger) -> bool {
    trigger.kind() == TriggerKind::Event
}

/// A server with the class, and what it has seen.
fn class() -> (SocketIoBuilder, Log) {
    let log = Log::default();
    let builder = SocketIo::builder().namespace(Class(log.clone()));
    (builder.unhandled(Unhandled::AnswerError), log)
}

async fn connected(builder: SocketIoBuilder) -> Socket {
    let (_, address) = serve(builder).await;
    Browser::websocket(address).connect("/c", NO_AUTH).await
}

#[tokio::test]
async fn the_first_of_the_server_is_the_outermost() {
    let (builder, log) = class();
    let builder = builder
        .on("/other", "add", || 0)
        .middleware_at("/c", Noting(log.clone(), "3"))
        .middleware(Noting(log.clone(), "1"))
        .middleware_at("/other", Noting(log.clone(), "other"))
        .middleware(Noting(log.clone(), "2"))
        .middleware_at("/c", Noting(log.clone(), "4"));
    let (_, address) = serve(builder).await;
    for browser in both(address) {
        let client = browser.connect("/c", NO_AUTH).await;
        client.expect("welcome").await;
        assert_eq!(client.call("add", (1, 2)).await.only(), 3);
        client.disconnect();
        let mut expected = Vec::new();
        for (event, handler) in [
            ("connect", "on_connect"),
            ("add", "on_add"),
            ("disconnect", "on_disconnect []: client disconnect"),
        ] {
            expected.extend(["1", "2", "3", "4"].map(|name| format!("{name} {event}")));
            expected.push(handler.to_owned());
            expected.extend(["4", "3", "2", "1"].map(|name| format!("{event} {name}")));
        }
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        log.becomes(&expected).await;
    }
}

#[tokio::test]
async fn it_sees_who_does_what() {
    let (builder, _) = class();
    let log = Log::default();
    let noting = log.clone();
    let see = move |trigger: Trigger, next: Next| {
        let log = noting.clone();
        async move {
            let client = trigger.client();
            assert_eq!(client.namespace().path(), "/c");
            assert!(client.request().is_some());
            let (kind, event, args) = (trigger.kind(), trigger.event(), trigger.args());
            let (json, attachments) = (json!(args.to_json()), args.attachments());
            let asks = trigger.wants_answer();
            log.note(format!("{kind:?} {event} {json} {attachments:?} {asks}"));
            next.run(trigger).await
        }
    };
    let client = connected(builder.middleware(see)).await;
    log.becomes(&["Connect connect [] [] false"]).await;
    client.emit("add", (1, 2));
    client.call("unknown", ["x"]).await;
    client.emit("connect", ["not really"]);
    let bytes = Bytes::from_static(b"ab");
    client
        .call_binary("bytes", [placeholder(0)], vec![bytes])
        .await;
    client.disconnect();
    log.becomes(&[
        "Event add [1,2] [] false",
        r#"Event unknown ["x"] [] true"#,
        r#"Event connect ["not really"] [] false"#,
        r#"Event bytes [{"_placeholder":true,"num":0}] [b"ab"] true"#,
        "Disconnect(ClientDisconnect) disconnect [] [] false",
    ])
    .await;
}

#[tokio::test]
async fn it_sees_the_auth_object() {
    let (builder, _) = class();
    let check = when(connects, async |trigger, next| {
        assert_eq!(trigger.event().to_string(), "connect");
        match trigger.args().get::<Option<String>>(0)? {
            Some(key) if key == "key" => next.run(trigger).await,
            Some(key) => Err(ConnectionRefused::new(format!("not {key}")).into()),
            None => Err(ConnectionRefused::new("no key")
                .with_data(json!({ "code": 401 }))
                .into()),
        }
    });
    let (_, address) = serve(builder.middleware(check)).await;
    for browser in both(address) {
        browser.connect("/c", json!("key")).await;
        let refused = browser.connect_refused("/c", json!("ä")).await;
        assert_eq!(refused.message, "not ä");
        let refused = browser.connect_refused("/c", NO_AUTH).await;
        let refused: Value = serde_json::from_str(&refused.message).unwrap();
        let expected = json!({ "message": "no key", "data": { "code": 401 } });
        assert_eq!(refused, expected);
        let refused = browser.connect_refused("/c", json!({ "key": 1 })).await;
        let about = refused.message.as_str();
        assert!(!about.is_empty() && about != "internal error", "{about}");
    }
}

#[tokio::test]
async fn it_sees_what_came_of_it() {
    let (builder, _) = class();
    let log = Log::default();
    let noting = log.clone();
    let see = move |trigger: Trigger, next: Next| {
        let log = noting.clone();
        async move {
            let event = trigger.event();
            let outcome = next.run(trigger).await;
            log.note(match &outcome {
                Ok(answer) if answer.is_unhandled() => format!("{event}: unhandled"),
                Ok(answer) => {
                    let args = answer.args();
                    let attachments = args.attachments();
                    format!("{event}: {} {attachments:?}", json!(args.to_json()))
                }
                Err(EventError::Argument(error)) => format!("{event}: argument, {error}"),
                Err(EventError::Handler(error)) => format!("{event}: error, {error}"),
                Err(EventError::Panic(error)) => format!("{event}: panic, {error}"),
                Err(EventError::Refused(error)) => format!("{event}: refused, {error}"),
                Err(error) => format!("{event}: {error:?}"),
            });
            outcome
        }
    };
    let (_, address) = serve(builder.middleware(see)).await;
    let browser = Browser::websocket(address);
    browser.connect_refused("/c", json!("refused")).await;
    browser.connect_refused("/c", json!("panic")).await;
    let client = browser.connect("/c", NO_AUTH).await;
    client.call("add", (1, 2)).await;
    client.emit("add", (1, 2));
    client.call("pair", ()).await;
    client.call("nothing", ()).await;
    let bytes = vec![Bytes::from_static(b"ab")];
    client.call_binary("bytes", [placeholder(0)], bytes).await;
    client.call("unknown", ()).await;
    client.call("add", ["one"]).await;
    client.call("fail", ()).await;
    client.call("panic", ()).await;
    client.disconnect();
    log.becomes(&[
        "connect: refused, refused by on_connect",
        "connect: panic, the handler panicked: secret",
        "connect: [] []",
        "add: [3] []",
        "add: [3] []",
        r#"pair: [1,"b"] []"#,
        "nothing: [] []",
        r#"bytes: [{"_placeholder":true,"num":0}] [b"ab"]"#,
        "unknown: unhandled",
        "add: argument, argument 1: invalid type: string \"one\", expected i32",
        "fail: error, no tea",
        "panic: panic, the handler panicked: secret",
        "disconnect: [] []",
    ])
    .await;
}

#[tokio::test]
async fn it_answers_in_the_handlers_place() {
    let (builder, log) = class();
    let builder = builder.middleware(when(sends, async |trigger, next| {
        let event = trigger.event();
        match &*event {
            // Without the handler.
            "add" => Answer::new(("instead", 1)),
            "pair" => Ok(Answer::empty()),
            "bytes" => Answer::new(Bytes::from_static(b"xy")),
            "nothing" => Err(EventError::Handler(Error::public("not today"))),
            "wait" => Err(ConnectionRefused::new("not you").into()),
            "not json" => {
                let map: std::collections::HashMap<(u8, u8), u8> = [((1, 2), 3)].into();
                Answer::new(map)
            }
            // After the handler.
            "fail" | "panic" => {
                let error = next.run(trigger).await.unwrap_err();
                Answer::new(format!("mended: {error}"))
            }
            _ => {
                let outcome = next.run(trigger).await?;
                if outcome.is_unhandled() {
                    return Answer::new(format!("nobody knows {event}"));
                }
                Ok(outcome)
            }
        }
    }));
    let client = connected(builder).await;
    assert_eq!(
        client.call("add", (1, 2)).await.args,
        [json!("instead"), json!(1)]
    );
    assert_eq!(client.call("pair", ()).await.args, [] as [Value; 0]);
    let bytes = client.call("bytes", ()).await;
    assert_eq!(bytes.attachments, [Bytes::from_static(b"xy")]);
    let answer = client.call("nothing", ()).await.only();
    assert_eq!(answer, json!({ "error": "not today" }));
    let answer = client.call("wait", ()).await.only();
    assert_eq!(answer, json!({ "error": "not you" }));
    let answer = client.call("not json", ()).await.only();
    assert_eq!(answer, json!({ "error": "internal error" }));
    assert_eq!(client.call("fail", ()).await.only(), "mended: no tea");
    let answer = client.call("panic", ()).await.only();
    assert_eq!(answer, "mended: the handler panicked: secret");
    assert_eq!(
        client.call("unknown", ()).await.only(),
        "nobody knows unknown"
    );
    assert_eq!(log.take(), ["on_connect"]);
}

#[tokio::test]
async fn what_it_leaves_alone_is_as_without_it() {
    let (plain, _) = class();
    let (builder, log) = class();
    let plain = connected(plain).await;
    let around = connected(builder.middleware(Noting(log, "around"))).await;
    for (event, args) in [
        ("add", json!([1, 2])),
        ("add", json!([1])),
        ("pair", json!([])),
        ("nothing", json!([])),
        ("fail", json!([])),
        ("panic", json!([])),
        ("unknown", json!([])),
    ] {
        let expected = plain.call(event, &args).await.args;
        assert_eq!(around.call(event, &args).await.args, expected, "{event}");
    }
    let bytes = vec![Bytes::from_static(b"ab")];
    let ack = around.call_binary("bytes", [placeholder(0)], bytes.clone());
    assert_eq!(ack.await.attachments, bytes);
}

#[tokio::test]
async fn nobody_gets_in_past_on_connect() {
    let answers: [fn(Trigger, Next) -> BoxFuture<'static, Outcome>; 4] = [
        |_, _| Box::pin(async { Ok(Answer::empty()) }),
        |_, _| Box::pin(async { Answer::new(true) }),
        |trigger, next| {
            Box::pin(async move {
                // What on_connect said is not heard.
                let refused = next.run(trigger).await;
                assert!(
                    matches!(refused, Err(EventError::Refused(_))),
                    "{refused:?}"
                );
                Ok(Answer::empty())
            })
        },
        |_, _| panic!("secret"),
    ];
    for (n, answer) in answers.into_iter().enumerate() {
        let (builder, log) = class();
        let (socketio, address) = serve(builder.middleware(when(connects, answer))).await;
        for browser in both(address) {
            let refused = browser.connect_refused("/c", json!("refused")).await;
            assert_eq!(refused.message, "internal error", "{n}");
        }
        assert_eq!(socketio.of("/c").clients().await.unwrap(), [], "{n}");
        socketio.shutdown().await;
        let on_connect = if n == 2 { 2 } else { 0 };
        assert_eq!(log.take(), vec!["on_connect"; on_connect], "{n}");
    }
}

#[tokio::test]
async fn it_refuses_whom_on_connect_has_let_in() {
    let (builder, log) = class();
    let refuse = when(connects, async |trigger, next| {
        next.run(trigger).await?;
        Err(ConnectionRefused::new("after all not").into())
    });
    let (socketio, address) = serve(builder.middleware(refuse)).await;
    let connection = Browser::websocket(address).open().await;
    let refused = connection.connect("/c", NO_AUTH).await.unwrap_err();
    assert_eq!(refused.message, "after all not");
    assert_eq!(socketio.of("/c").clients().await.unwrap(), []);
    socketio.shutdown().await;
    // on_connect had let it in, so it is seen off.
    let left = "on_disconnect []: server disconnect";
    assert_eq!(log.take(), ["on_connect", left]);
}

#[tokio::test]
async fn everybody_is_seen_off_once_whatever_it_does() {
    let does: [fn(Trigger, Next) -> BoxFuture<'static, Outcome>; 7] = [
        |trigger, next| Box::pin(next.run(trigger)),
        |_, _| Box::pin(async { Ok(Answer::empty()) }),
        |_, _| Box::pin(async { Err(Error::public("no").into()) }),
        |_, _| panic!("at once"),
        |_, _| Box::pin(async { panic!("before") }),
        |trigger, next| {
            Box::pin(async move {
                next.run(trigger).await?;
                panic!("after")
            })
        },
        |trigger, next| {
            Box::pin(async move {
                // Nobody waits for it.
                tokio::spawn(next.run(trigger));
                Ok(Answer::empty())
            })
        },
    ];
    for (n, does) in does.into_iter().enumerate() {
        let (builder, log) = class();
        let (socketio, address) = serve(builder.middleware(when(leaves, does))).await;
        for browser in both(address) {
            let client = browser.connect("/c", NO_AUTH).await;
            client.disconnect();
            let left = "on_disconnect []: client disconnect";
            log.becomes(&["on_connect", left]).await;
        }
        socketio.shutdown().await;
        assert_eq!(log.take(), [""; 0], "{n}: twice");
    }
}

#[tokio::test]
async fn everybody_is_gone_after_the_grace_if_it_hangs() {
    let hangs: [fn(Trigger, Next) -> BoxFuture<'static, Outcome>; 2] = [
        |_, _| Box::pin(pending()),
        |trigger, next| {
            Box::pin(async move {
                next.run(trigger).await?;
                pending().await
            })
        },
    ];
    for hang in hangs {
        let (builder, log) = class();
        let grace = Duration::from_millis(20);
        let builder = builder.grace(grace).middleware(when(leaves, hang));
        let (_, address) = serve(builder).await;
        let connection = Browser::websocket(address).open().await;
        let left = "on_disconnect []: client disconnect";
        for _ in 0..2 {
            // Who comes again waits until it is gone.
            let client = connection.connect("/c", NO_AUTH).await.unwrap();
            client.disconnect();
            log.becomes(&["on_connect", left]).await;
        }
    }
}

#[tokio::test]
async fn its_panic_is_answered_and_the_next_event_runs() {
    let (builder, _) = class();
    let builder = builder
        .middleware(when(sends, async |trigger, next| {
            assert!(*trigger.event() != *"add", "before");
            next.run(trigger).await
        }))
        .middleware(when(sends, async |trigger, next| {
            let event = trigger.event();
            let outcome = next.run(trigger).await;
            assert!(*event != *"pair", "after");
            outcome
        }));
    let client = connected(builder).await;
    for event in ["add", "pair"] {
        let answer = client.call(event, (1, 2)).await.only();
        assert_eq!(answer, json!({ "error": "internal error" }));
        assert_eq!(client.call("tell", ()).await.only(), "answer");
    }
}

#[tokio::test]
async fn the_answer_goes_out_after_what_was_sent_on_the_way() {
    let (builder, _) = class();
    let tell = when(sends, async |trigger, next| {
        let client = trigger.client().clone();
        let outcome = next.run(trigger).await;
        client
            .emit("told", "by the middleware")
            .map_err(Error::from)?;
        outcome
    });
    let (_, address) = serve(builder.middleware(tell)).await;
    for browser in both(address) {
        let client = browser.connect("/c", NO_AUTH).await;
        client.expect("welcome").await;
        let told = client.drain_until_ack("tell").await;
        let told: Vec<_> = told.into_iter().map(|event| event.only()).collect();
        assert_eq!(told, ["by the handler", "by the middleware"]);
    }
}

#[tokio::test]
async fn an_answer_reaches_a_client_that_the_handler_has_thrown_out() {
    let (builder, log) = class();
    let (_, address) = serve(builder.middleware(Noting(log, "around"))).await;
    for browser in both(address) {
        let client = browser.connect("/c", NO_AUTH).await;
        let bytes = vec![Bytes::from_static(b"\0\xff")];
        let ack = client.call_binary("throw out", [placeholder(0)], bytes.clone());
        let ack = ack.await;
        let late = [json!(u64::MAX), json!(0.1), placeholder(0), json!("late")];
        assert_eq!(ack.args, late);
        assert_eq!(ack.attachments, bytes);
        client.expect_disconnect().await;

        let client = browser.connect("/c", NO_AUTH).await;
        let ack = client.call("throw out silently", ()).await;
        assert_eq!(ack.args, [] as [Value; 0]);
    }
}

#[tokio::test]
async fn it_stands_in_line_but_not_for_what_is_concurrent() {
    let log = Log::default();
    let gate = Arc::new(Semaphore::new(0));
    let (waits, opens) = (Arc::clone(&gate), gate);
    let wait = when(
        |trigger| trigger.event().starts_with("slow"),
        move |trigger, next| {
            let gate = Arc::clone(&waits);
            async move {
                gate.acquire().await.expect("an open gate").forget();
                next.run(trigger).await
            }
        },
    );
    let note = |text: &'static str| {
        let log = log.clone();
        move || log.note(text)
    };
    let builder = SocketIo::builder()
        .on("/c", "slow", hobnob::concurrent(note("slow")))
        .on("/c", "slow in line", note("slow in line"))
        .on("/c", "next", note("next"))
        .on(
            "/c",
            "open",
            hobnob::concurrent(move || opens.add_permits(1)),
        )
        .middleware(wait);
    let client = connected(builder).await;
    client.emit("slow", ());
    client.call("next", ()).await;
    log.becomes(&["next"]).await;
    client.call("open", ()).await;
    log.becomes(&["slow"]).await;
    client.emit("slow in line", ());
    client.emit("next", ());
    client.call("open", ()).await;
    log.becomes(&["slow in line", "next"]).await;
}

#[tokio::test]
async fn its_error_goes_to_on_error() {
    let (builder, _) = class();
    let builder = builder
        .middleware(when(sends, async |_, _| {
            Err(Error::public("not now").into())
        }))
        .on_error(async |_, event, error: EventError| format!("{event}: {error}"));
    let client = connected(builder).await;
    assert_eq!(client.call("add", (1, 2)).await.only(), "add: not now");
    assert_eq!(client.call("unknown", ()).await.only(), "unknown: not now");
}

/// Notes when it is dropped.
struct Guard(Log);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.note("dropped");
    }
}

#[tokio::test]
async fn who_hangs_in_it_is_dropped_after_the_grace() {
    let (builder, log) = class();
    let noting = log.clone();
    let hang = when(sends, move |trigger, next| {
        let guard = Guard(noting.clone());
        async move {
            let _guard = guard;
            if *trigger.event() == *"add" {
                pending::<()>().await;
            }
            next.run(trigger).await
        }
    });
    let builder = builder.grace(Duration::from_millis(20)).middleware(hang);
    let (_, address) = serve(builder).await;
    for (browser, event) in both(address).into_iter().zip(["add", "wait"]) {
        let client = browser.connect("/c", NO_AUTH).await;
        client.emit(event, ());
        client.disconnect();
        log.becomes(&[
            "on_connect",
            "dropped",
            "on_disconnect []: client disconnect",
        ])
        .await;
    }
}

struct Everywhere;

#[namespace("*")]
impl Everywhere {
    fn on_method(&self) -> &'static str {
        "method"
    }
}

#[tokio::test]
async fn it_is_around_functions_and_the_class_everywhere_as_well() {
    let log = Log::default();
    let builder = SocketIo::builder()
        .namespace(Everywhere)
        .on_connect("/f", |name: String| Ok::<_, ConnectionRefused>(name))
        .on("/f", "method", |name: Session<String>| name.to_string())
        .on_disconnect("/f", || {})
        .middleware(Noting(log.clone(), "server"))
        .middleware_at("/f", Noting(log.clone(), "function"))
        .middleware_at("*", Noting(log.clone(), "everywhere"));
    let (_, address) = serve(builder).await;
    let connection = Browser::websocket(address).open().await;
    for (path, inner, answer) in [("/f", "function", "anna"), ("/any", "everywhere", "method")] {
        let client = connection.connect(path, json!("anna")).await.unwrap();
        assert_eq!(client.call("method", ()).await.only(), answer);
        client.disconnect();
        let seen = |event: &str| {
            [
                format!("server {event}"),
                format!("{inner} {event}"),
                format!("{event} {inner}"),
                format!("{event} server"),
            ]
        };
        let seen = ["connect", "method", "disconnect"].map(seen).concat();
        let seen: Vec<_> = seen.iter().map(String::as_str).collect();
        log.becomes(&seen).await;
    }
}
