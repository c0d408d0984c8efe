//! The demo over the wire: the program itself, and clients that say what its page says.

use std::time::Duration;

use serde_json::json;
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_flask-demo")).await
}

async fn connect(demo: &Program) -> Socket {
    let client = Client::websocket(demo.address()).connect("/test", None);
    let client = client.await;
    responds(&client, 0, "Connected").await;
    client
}

/// The next event is this response.
async fn responds(client: &Socket, count: u64, data: &str) {
    let response = client.next_event().await;
    assert_eq!(response.event, "my_response");
    assert_eq!(response.only(), json!({ "count": count, "data": data }));
}

#[tokio::test]
async fn each_client_has_a_count_of_its_own() {
    let demo = start().await;
    let (anna, bert) = (connect(&demo).await, connect(&demo).await);

    anna.emit("my_event", (json!({ "data": "one" }),));
    responds(&anna, 1, "one").await;
    anna.emit("my_event", (json!({ "data": "two" }),));
    responds(&anna, 2, "two").await;
    bert.emit("my_event", (json!({ "data": "three" }),));
    responds(&bert, 1, "three").await;

    anna.emit("my_broadcast_event", (json!({ "data": "to all" }),));
    for client in [&anna, &bert] {
        responds(client, 3, "to all").await;
    }
}

#[tokio::test]
async fn rooms_are_joined_left_and_closed() {
    let demo = start().await;
    let (anna, bert) = (connect(&demo).await, connect(&demo).await);
    let to_tea = json!({ "room": "tea", "data": "hello" });

    anna.emit("join", (json!({ "room": "tea" }),));
    responds(&anna, 1, "In rooms: tea").await;
    anna.emit("join", (json!({ "room": "coffee" }),));
    responds(&anna, 2, "In rooms: coffee, tea").await;

    // From outside, and not back to the sender.
    bert.emit("my_room_event", (&to_tea,));
    responds(&anna, 1, "hello").await;

    anna.emit("leave", (json!({ "room": "coffee" }),));
    responds(&anna, 3, "In rooms: tea").await;
    anna.emit("close_room", (json!({ "room": "tea" }),));
    responds(&anna, 4, "Room tea is closing.").await;
    anna.emit("my_room_event", (&to_tea,));
    anna.emit("my_event", (json!({ "data": "nobody heard it" }),));
    responds(&anna, 6, "nobody heard it").await;

    let refused = bert.call("join", (json!({ "room": "~tea" }),)).await;
    assert!(refused.only()["error"].is_string());
    bert.emit("my_event", (json!({ "data": "here" }),));
    responds(&bert, 2, "here").await;
}

#[tokio::test]
async fn a_ping_is_answered_and_a_client_may_ask_to_be_disconnected() {
    let mut demo = start().await;
    let anna = connect(&demo).await;

    anna.emit("my_ping", ());
    assert_eq!(anna.expect("my_pong").await.len(), 0);

    anna.emit("disconnect_request", ());
    responds(&anna, 1, "Disconnected!").await;
    anna.expect_disconnect().await;
    demo.prints("server disconnect").await;
}

#[tokio::test]
async fn the_server_counts_every_ten_seconds() {
    let demo = start().await;
    let patient = Client::websocket(demo.address()).patience(Duration::from_secs(30));
    let anna = patient.connect("/test", None).await;
    responds(&anna, 0, "Connected").await;
    responds(&anna, 1, "Server generated event").await;
}
