//! Step 6 over the wire: who is logged in may chat and announce, who is not may not.

use serde_json::{Value, json};
use tests::{
    Client, Program, Socket,
    http::{self, Request, Response},
};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-6")).await
}

async fn post(chat: &Program, path: &str, cookie: &str, body: &str) -> Response<String> {
    let request = Request::post(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Cookie", cookie)
        .body(body.to_owned())
        .expect("a request");
    http::request(chat.address(), request).await
}

/// Logs in; the cookie.
async fn log_in(chat: &Program, nickname: &str) -> String {
    let form = format!("nickname={nickname}&password=open+sesame");
    let answer = post(chat, "/login", "", &form).await;
    assert_eq!(answer.status(), 200, "{}", answer.body());
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    cookie.split(';').next().expect("a cookie").to_owned()
}

fn client(chat: &Program, cookie: &str) -> Client {
    Client::polling(chat.address()).header("Cookie", cookie)
}

async fn enter(chat: &Program, nickname: &str) -> Socket {
    let cookie = log_in(chat, nickname).await;
    client(chat, &cookie).connect("/chat", None).await
}

fn error(answer: &Response<String>) -> (u16, Value) {
    let body = serde_json::from_str(answer.body()).expect("JSON");
    (answer.status().as_u16(), body)
}

#[tokio::test]
async fn who_has_not_logged_in_stays_outside() {
    let chat = start().await;
    for client in [
        Client::websocket(chat.address()),
        Client::polling(chat.address()),
    ] {
        let refused = client.connect_refused("/chat", None).await;
        assert_eq!(refused.message, "log in first");
    }
    let answer = post(&chat, "/announce", "", "tea at five").await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.body(), "log in first");
}

#[tokio::test]
async fn a_login_takes_a_nickname_and_the_password() {
    let chat = start().await;
    for (form, reason) in [
        ("nickname=anna&password=sesame", "that is not the password"),
        (
            "nickname=+&password=open+sesame",
            "a nickname has 1 to 24 characters",
        ),
    ] {
        let answer = post(&chat, "/login", "", form).await;
        assert_eq!(error(&answer), (400, json!({ "error": reason })));
        assert!(!answer.headers().contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn who_has_logged_in_chats_under_that_nickname_once() {
    let chat = start().await;
    let cookie = log_in(&chat, "anna").await;
    let anna = client(&chat, &cookie).connect("/chat", None).await;
    anna.call("join", ["tea"]).await;
    anna.expect("history").await;
    anna.expect("joined").await;
    anna.call("say", ["tea", "hello"]).await;
    let said = json!({ "room": "tea", "from": "anna", "text": "hello" });
    assert_eq!(anna.expect("said").await, [said]);

    let refused = client(&chat, &cookie).connect_refused("/chat", None).await;
    assert_eq!(refused.message, "anna is here already");
}

#[tokio::test]
async fn an_announcement_reaches_everybody_in_whatever_room() {
    let chat = start().await;
    let cookie = log_in(&chat, "anna").await;
    let anna = client(&chat, &cookie).connect("/chat", None).await;
    let bert = enter(&chat, "bert").await;
    let answer = post(&chat, "/announce", &cookie, "tea at five").await;
    assert_eq!(answer.status(), 200);
    let announced = json!({ "by": "anna", "text": "tea at five" });
    for client in [&anna, &bert] {
        assert_eq!(client.expect("announced").await[0], announced);
    }
    let answer = post(&chat, "/announce", &cookie, "").await;
    let reason = "an announcement has 1 to 500 characters";
    assert_eq!(error(&answer), (400, json!({ "error": reason })));
}

#[tokio::test]
async fn who_has_logged_out_is_not_let_in_again() {
    let chat = start().await;
    let cookie = log_in(&chat, "anna").await;
    assert_eq!(post(&chat, "/logout", &cookie, "").await.status(), 200);
    let refused = client(&chat, &cookie).connect_refused("/chat", None).await;
    assert_eq!(refused.message, "log in first");
}
