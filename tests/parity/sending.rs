//! Events: who handles them, and what comes back. `send` is the event `message` for text, `json` for JSON.

use hobnob::{Received, prelude::*};
use serde_json::json;

use crate::{fixture::Application, stage::received};

/// `test_send`
#[tokio::test(start_paused = true)]
async fn a_text_is_the_event_message() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    client.send("echo this message back")?;
    let echo = Received::new("message", "echo this message back");
    assert_eq!(received(&client).await, [echo]);
    Ok(())
}

/// `test_send_json`
#[tokio::test(start_paused = true)]
async fn json_is_the_event_json_and_a_broadcast_reaches_the_sender_too() -> Result {
    let app = Application::new().await?;
    let (one, two) = (app.client("/").await?, app.client("/").await?);
    one.send(json!({ "a": "b" }))?;
    let broadcast = [Received::new("json", json!({ "a": "b" }))];
    assert_eq!(received(&one).await, broadcast);
    assert_eq!(received(&two).await, broadcast);
    Ok(())
}

/// `test_send_namespace`
#[tokio::test(start_paused = true)]
async fn a_text_stays_in_its_namespace() -> Result {
    let app = Application::new().await?;
    let (client, root) = (app.client("/test").await?, app.client("/").await?);
    client.send("echo this message back")?;
    let echo = Received::of("echo this message back");
    assert_eq!(received(&client).await, [echo]);
    assert_eq!(received(&root).await, []);
    Ok(())
}

/// `test_send_json_namespace`. What a handler sends goes to its own namespace, so none has to be named.
#[tokio::test(start_paused = true)]
async fn json_stays_in_its_namespace() -> Result {
    let app = Application::new().await?;
    let (client, root) = (app.client("/test").await?, app.client("/").await?);
    client.send(json!({ "a": "b" }))?;
    let echo = Received::of(json!({ "a": "b" }));
    assert_eq!(received(&client).await, [echo]);
    assert_eq!(received(&root).await, []);
    Ok(())
}

/// `test_send_class_based`
#[tokio::test(start_paused = true)]
async fn on_message_of_a_class_handles_text() -> Result {
    let app = Application::new().await?;
    let client = app.client("/ns").await?;
    client.send("echo this message back")?;
    let echo = Received::of("echo this message back");
    assert_eq!(received(&client).await, [echo]);
    Ok(())
}

/// `test_send_json_class_based`
#[tokio::test(start_paused = true)]
async fn on_json_of_a_class_handles_json() -> Result {
    let app = Application::new().await?;
    let client = app.client("/ns").await?;
    client.send(json!({ "a": "b" }))?;
    let broadcast = Received::of(json!({ "a": "b" }));
    assert_eq!(received(&client).await, [broadcast]);
    Ok(())
}

/// `test_emit`
#[tokio::test(start_paused = true)]
async fn an_event_may_have_any_name() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    client.emit("my custom event", json!({ "a": "b" }))?;
    let response = Received::new("my custom response", json!({ "a": "b" }));
    assert_eq!(response.args().len(), 1);
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// `test_emit_binary`. The type of an argument says where bytes are: a `serde_json::Value`, which the
/// handler of the other tests takes, has no place for them.
#[tokio::test(start_paused = true)]
async fn bytes_within_an_object_go_both_ways() -> Result {
    #[derive(Deserialize, Serialize)]
    struct Data {
        a: Bytes,
    }

    let builder = SocketIo::builder().on("/", "my custom event", |client: Client, data: Data| {
        client.emit("my custom response", data)
    });
    let client = builder.build().await?.test_client().connect("/").await?;
    let data = || Data {
        a: Bytes::from_static(b"\x01\x02\x03"),
    };
    client.emit("my custom event", data())?;
    let came = received(&client).await;
    assert_eq!(came, [Received::new("my custom response", data())]);
    assert_eq!(came[0].args().len(), 1);
    assert_eq!(came[0].get::<Data>(0)?.a, data().a);
    Ok(())
}

/// `test_emit_catch_all_event`
#[tokio::test(start_paused = true)]
async fn an_event_that_nothing_else_handles_goes_to_the_catch_all() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    client.emit("random event", json!({ "a": "b" }))?;
    let both = ("random event", json!({ "a": "b" }));
    let response = Received::new("my catch-all response", both);
    // A tuple is as many arguments as it has elements.
    assert_eq!(response.args().len(), 2);
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// `test_send_catch_all_namespace`
#[tokio::test(start_paused = true)]
async fn a_function_for_all_namespaces_answers_in_the_namespace_of_the_client() -> Result {
    let app = Application::new().await?;
    let (client, other) = (app.client("/test").await?, app.client("/ns").await?);
    client.emit("wildcard", json!({ "a": "b" }))?;
    let response = Received::new("my wildcard response", json!({ "a": "b" }));
    assert_eq!(received(&client).await, [response]);
    assert_eq!(received(&other).await, []);
    Ok(())
}

/// `test_request_event_data`
#[tokio::test(start_paused = true)]
async fn a_handler_of_several_events_knows_which_one_came_with_which_arguments() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    client.call::<()>("other custom event", "foo").await?;
    assert_eq!(app.log.take(), [r#"other custom event ["foo"]"#]);
    client.call::<()>("and another custom event", "bar").await?;
    assert_eq!(app.log.take(), [r#"and another custom event ["bar"]"#]);
    Ok(())
}

/// `test_emit_namespace`
#[tokio::test(start_paused = true)]
async fn an_event_of_a_namespace_is_answered_there() -> Result {
    let app = Application::new().await?;
    let client = app.client("/test").await?;
    client.emit("my custom namespace event", json!({ "a": "b" }))?;
    let response = Received::new("my custom namespace response", json!({ "a": "b" }));
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// `test_on_event`. `on` of the builder is both the decorator and `on_event`.
#[tokio::test(start_paused = true)]
async fn a_function_that_is_written_elsewhere_is_given_to_the_builder() -> Result {
    let app = Application::new().await?;
    let client = app.client("/").await?;
    client.call::<()>("yet another custom event", "foo").await?;
    assert_eq!(app.log.take(), [r#"yet another custom event ["foo"]"#]);

    let client = app.client("/test").await?;
    client.emit("yet another custom namespace event", json!({ "a": "b" }))?;
    let response = Received::new("my custom namespace response", json!({ "a": "b" }));
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// `test_emit_class_based`
#[tokio::test(start_paused = true)]
async fn a_method_handles_the_event_of_its_name() -> Result {
    let app = Application::new().await?;
    let client = app.client("/ns").await?;
    client.emit("my_custom_event", json!({ "a": "b" }))?;
    let response = Received::new("my custom response", json!({ "a": "b" }));
    assert_eq!(received(&client).await, [response]);
    Ok(())
}

/// `test_request_event_data_class_based`
#[tokio::test(start_paused = true)]
async fn a_method_knows_which_event_came_with_which_arguments() -> Result {
    let app = Application::new().await?;
    let client = app.client("/ns").await?;
    client.call::<()>("other_custom_event", "foo").await?;
    assert_eq!(app.log.take(), [r#"other_custom_event ["foo"]"#]);
    Ok(())
}
