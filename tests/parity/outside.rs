//! Sending from outside the handlers: tasks and routes.

use axum::{Router, extract::State, routing::post};
use hobnob::prelude::*;
use serde_json::{Value, json};
use tests::{
    Client as Browser,
    http::{self, Request, StatusCode},
};

use crate::{fixture::Application, stage::serve_app};

/// `test_background_task`. The task broadcasts through the client, which waits if the client is not
/// connected yet. `socketio.of(..)`, in the original's place, reaches who is connected at that moment, and a
/// client is not before `on_connect` has let it in. So the task may run beside `on_connect`, on another
/// thread, and the client does not miss it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_on_connect_starts_reaches_the_client() -> Result {
    let app = Application::new().await?;
    for _ in 0..50 {
        let client = app.socketio.test_client().connect("/bgtest").await?;
        assert!(client.is_connected());
        client.expect::<()>("bgtest").await?;
        // Nothing of it is left, and nothing else came: what one client's task sends reaches others too.
        client.disconnect().await?;
        assert_eq!(client.received(), []);
    }
    Ok(())
}

/// Further behaviour 20: from a task of the server.
#[tokio::test(start_paused = true)]
async fn a_task_of_the_server_reaches_everybody_in_a_namespace() -> Result {
    let app = Application::new().await?;
    let (one, two) = (app.client("/test").await?, app.client("/test").await?);
    let other = app.client("/").await?;
    let socketio = app.socketio.clone();
    app.socketio.spawn(async move {
        let _ = socketio.of("/test").emit("news", json!({ "a": "b" })).await;
    });
    for client in [one, two] {
        let news: Value = client.expect("news").await?;
        assert_eq!(news, json!({ "a": "b" }));
    }
    other.expect_none().await?;
    Ok(())
}

/// Further behaviour 20: from a route.
#[tokio::test]
async fn a_route_reaches_everybody_in_a_namespace() -> Result {
    async fn publish(State(socketio): State<SocketIo>, text: String) -> Result<(), String> {
        let sent = socketio.of("/news").emit("headline", text).await;
        sent.map(drop).map_err(|error| error.to_string())
    }

    let socketio = SocketIo::builder().accept(["/news"]).build().await?;
    let app = Router::new().route("/publish", post(publish));
    let app = app.with_state(socketio.clone());
    let address = serve_app(&socketio, app).await?;

    let one = Browser::websocket(address).connect("/news", None).await;
    let two = Browser::polling(address).connect("/news", None).await;
    let request = Request::post("/publish").body("tea is ready".to_owned())?;
    let answer = http::request(address, request).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.body());
    for client in [one, two] {
        assert_eq!(client.expect("headline").await, ["tea is ready"]);
    }
    Ok(())
}
