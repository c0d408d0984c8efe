//! Announcements over the wire: the program itself, its routes, its terminal, and clients.

use serde_json::{Value, json};
use tests::{
    Client, Program, Socket,
    http::{self, Request},
};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_http-emit")).await
}

async fn connect(program: &Program) -> Socket {
    Client::websocket(program.address())
        .connect("/news", None)
        .await
}

async fn post(program: &Program, path: &str, content_type: &str, body: &str) -> (u16, String) {
    let request = Request::post(path).header("Content-Type", content_type);
    let request = request.body(body.to_owned()).expect("a request");
    let answer = http::request(program.address(), request).await;
    (answer.status().as_u16(), answer.into_body())
}

async fn post_json(program: &Program, path: &str, body: &Value) -> (u16, Value) {
    let (status, body) = post(program, path, "application/json", &body.to_string()).await;
    (status, serde_json::from_str(&body).expect("JSON"))
}

async fn hears(client: &Socket, text: &str) {
    let announced = client.expect("announcement").await;
    assert_eq!(announced, [json!({ "text": text })]);
}

#[tokio::test]
async fn a_form_or_json_reaches_everybody() {
    let program = start().await;
    let nobody = post_json(&program, "/announce", &json!({ "text": "hello?" })).await;
    assert_eq!(nobody, (200, json!({ "reached": 0 })));

    let clients = [connect(&program).await, connect(&program).await];
    let two = post_json(&program, "/announce", &json!({ "text": "lunch" })).await;
    assert_eq!(two, (200, json!({ "reached": 2 })));
    let form = "application/x-www-form-urlencoded";
    let two = post(&program, "/announce", form, "text=more+lunch").await;
    assert_eq!(two, (200, r#"{"reached":2}"#.to_owned()));
    for client in &clients {
        hears(client, "lunch").await;
        hears(client, "more lunch").await;
    }
}

#[tokio::test]
async fn a_room_is_reached_by_its_members() {
    let program = start().await;
    let (anna, bert) = (connect(&program).await, connect(&program).await);
    assert_eq!(anna.call("join", ("tea",)).await.args.len(), 0);
    let text = json!({ "text": "tea" });

    let one = post_json(&program, "/rooms/tea", &text).await;
    assert_eq!(one, (200, json!({ "reached": 1 })));
    hears(&anna, "tea").await;
    bert.expect_nothing_until_ack("leave").await;

    anna.call("leave", ("tea",)).await;
    let none = post_json(&program, "/rooms/tea", &text).await;
    assert_eq!(none, (200, json!({ "reached": 0 })));
}

#[tokio::test]
async fn what_cannot_be_announced_is_an_error() {
    let program = start().await;
    for path in ["/announce", "/rooms/tea"] {
        let empty = post_json(&program, path, &json!({ "text": " " })).await;
        assert_eq!(empty, (400, json!({ "error": "a text, please" })));
        let (status, _) = post(&program, path, "application/json", "{}").await;
        assert_eq!(status, 422);
        let (status, _) = post(&program, path, "text/plain", "hello").await;
        assert_eq!(status, 415);
    }
    let (status, error) = post_json(&program, "/rooms/~tea", &json!({ "text": "tea" })).await;
    assert_eq!(status, 400);
    assert!(error["error"].is_string(), "{error}");
}

#[tokio::test]
async fn what_is_typed_in_the_terminal_is_announced_by_a_thread() {
    let mut program = start().await;
    let clients = [connect(&program).await, connect(&program).await];
    program.type_line("from the terminal").await;
    for client in &clients {
        hears(client, "from the terminal").await;
    }
    program.prints("announced to 2 clients").await;
    program.type_line("").await;
    program.prints("not announced: a text, please").await;
}
