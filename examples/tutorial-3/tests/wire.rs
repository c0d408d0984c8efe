//! Step 3 over the wire: who comes in, who does not, who hears of it.

use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-3")).await
}

async fn enter(chat: &Program, nickname: &str) -> Socket {
    let login = json!({ "nickname": nickname });
    Client::websocket(chat.address())
        .connect("/chat", login)
        .await
}

async fn refused(chat: &Program, login: Value) -> String {
    let client = Client::websocket(chat.address());
    client.connect_refused("/chat", login).await.message
}

#[tokio::test]
async fn a_message_says_who_it_is_from() {
    let chat = start().await;
    let anna = enter(&chat, " anna ").await;
    assert_eq!(anna.call("say", ["hello"]).await.only(), 1);
    let said = json!({ "from": "anna", "text": "hello" });
    assert_eq!(anna.expect("said").await, [said]);
}

#[tokio::test]
async fn the_others_hear_who_comes_and_who_goes() {
    let mut chat = start().await;
    let anna = enter(&chat, "anna").await;
    let bert = enter(&chat, "bert").await;
    assert_eq!(anna.expect("came").await, ["bert"]);
    let cleo = enter(&chat, "cleo").await;
    for client in [&anna, &bert] {
        assert_eq!(client.expect("came").await, ["cleo"]);
    }
    bert.disconnect();
    cleo.close().await;
    let mut left = [anna.expect("left").await, anna.expect("left").await].concat();
    left.sort_by_key(ToString::to_string);
    assert_eq!(left, ["bert", "cleo"]);

    anna.abort().await;
    chat.prints("anna left: transport error").await;
}

#[tokio::test]
async fn a_nickname_is_one_client_s_and_neither_empty_nor_long() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    let login = |nickname: &str| json!({ "nickname": nickname });
    assert_eq!(refused(&chat, login("anna ")).await, "anna is taken");
    for nickname in [" ", &"n".repeat(25)] {
        let reason = refused(&chat, login(nickname)).await;
        assert_eq!(reason, "a nickname has 1 to 24 characters");
    }
    assert_eq!(
        refused(&chat, json!({})).await,
        "auth: missing field `nickname`"
    );
    // Nobody has heard of those who were refused, and the nickname of who has gone is free.
    let bert = enter(&chat, "bert").await;
    assert_eq!(anna.expect("came").await, ["bert"]);
    anna.disconnect();
    assert_eq!(bert.expect("left").await, ["anna"]);
    enter(&chat, "anna").await;
}
