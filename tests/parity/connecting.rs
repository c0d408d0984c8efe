//! Who is let in, with what in the request, and what is seen when a client leaves.

use hobnob::{TestError, prelude::*};
use serde_json::json;

use crate::{fixture::Application, greeting::greeting, stage::received};

/// `test_connect`. The id that must differ is the public one here.
#[tokio::test(start_paused = true)]
async fn two_clients_connect_and_are_greeted_and_one_leaves_without_the_other() -> Result {
    let app = Application::new().await?;
    let visitor = app.socketio.test_client().auth(json!({ "foo": "bar" }));
    let (one, two) = (visitor.connect("/").await?, visitor.connect("/").await?);
    assert!(one.is_connected() && two.is_connected());
    assert_ne!(one.sid(), two.sid());
    // Three messages, and nothing of what went to the room that nobody is in.
    assert_eq!(received(&one).await, greeting("connected", "{}", "{}"));
    assert_eq!(received(&two).await, greeting("connected", "{}", "{}"));

    one.disconnect().await?;
    assert!(!one.is_connected() && two.is_connected());
    two.disconnect().await?;
    assert!(!two.is_connected());
    Ok(())
}

/// `test_connect_query_string_and_headers`. The names of headers have no case in HTTP: here they are in
/// small letters, there in the spelling of the WSGI server.
#[tokio::test(start_paused = true)]
async fn on_connect_sees_query_and_headers() -> Result {
    let app = Application::new().await?;
    let visitor = app.socketio.test_client().query("?foo=bar&foo=baz");
    let visitor = visitor.header("Authorization", "Bearer foobar");
    let visitor = visitor.auth(json!({ "foo": "bar" }));
    let expected = greeting(
        "connected",
        r#"{"foo":["bar","baz"]}"#,
        r#"{"authorization":"Bearer foobar"}"#,
    );
    assert_eq!(received(&visitor.connect("/").await?).await, expected);
    Ok(())
}

/// `test_connect_namespace`
#[tokio::test(start_paused = true)]
async fn a_client_connects_to_another_namespace_without_the_root() -> Result {
    let app = Application::new().await?;
    let client = app.socketio.test_client().connect("/test").await?;
    assert!(client.is_connected());
    let greeted = received(&client).await;
    assert_eq!(greeted, greeting("connected-test", "{}", "{}"));
    assert!(app.socketio.of("/").clients().await?.is_empty());

    client.disconnect().await?;
    assert!(!client.is_connected());
    Ok(())
}

/// `test_connect_namespace_query_string_and_headers`
#[tokio::test(start_paused = true)]
async fn on_connect_of_a_namespace_sees_query_and_headers() -> Result {
    let app = Application::new().await?;
    let visitor = app.socketio.test_client().query("foo=bar");
    let visitor = visitor.header("My-Custom-Header", "Value");
    let expected = greeting(
        "connected-test",
        r#"{"foo":["bar"]}"#,
        r#"{"my-custom-header":"Value"}"#,
    );
    assert_eq!(received(&visitor.connect("/test").await?).await, expected);
    Ok(())
}

/// `test_connect_rejected`
#[tokio::test(start_paused = true)]
async fn a_client_that_on_connect_refuses_is_not_connected_and_is_told_why() -> Result {
    let app = Application::new().await?;
    let visitor = app.socketio.test_client().query("fail=1");
    let (nobody, visitor) = (visitor.clone(), visitor.auth(json!({ "foo": "bar" })));
    for (visitor, reason) in [
        (visitor, "failed!"),
        (nobody, "Connection rejected by server"),
    ] {
        match visitor.connect("/").await {
            Err(TestError::Refused { message, .. }) => assert_eq!(message, reason),
            other => panic!("{other:?}"),
        }
    }
    assert!(app.socketio.of("/").clients().await?.is_empty());
    Ok(())
}

/// `test_connect_class_based`
#[tokio::test(start_paused = true)]
async fn on_connect_of_a_class_greets() -> Result {
    let app = Application::new().await?;
    let client = app.socketio.test_client().connect("/ns").await?;
    let greeted = received(&client).await;
    assert_eq!(greeted, greeting("connected-ns", "{}", "{}"));
    Ok(())
}

/// `test_connect_class_based_query_string_and_headers`
#[tokio::test(start_paused = true)]
async fn on_connect_of_a_class_sees_query_and_headers() -> Result {
    let app = Application::new().await?;
    let visitor = app.socketio.test_client().query("foo=bar");
    let visitor = visitor.header("Authorization", "Basic foobar");
    let expected = greeting(
        "connected-ns",
        r#"{"foo":["bar"]}"#,
        r#"{"authorization":"Basic foobar"}"#,
    );
    assert_eq!(received(&visitor.connect("/ns").await?).await, expected);
    Ok(())
}

/// `test_disconnect`
#[tokio::test(start_paused = true)]
async fn on_disconnect_runs_when_a_client_leaves_and_is_told_the_reason() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    assert!(app.log.take().is_empty());
    client.disconnect().await?;
    assert_eq!(app.log.take(), ["left /: client disconnect"]);
    Ok(())
}

/// `test_disconnect_namespace`
#[tokio::test(start_paused = true)]
async fn on_disconnect_need_not_take_the_reason() -> Result {
    let app = Application::new().await?;
    app.client("/test").await?.disconnect().await?;
    assert_eq!(app.log.take(), ["left /test"]);
    Ok(())
}

/// `test_disconnect_class_based`
#[tokio::test(start_paused = true)]
async fn on_disconnect_of_a_class_need_not_take_the_reason() -> Result {
    let app = Application::new().await?;
    app.client("/ns").await?.disconnect().await?;
    assert_eq!(app.log.take(), ["left /ns"]);
    Ok(())
}

/// `test_server_disconnected`
#[tokio::test(start_paused = true)]
async fn a_handler_disconnects_its_client_and_no_other() -> Result {
    let app = Application::new().await?;
    let (one, two) = (app.client("/ns").await?, app.client("/ns").await?);
    one.emit("exit", json!({}))?;
    one.disconnected().await?;
    assert!(!one.is_connected() && two.is_connected());
    let sent = one.emit("hello", json!({}));
    assert!(
        matches!(sent, Err(TestError::Disconnected { .. })),
        "{sent:?}"
    );

    two.emit("exit", json!({}))?;
    two.disconnected().await?;
    assert!(!two.is_connected());
    let sent = two.emit("hello", json!({}));
    assert!(
        matches!(sent, Err(TestError::Disconnected { .. })),
        "{sent:?}"
    );
    Ok(())
}
