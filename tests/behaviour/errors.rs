//! What becomes of an event that goes wrong: the class's `on_error`, the server's, or the default,
//! and what of it the client gets to see.

use std::{error::Error as StdError, fmt, net::SocketAddr};

use axum::Router;
use hobnob::{SocketIoBuilder, Unhandled, prelude::*};
use serde::{Serializer, ser};
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, deadline};
use tokio::{net::TcpListener, sync::mpsc};
use tracing::{Metadata, Subscriber, field, span};

/// Serializes unless it is `Broken`.
enum Answer {
    Fine,
    Broken,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fine => serializer.serialize_str("fine"),
            Self::Broken => Err(ser::Error::custom("the secret of the reply")),
        }
    }
}

/// An error of the standard kind that could be taken for a reply as well.
#[derive(Debug, Serialize)]
struct NotFound {
    what: &'static str,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret {} was not found", self.what)
    }
}

impl StdError for NotFound {}

/// An error that says itself what of it is public.
#[derive(Serialize)]
struct Refused(&'static str);

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::public(refused.0).with_data(7)
    }
}

type Found<T> = std::result::Result<T, NotFound>;

/// Goes wrong in every way there is.
async fn fail(how: &str) -> Result<Answer> {
    tokio::task::yield_now().await;
    match how {
        "public" => Err(Error::public("try later")),
        "data" => Err(Error::public("try later").with_data(json!({ "after": 5 }))),
        "hidden" => Err(Error::hidden("the secret of the handler")),
        "standard" => Err(NotFound { what: "file" }.into()),
        "panic" => panic!("the secret of the panic"),
        "panic with a value" => std::panic::panic_any(5),
        "reply" => Ok(Answer::Broken),
        _ => Ok(Answer::Fine),
    }
}

/// Every way, what the client is to hear of it by default, and which [`EventError`] it is.
fn failures() -> Vec<(Value, Value, &'static str)> {
    let internal = || json!({ "error": "internal error" });
    let wrong = "argument 1: invalid type: integer `5`, expected a string";
    vec![
        (json!("public"), json!({ "error": "try later" }), "handler"),
        (
            json!("data"),
            json!({ "error": "try later", "data": { "after": 5 } }),
            "handler",
        ),
        (json!("hidden"), internal(), "handler"),
        (json!("standard"), internal(), "handler"),
        (json!("panic"), internal(), "panic"),
        (json!("panic with a value"), internal(), "panic"),
        (json!("reply"), internal(), "reply"),
        (json!(5), json!({ "error": wrong }), "argument"),
    ]
}

fn kind(error: &EventError) -> &'static str {
    match error {
        EventError::Argument(_) => "argument",
        EventError::Handler(_) => "handler",
        EventError::Panic(_) => "panic",
        EventError::Reply(_) => "reply",
        _ => "unknown",
    }
}

/// Has no `on_error`.
struct Bare;

#[namespace]
impl Bare {
    async fn on_fail(&self, how: String) -> Result<Answer> {
        fail(&how).await
    }

    fn on_find(&self) -> Result<u32, NotFound> {
        Err(NotFound { what: "file" })
    }

    fn on_find_by_alias(&self) -> Found<u32> {
        Err(NotFound { what: "file" })
    }

    fn on_refuse(&self) -> Result<(), Refused> {
        Err(Refused("no"))
    }

    fn on_error_as_value(&self) -> NotFound {
        NotFound { what: "file" }
    }
}

/// Answers in its `on_error`.
struct Answering;

#[namespace("/answering")]
impl Answering {
    async fn on_fail(&self, how: String) -> Result<Answer> {
        fail(&how).await
    }

    async fn on_error(&self, event: EventName, error: EventError, args: Args) -> (Value, Value) {
        tokio::task::yield_now().await;
        let downcast = match &error {
            EventError::Handler(error) => error.downcast_ref::<NotFound>().map(|e| e.what),
            _ => None,
        };
        let caught = json!({
            "event": &*event,
            "args": args.to_json(),
            "kind": kind(&error),
            "downcast": downcast,
        });
        (caught, error.to_answer())
    }
}

/// Only looks on in its `on_error`.
struct Watching;

#[namespace("/watching")]
impl Watching {
    async fn on_fail(&self, how: String) -> Result<Answer> {
        fail(&how).await
    }

    fn on_error(&self, client: Client, error: EventError) -> Result {
        Ok(client.emit("seen", kind(&error))?)
    }
}

/// Makes everything worse in its `on_error`.
struct Clumsy;

#[namespace("/clumsy")]
impl Clumsy {
    #[event("panic", "error", "reply")]
    fn fail(&self) -> Result {
        Err(Error::public("try later"))
    }

    fn on_fine(&self) -> &'static str {
        "fine"
    }

    async fn on_error(&self, event: EventName) -> Result<Answer> {
        tokio::task::yield_now().await;
        match &*event {
            "panic" => panic!("the secret of on_error"),
            "error" => Err(Error::public("the secret of on_error")),
            _ => Ok(Answer::Broken),
        }
    }
}

/// An error that cannot even be shown.
#[derive(Debug)]
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("the secret of the text")
    }
}

