//! What a handler returns is the acknowledgement; so is what an error handler returns. What is sent is a
//! copy, made at that moment.

use axum::Router;
use hobnob::{Received, TestError, prelude::*};
use serde_json::{Value, json};
use tests::Client as Browser;

use crate::{
    fixture::{Application, not_serializable},
    stage::{received, serve_app},
};

/// `test_ack`. A function in Rust returns one type: where the original returns a text or nothing, here it
/// is an `Option`, and its `None` is one `null`. Without any value is what returns `()`.
#[tokio::test(start_paused = true)]
async fn what_a_handler_returns_is_the_acknowledgement() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    let text = "echo this message back";
    assert_eq!(client.call::<String>("message", text).await?, text);
    let data = json!({ "a": "b" });
    assert_eq!(client.call::<Value>("json", &data).await?, data);
    let answer: Value = client.call("my custom event", &data).await?;
    assert_eq!(answer, data);

    let nothing: Value = client.call("message", "test noackargs").await?;
    assert_eq!(nothing, Value::Null);
    // It is acknowledged, and there is nothing to decode in it.
    let room = json!({ "room": "one" });
    client.call::<()>("join room", &room).await?;
    let empty = client.call::<Value>("join room", &room).await;
    assert!(matches!(empty, Err(TestError::Decode { .. })), "{empty:?}");
    Ok(())
}

/// `test_noack`
#[tokio::test]
async fn who_does_not_ask_is_not_answered() -> Result {
    let app = Application::new().await?;
    let address = serve_app(&app.socketio, Router::new()).await?;
    let connection = Browser::websocket(address).open().await;
    connection.send_raw(r#"40{"foo":"bar"}"#);
    for _ in ["accepted", "connected", "query", "headers"] {
        connection.recv_raw().await;
    }
    // All that comes are the echoes, to the acknowledgement of the event that asks for one.
    for (sent, echo) in [
        (r#"["message","test noackargs"]"#, None),
        (r#"["message","text"]"#, None),
        (r#"["json",{"noackargs":true}]"#, None),
        (
            r#"["my custom event",{"noackargs":true}]"#,
            Some(r#"["my custom response",{"noackargs":true}]"#),
        ),
        (
            r#"["my custom event",{}]"#,
            Some(r#"["my custom response",{}]"#),
        ),
    ] {
        connection.send_raw(format!("42{sent}"));
        let came = connection.recv_raw().await;
        assert_eq!(came, *format!("42{}", echo.unwrap_or(sent)));
    }
    connection.send_raw(r#"427["message","text"]"#);
    assert_eq!(connection.recv_raw().await, r#"42["message","text"]"#);
    assert_eq!(connection.recv_raw().await, r#"437["text"]"#);
    Ok(())
}

/// `test_encode_decode`
#[tokio::test(start_paused = true)]
async fn what_a_client_sends_is_encoded_when_it_is_sent() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    let unsent = client.emit("my custom event", not_serializable());
    assert!(
        matches!(unsent, Err(TestError::Emit(EmitError::Serialize(_)))),
        "{unsent:?}"
    );

    let mut data = json!({ "foo": "bar" });
    let answer: Value = client.call("my custom event", &data).await?;
    data["foo"] = "baz".into();
    assert_eq!(answer, json!({ "foo": "bar" }));
    let response = Received::new("my custom response", json!({ "foo": "bar" }));
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// `test_encode_decode_2`. The error of the handler does not come out at the client that sent the event, as
/// it does in the original's test client: the client is answered, as every failed event is.
#[tokio::test(start_paused = true)]
async fn what_a_handler_sends_is_encoded_when_it_is_sent() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    for event in ["bad response", "bad callback"] {
        let answer: Value = client.call(event, ()).await?;
        assert_eq!(answer, json!({ "error": "internal error" }), "{event}");
    }
    assert_eq!(received(&client).await, []);

    let answer: Value = client.call("changing response", ()).await?;
    assert_eq!(answer, json!({ "foo": "baz" }));
    let response = Received::new("my custom response", json!({ "foo": "bar" }));
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// What the error handlers have noted after the event that fails, and what it was answered with.
async fn after_an_error(namespace: &str) -> Result<(Vec<String>, String)> {
    let app = Application::new().await?;
    let client = app.client(namespace).await?;
    let answer = client.call("error testing", "").await?;
    assert!(client.is_connected());
    Ok((app.log.take(), answer))
}

/// `test_error_handling`
#[tokio::test(start_paused = true)]
async fn an_error_goes_to_the_error_handler_of_the_root() -> Result {
    let (log, _) = after_an_error("/").await?;
    assert_eq!(log, ["error handler of /"]);
    Ok(())
}

/// `test_error_handling_namespace`
#[tokio::test(start_paused = true)]
async fn an_error_goes_to_the_error_handler_of_its_namespace() -> Result {
    let (log, _) = after_an_error("/test").await?;
    assert_eq!(log, ["error handler of /test"]);
    Ok(())
}

/// `test_error_handling_default`
#[tokio::test(start_paused = true)]
async fn an_error_goes_to_the_default_handler_where_the_namespace_has_none() -> Result {
    let (log, _) = after_an_error("/unused_namespace").await?;
    assert_eq!(log, ["error handler of default"]);
    Ok(())
}

/// `test_error_handling_ack`
#[tokio::test(start_paused = true)]
async fn what_an_error_handler_returns_is_the_acknowledgement() -> Result {
    for (namespace, expected) in [
        ("/", "error"),
        ("/test", "error/test"),
        ("/unused_namespace", "error/default"),
    ] {
        assert_eq!(after_an_error(namespace).await?.1, expected);
    }
    Ok(())
}
