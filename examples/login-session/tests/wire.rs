//! Pages and chat share a session: over HTTP and over the wire.

use serde_json::{Value, json};
use tests::{
    Client, Program,
    http::{self, Request},
};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_login-session")).await
}

/// Posts a form; the cookie of the session afterwards.
async fn post(program: &Program, path: &str, cookie: &str, form: &str) -> (u16, String) {
    let request = Request::post(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Cookie", cookie)
        .body(form.to_owned())
        .expect("a request");
    let answer = http::request(program.address(), request).await;
    let cookie = answer.headers().get("set-cookie");
    let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    (
        answer.status().as_u16(),
        cookie.unwrap_or_default().to_owned(),
    )
}

async fn get(program: &Program, path: &str, cookie: &str) -> String {
    let request = Request::get(path).header("Cookie", cookie);
    let request = request.body(String::new()).expect("a request");
    http::request(program.address(), request).await.into_body()
}

fn both(program: &Program) -> [Client; 2] {
    [
        Client::websocket(program.address()),
        Client::polling(program.address()),
    ]
}

#[tokio::test]
async fn who_has_not_logged_in_stays_outside() {
    let program = start().await;
    for client in both(&program) {
        let refused = client.connect_refused("/chat", Value::Null).await;
        assert_eq!(refused.message, "log in first");
    }
    let (status, _) = post(&program, "/login", "", "name=+").await;
    assert_eq!(status, 400, "an answer that says what is missing");
    assert_eq!(get(&program, "/present", "").await, "0");
}

#[tokio::test]
async fn who_has_logged_in_chats_under_that_name() {
    let program = start().await;
    let (status, cookie) = post(&program, "/login", "", "name=Anna").await;
    assert_eq!(status, 303);
    for (n, client) in both(&program).into_iter().enumerate() {
        let chat = client
            .header("Cookie", &cookie)
            .connect("/chat", Value::Null)
            .await;
        assert_eq!(chat.expect("welcome").await, ["Anna"]);
        assert_eq!(chat.call("say", ("hello",)).await.only(), n + 1);
        assert_eq!(chat.expect("said").await, ["Anna", "hello"]);
        // What an event has written, a page reads.
        assert_eq!(get(&program, "/said", &cookie).await, (n + 1).to_string());
    }
}

#[tokio::test]
async fn who_logs_out_on_a_page_is_out_of_the_chat() {
    let program = start().await;
    let (_, cookie) = post(&program, "/login", "", "name=Bert").await;
    let client = Client::websocket(program.address()).header("Cookie", &cookie);
    let chat = client.connect("/chat", Value::Null).await;
    assert_eq!(chat.call("say", ("hello",)).await.only(), 1);

    post(&program, "/logout", &cookie, "").await;
    let answer = chat.call("say", ("still here?",)).await.only();
    assert_eq!(answer, json!({ "error": "you have logged out" }));
    chat.expect_disconnect().await;
    let refused = client.connect_refused("/chat", Value::Null).await;
    assert_eq!(refused.message, "log in first");
}
