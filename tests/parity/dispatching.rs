//! Further behaviours of the way from an event to its handler.

use hobnob::{
    TestError,
    middleware::{Answer, Next, Trigger},
    prelude::*,
};
use serde_json::{Value, json};
use tests::Client as Browser;

use crate::stage::{Log, serve};

struct Chat;

#[namespace("/chat")]
impl Chat {
    fn on_one(&self) -> &'static str {
        "method"
    }

    fn on_two(&self) -> &'static str {
        "method"
    }
}

/// Further behaviour 13
#[tokio::test(start_paused = true)]
async fn a_function_comes_before_the_method_for_the_same_event() -> Result {
    let builder = SocketIo::builder().namespace(Chat);
    let socketio = builder.on("/chat", "one", || "function").build().await?;
    let client = socketio.test_client().connect("/chat").await?;
    assert_eq!(client.call::<String>("one", ()).await?, "function");
    assert_eq!(client.call::<String>("two", ()).await?, "method");
    Ok(())
}

/// Further behaviour 14. A class of the original acknowledges what it has no method for, and the client
/// takes it for done. Here nobody answers, as in Node, unless an option says otherwise.
#[tokio::test(start_paused = true)]
async fn an_event_without_a_method_is_not_acknowledged_unless_an_option_says_so() -> Result {
    let socketio = SocketIo::builder().namespace(Chat).build().await?;
    let client = socketio.test_client().connect("/chat").await?;
    let answer = client.call::<()>("three", ()).await;
    assert!(
        matches!(answer, Err(TestError::Timeout { .. })),
        "{answer:?}"
    );
    assert!(client.is_connected());

    let builder = SocketIo::builder().namespace(Chat);
    let builder = builder.unhandled(Unhandled::Acknowledge);
    let client = builder
        .build()
        .await?
        .test_client()
        .connect("/chat")
        .await?;
    client.call::<()>("three", ()).await?;
    Ok(())
}

/// Further behaviour 15. The text is that of Node; the original says `Unable to connect`, in a form in which
/// the JavaScript client finds no text.
#[tokio::test]
async fn an_unknown_namespace_is_refused_and_the_connection_stays() -> Result {
    let address = serve(SocketIo::builder().namespace(Chat)).await?;
    let connection = Browser::websocket(address).open().await;
    for namespace in ["/nope", "/"] {
        let refused = connection.connect(namespace, None).await;
        let refused = refused.expect_err("let in");
        assert_eq!(refused.data, json!({ "message": "Invalid namespace" }));
    }
    let chat = connection
        .connect("/chat", None)
        .await
        .map_err(Error::public)?;
    assert_eq!(chat.call("one", ()).await.only(), "method");
    Ok(())
}

/// Further behaviour 16. What overrides `trigger_event` there is a middleware here.
#[tokio::test(start_paused = true)]
async fn a_middleware_sees_connect_and_disconnect_and_every_event() -> Result {
    let log = Log::default();
    let seen = log.clone();
    let see = move |trigger: Trigger, next: Next| {
        seen.note(format!(
            "{} {}",
            trigger.event(),
            Value::from(trigger.args().to_json())
        ));
        next.run(trigger)
    };
    let builder = SocketIo::builder()
        .namespace(Chat)
        .middleware_at("/chat", see);
    let socketio = builder.accept(["/"]).build().await?;
    let visitor = socketio.test_client().auth(json!({ "a": 1 }));
    let client = visitor.connect("/chat").await?;
    client.call::<()>("one", (1, 2)).await?;
    client.emit("three", ())?;
    client.disconnect().await?;
    // Nothing of another namespace.
    visitor.connect("/").await?.disconnect().await?;
    let expected = [
        r#"connect [{"a":1}]"#,
        "one [1,2]",
        "three []",
        "disconnect []",
    ];
    assert_eq!(log.take(), expected);
    Ok(())
}

/// Further behaviour 16: it decides, too.
#[tokio::test(start_paused = true)]
async fn a_middleware_may_answer_in_place_of_the_handler() -> Result {
    let builder = SocketIo::builder().namespace(Chat);
    let socketio =
        builder.middleware_at(
            "/chat",
            async |trigger: Trigger, next: Next| match &*trigger.event() {
                "one" => Answer::new("middleware"),
                _ => next.run(trigger).await,
            },
        );
    let client = socketio
        .build()
        .await?
        .test_client()
        .connect("/chat")
        .await?;
    assert_eq!(client.call::<String>("one", ()).await?, "middleware");
    assert_eq!(client.call::<String>("two", ()).await?, "method");
    Ok(())
}

/// Further behaviour 25. Rust has no methods that are inherited. What several classes have in common is a
/// function that each of their namespaces is given, or one class that is mounted at each of their paths.
#[tokio::test(start_paused = true)]
async fn what_classes_have_in_common_is_a_function_or_a_class_at_several_paths() -> Result {
    let who = |client: Client| client.namespace().path().to_owned();

    let socketio = SocketIo::builder()
        .namespace(Chat)
        .namespace_at("/annex", Chat)
        .on("/chat", "who", who)
        .on("/annex", "who", who);
    let socketio = socketio.build().await?;
    for namespace in ["/chat", "/annex"] {
        let client = socketio.test_client().connect(namespace).await?;
        assert_eq!(client.call::<String>("who", ()).await?, namespace);
        assert_eq!(client.call::<String>("one", ()).await?, "method");
    }
    Ok(())
}