impl StdError for Unspeakable {}

/// Fails with it wherever it can.
struct Speechless {
    left: mpsc::UnboundedSender<DisconnectReason>,
}

#[namespace("/speechless")]
impl Speechless {
    fn on_connect(&self, fail: Option<bool>) -> Result {
        if fail == Some(true) {
            return Err(Unspeakable.into());
        }
        Ok(())
    }

    fn on_hidden(&self) -> Result {
        Err(Unspeakable.into())
    }

    fn on_cause(&self) -> Result {
        Err(Error::public("try later").with_source(Unspeakable))
    }

    fn on_public(&self) -> Result {
        Err(Error::public(Unspeakable))
    }

    #[event("beside", concurrent)]
    fn beside(&self) -> Result {
        Err(Unspeakable.into())
    }

    fn on_fine(&self) -> &'static str {
        "fine"
    }

    fn on_disconnect(&self, reason: DisconnectReason) -> Result {
        let _ = self.left.send(reason);
        Err(Unspeakable.into())
    }
}

/// Writes everything that is logged, to nowhere: without it nobody asks for the text of an error.
struct Journal;

struct Written;

impl field::Visit for Written {
    fn record_debug(&mut self, _: &field::Field, value: &dyn fmt::Debug) {
        drop(format!("{value:?}"));
    }
}

impl Subscriber for Journal {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Written);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

async fn serve(builder: SocketIoBuilder) -> Result<SocketAddr> {
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await });
    Ok(address)
}

/// The answer to `event`, which gives nothing away.
async fn answer(client: &Socket, event: &str, args: impl Serialize) -> Vec<Value> {
    let answer = client.call(event, args).await;
    assert!(!answer.raw.contains("secret"), "{}", answer.raw);
    answer.args
}

#[tokio::test]
async fn by_default_the_answer_says_what_is_public_and_no_more() -> Result {
    let address = serve(SocketIo::builder().namespace(Bare)).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        for (how, expected, _) in failures() {
            assert_eq!(answer(&anna, "fail", (&how,)).await, [expected], "{how}");
        }
        // None of it has hurt the client, and none of it is answered if nobody asked.
        for (how, ..) in failures() {
            anna.emit("fail", (how,));
        }
        anna.expect_nothing_until_ack("fail").await;
        assert_eq!(answer(&anna, "fail", ("not",)).await, ["fine"]);
    }
    Ok(())
}

#[tokio::test]
async fn an_err_is_an_error_whatever_else_its_type_is() -> Result {
    let address = serve(SocketIo::builder().namespace(Bare)).await?;
    let anna = Browser::websocket(address).connect("/", None).await;
    let internal = [json!({ "error": "internal error" })];
    assert_eq!(answer(&anna, "find", ()).await, internal);
    assert_eq!(answer(&anna, "find_by_alias", ()).await, internal);
    let refused = [json!({ "error": "no", "data": 7 })];
    assert_eq!(answer(&anna, "refuse", ()).await, refused);
    let value = [json!({ "what": "file" })];
    assert_eq!(answer(&anna, "error_as_value", ()).await, value);
    Ok(())
}

#[tokio::test]
async fn the_value_of_on_error_is_the_answer() -> Result {
    let builder = SocketIo::builder().namespace(Answering);
    // The class's own comes first.
    let builder = builder.on_error(async |_, _, _| "the server's on_error");
    let anna = Browser::websocket(serve(builder).await?);
    let anna = anna.connect("/answering", None).await;
    for (how, expected, kind) in failures() {
        let downcast = (how == "standard").then_some("file");
        let caught = json!({ "event": "fail", "args": [how], "kind": kind, "downcast": downcast });
        let answer = answer(&anna, "fail", (&how,)).await;
        assert_eq!(answer, [caught, expected], "{how}");
    }
    assert_eq!(answer(&anna, "fail", ("not",)).await, ["fine"]);
    Ok(())
}

#[tokio::test]
async fn an_on_error_that_returns_nothing_looks_on_and_the_default_is_answered() -> Result {
    let builder = SocketIo::builder().namespace(Watching);
    let builder = builder.on_error(async |_, _, _| "the server's on_error");
    let anna = Browser::websocket(serve(builder).await?);
    let anna = anna.connect("/watching", None).await;
    for (how, expected, kind) in failures() {
        assert_eq!(answer(&anna, "fail", (&how,)).await, [expected], "{how}");
        assert_eq!(anna.expect("seen").await, [kind], "{how}");
    }
    // It sees what nobody asks about, but for a reply, which is then not needed.
    anna.emit("fail", ("panic",));
    anna.emit("fail", (5,));
    assert_eq!(anna.expect("seen").await, ["panic"]);
    assert_eq!(anna.expect("seen").await, ["argument"]);
    Ok(())
}

#[tokio::test]
async fn an_on_error_that_fails_leaves_the_default_answer() -> Result {
    let address = serve(SocketIo::builder().namespace(Clumsy)).await?;
    let anna = Browser::polling(address).connect("/clumsy", None).await;
    for event in ["panic", "error", "reply"] {
        let expected = [json!({ "error": "try later" })];
        assert_eq!(answer(&anna, event, ()).await, expected, "{event}");
        assert_eq!(answer(&anna, "fine", ()).await, ["fine"], "{event}");
    }
    Ok(())
}

