//! The chat of two words over the wire: the program itself, and clients that say what its page says.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_nicknames")).await
}

async fn connect(chat: &Program) -> Socket {
    // A remark may be some seconds away.
    let patient = Client::websocket(chat.address()).patience(Duration::from_secs(30));
    patient.connect("/yo", None).await
}

async fn choose(client: &Socket, nickname: &str) -> Value {
    client.call("nickname", (nickname,)).await.only()
}

/// The next event, unless it is a remark: those may come at any time.
async fn hears(client: &Socket) -> (String, Value) {
    loop {
        let heard = client.next_event().await;
        if heard.event != "remark" {
            return (heard.event.clone(), heard.only());
        }
    }
}

async fn sees(client: &Socket, nicknames: &[&str]) {
    assert_eq!(
        hears(client).await,
        ("nicknames".to_owned(), json!(nicknames))
    );
}

#[tokio::test]
async fn everybody_sees_who_comes_and_goes() {
    let chat = start().await;
    let anna = connect(&chat).await;
    anna.emit("nicknames", ());
    sees(&anna, &[]).await;

    assert_eq!(choose(&anna, " anna ").await, "anna");
    sees(&anna, &["anna"]).await;

    let bert = connect(&chat).await;
    bert.emit("nicknames", ());
    sees(&bert, &["anna"]).await;
    assert_eq!(choose(&bert, "Bert").await, "Bert");
    for client in [&anna, &bert] {
        sees(client, &["Bert", "anna"]).await;
    }

    assert_eq!(choose(&bert, "bert").await, "bert");
    sees(&anna, &["anna", "bert"]).await;
    bert.abort().await;
    sees(&anna, &["anna"]).await;
}

#[tokio::test]
async fn a_nickname_is_one_client_s_and_neither_empty_nor_long() {
    let chat = start().await;
    let (anna, bert) = (connect(&chat).await, connect(&chat).await);
    assert_eq!(choose(&anna, "anna").await, "anna");
    assert_eq!(choose(&anna, "anna").await, "anna", "her own again");

    let length = json!({ "error": "a nickname has 1 to 24 characters" });
    assert_eq!(choose(&bert, " ").await, length);
    assert_eq!(choose(&bert, &"n".repeat(25)).await, length);
    let taken = json!({ "error": "anna is taken" });
    assert_eq!(choose(&bert, "anna").await, taken);

    anna.disconnect();
    sees(&bert, &["anna"]).await;
    sees(&bert, &["anna"]).await;
    sees(&bert, &[]).await;
    assert_eq!(choose(&bert, "anna").await, "anna");
}

#[tokio::test]
async fn yo_reaches_everybody_and_is_answered_oohyeah() {
    let chat = start().await;
    let (anna, bert) = (connect(&chat).await, connect(&chat).await);

    let refused = anna.call("yo", ()).await.only();
    assert_eq!(refused, json!({ "error": "choose a nickname first" }));

    choose(&anna, "anna").await;
    assert_eq!(anna.call("yo", ()).await.only(), "oohyeah");
    for client in [&anna, &bert] {
        sees(client, &["anna"]).await;
        assert_eq!(hears(client).await, ("yo".to_owned(), json!("anna")));
    }
}

#[tokio::test]
async fn a_remark_is_for_one_client() {
    let chat = start().await;
    let (anna, bert) = (connect(&chat).await, connect(&chat).await);
    let (remark, other) = tokio::select! {
        remark = anna.expect("remark") => (remark, &bert),
        remark = bert.expect("remark") => (remark, &anna),
    };
    assert!(remark[0].is_string(), "{remark:?}");
    other.expect_nothing_until_ack("yo").await;
}
