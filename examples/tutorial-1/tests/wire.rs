//! Step 1 over the wire: the program itself, and clients that say what its page says.

use tests::{
    Client, Program,
    http::{self, Request},
};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-1")).await
}

#[tokio::test]
async fn whatever_somebody_says_is_sent_to_everybody() {
    let chat = start().await;
    let anna = Client::websocket(chat.address())
        .connect("/chat", None)
        .await;
    let bert = Client::polling(chat.address()).connect("/chat", None).await;
    anna.emit("say", ["hello"]);
    for client in [&anna, &bert] {
        assert_eq!(client.expect("said").await, ["hello"]);
    }
}

async fn get(chat: &Program, path: &str) -> String {
    let request = Request::get(path).body(String::new()).expect("a request");
    let answer = http::request(chat.address(), request).await;
    assert_eq!(answer.status(), 200);
    answer.into_body()
}

#[tokio::test]
async fn the_page_is_served_with_the_script_from_the_web_or_from_a_file() {
    let page = get(&start().await, "/").await;
    assert!(page.contains(r#"io("/chat")"#), "{page}");
    assert!(page.contains(r#"src="https://cdn.socket.io/"#), "{page}");

    // Any text will do.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs");
    let program = env!("CARGO_BIN_EXE_tutorial-1");
    let chat = Program::start_with(program, &[("SOCKET_IO_CLIENT", file)]).await;
    let page = get(&chat, "/").await;
    assert!(page.contains(r#"src="/socket.io.min.js""#), "{page}");
    let script = get(&chat, "/socket.io.min.js").await;
    assert!(script.contains("struct Chat;"), "{script}");
}