#[tokio::test]
async fn the_servers_on_error_answers_for_classes_without_one() -> Result {
    let builder = SocketIo::builder().namespace(Bare);
    let builder = builder.on_error(async |client: Client, event, error: EventError| {
        tokio::task::yield_now().await;
        json!([
            client.namespace().path(),
            &*event,
            kind(&error),
            error.to_answer()
        ])
    });
    let anna = Browser::websocket(serve(builder).await?);
    let anna = anna.connect("/", None).await;
    for (how, expected, kind) in failures() {
        let expected = [json!(["/", "fail", kind, expected])];
        assert_eq!(answer(&anna, "fail", (&how,)).await, expected, "{how}");
    }
    assert_eq!(answer(&anna, "fail", ("not",)).await, ["fine"]);
    Ok(())
}

#[tokio::test]
async fn a_servers_on_error_that_fails_leaves_an_answer_and_the_client_working() -> Result {
    let panics_late = SocketIo::builder()
        .namespace(Bare)
        .on_error(async |_, _, error| -> Answer {
            drop(error);
            panic!("the secret of on_error")
        });
    let panics_early = SocketIo::builder().namespace(Bare).on_error(|_, _, error| {
        assert!(error.to_string().is_empty(), "the secret of on_error");
        async { Answer::Fine }
    });
    for builder in [panics_late, panics_early] {
        let anna = Browser::websocket(serve(builder).await?);
        let anna = anna.connect("/", None).await;
        let expected = [json!({ "error": "try later" })];
        assert_eq!(answer(&anna, "fail", ("public",)).await, expected);
        assert_eq!(answer(&anna, "fail", ("not",)).await, ["fine"]);
    }

    let broken = SocketIo::builder().namespace(Bare);
    let broken = broken.on_error(async |_, _, _| Answer::Broken);
    let anna = Browser::websocket(serve(broken).await?);
    let anna = anna.connect("/", None).await;
    let answered = answer(&anna, "fail", ("public",)).await;
    assert!(answered[0]["error"].is_string(), "{answered:?}");
    Ok(())
}

#[tokio::test]
async fn an_event_nobody_handles_is_ignored_answered_or_fatal_as_the_server_wishes() -> Result {
    let with = |policy| SocketIo::builder().namespace(Bare).unhandled(policy);
    let connect = async |builder| -> Result<Socket> {
        let browser = Browser::websocket(serve(builder).await?);
        Ok(browser.connect("/", None).await)
    };
    for builder in [SocketIo::builder().namespace(Bare), with(Unhandled::Ignore)] {
        let anna = connect(builder).await?;
        let id = anna.emit_with_id("no such event", ());
        anna.expect_no_ack(id, "fail").await;
    }

    let anna = connect(with(Unhandled::Acknowledge)).await?;
    let none: [Value; 0] = [];
    assert_eq!(answer(&anna, "no such event", (1, 2)).await, none);

    let anna = connect(with(Unhandled::AnswerError)).await?;
    // Methods are not events, and the lifecycle is not to be had by its name.
    for event in ["no such event", "connect", "on_fail", "error", "*", ""] {
        let error = json!({ "error": format!("no handler for the event `{event}`") });
        assert_eq!(answer(&anna, event, ()).await, [error]);
    }

    let anna = connect(with(Unhandled::Disconnect)).await?;
    assert_eq!(answer(&anna, "fail", ("not",)).await, ["fine"]);
    anna.emit("no such event", ());
    anna.expect_disconnect().await;
    Ok(())
}

#[tokio::test]
async fn an_error_that_panics_when_it_is_shown_does_not_stop_the_line() -> Result {
    // For this thread, which everything in this test runs on.
    let _journal = tracing::subscriber::set_default(Journal);
    let (left, mut leaving) = mpsc::unbounded_channel();
    let address = serve(SocketIo::builder().namespace(Speechless { left })).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let refused = browser.connect_refused("/speechless", json!(true)).await;
        assert_eq!(refused.message, "internal error");

        let client = browser.connect("/speechless", None).await;
        for event in ["hidden", "cause", "public", "beside"] {
            client.emit(event, ());
            assert_eq!(answer(&client, "fine", ()).await, ["fine"]);
        }
        // Here it is the handler that panics.
        let internal = [json!({ "error": "internal error" })];
        assert_eq!(answer(&client, "public", ()).await, internal);
        client.disconnect();
        let reason = deadline("on_disconnect", leaving.recv()).await;
        assert_eq!(reason, Some(DisconnectReason::ClientDisconnect));

        // Its place is free again.
        let again = client.connection().connect("/speechless", None).await;
        let again = again.expect("let in");
        assert_eq!(answer(&again, "fine", ()).await, ["fine"]);
        again.close().await;
        let reason = deadline("on_disconnect", leaving.recv()).await;
        assert_eq!(reason, Some(DisconnectReason::TransportClose));
    }
    Ok(())
}
