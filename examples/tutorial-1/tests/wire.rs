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

#[tokio::test]
async fn the_page_is_served() {
    let chat = start().await;
    let request = Request::get("/").body(String::new()).expect("a request");
    let page = http::request(chat.address(), request).await;
    assert_eq!(page.status(), 200);
    assert!(page.body().contains(r#"io("/chat")"#), "{}", page.body());
}
