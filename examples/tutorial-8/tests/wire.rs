//! Step 8 over the wire: the program, from its start to its end.

use std::process::Command;

use tests::{
    Client, Program, Socket,
    http::{self, Request, Response},
};

const CONFIG: [(&str, &str); 2] = [("CHAT_PASSWORD", "mellon"), ("CHAT_HTTPS", "yes")];

async fn start() -> Program {
    Program::start_with(env!("CARGO_BIN_EXE_tutorial-8"), &CONFIG).await
}

async fn log_in(chat: &Program, password: &str) -> Response<String> {
    let request = Request::post("/login")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("nickname=anna&password={password}"))
        .expect("a request");
    http::request(chat.address(), request).await
}

async fn enter(chat: &Program) -> Socket {
    let answer = log_in(chat, "mellon").await;
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("Secure"), "{cookie}");
    let client = Client::websocket(chat.address()).header("Cookie", cookie);
    client.connect("/chat", None).await
}

async fn health(chat: &Program) -> String {
    let request = Request::get("/health").body(String::new());
    let answer = http::request(chat.address(), request.expect("a request")).await;
    assert_eq!(answer.status(), 200);
    answer.into_body()
}

#[tokio::test]
async fn the_password_is_what_the_environment_says() {
    let chat = start().await;
    assert_eq!(log_in(&chat, "open+sesame").await.status(), 400);
    assert_eq!(health(&chat).await, "0 clients\n");
    let _anna = enter(&chat).await;
    assert_eq!(health(&chat).await, "1 clients\n");
}

#[test]
fn it_does_not_start_without_a_password() {
    for (name, value, reason) in [
        ("CHAT_PASSWORD", "", "CHAT_PASSWORD is not set"),
        ("CHAT_HTTPS", "maybe", "CHAT_HTTPS is yes or no, not maybe"),
    ] {
        let program = Command::new(env!("CARGO_BIN_EXE_tutorial-8"))
            .envs(CONFIG)
            .env(name, value)
            .output()
            .expect("the program starts");
        assert!(!program.status.success());
        let error = String::from_utf8_lossy(&program.stderr);
        assert_eq!(error, format!("Error: {reason}\n"));
    }
}

#[tokio::test]
async fn told_to_end_it_sees_everybody_off() {
    let mut chat = start().await;
    let anna = enter(&chat).await;
    chat.prints(r#"came in nickname="anna""#).await;
    chat.terminate().await;
    anna.expect_closed().await;
    chat.prints(r#"left nickname="anna" reason=server shutting down"#)
        .await;
    chat.prints("everybody has left").await;
    assert!(chat.ended().await.success());
}
