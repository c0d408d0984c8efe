//! Step 7 over the wire: what the tests in memory leave out, the program as a whole.

use serde_json::json;
use tests::{
    Client, Program,
    http::{self, Request, Response},
};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-7")).await
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

#[tokio::test]
async fn who_has_logged_in_chats_under_that_nickname_once() {
    let chat = start().await;
    let cookie = log_in(&chat, "anna").await;
    let client = Client::polling(chat.address()).header("Cookie", &cookie);
    let anna = client.connect("/chat", None).await;
    anna.call("join", ["tea"]).await;
    anna.expect("history").await;
    anna.expect("joined").await;
    anna.call("say", ["tea", "hello"]).await;
    let said = json!({ "room": "tea", "from": "anna", "text": "hello" });
    assert_eq!(anna.expect("said").await, [said]);

    let refused = client.connect_refused("/chat", None).await;
    assert_eq!(refused.message, "anna is here already");
}
