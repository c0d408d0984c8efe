//! Step 2 over the wire: what is answered, and how mistakes are.

use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-2")).await
}

async fn connect(chat: &Program) -> Socket {
    Client::websocket(chat.address())
        .connect("/chat", None)
        .await
}

async fn say(client: &Socket, message: Value) -> Value {
    client.call("say", [message]).await.only()
}

#[tokio::test]
async fn a_message_goes_to_everybody_and_is_answered_with_how_many_they_are() {
    let chat = start().await;
    let anna = connect(&chat).await;
    let hello = json!({ "from": "anna", "text": "hello" });
    assert_eq!(say(&anna, hello.clone()).await, 1);
    let bert = connect(&chat).await;
    assert_eq!(say(&anna, hello.clone()).await, 2);
    assert_eq!(bert.expect("said").await, [hello]);
}

#[tokio::test]
async fn a_message_that_is_empty_or_long_is_refused_with_the_reason() {
    let chat = start().await;
    let anna = connect(&chat).await;
    let refused = json!({ "error": "a message has 1 to 500 characters" });
    for text in ["", &"é".repeat(501)] {
        let message = json!({ "from": "anna", "text": text });
        assert_eq!(say(&anna, message).await, refused);
    }
    let message = json!({ "from": "anna", "text": "é".repeat(500) });
    assert_eq!(say(&anna, message).await, 1);
    anna.expect("said").await;
    anna.expect_nothing_until_ack("say").await;
}

#[tokio::test]
async fn what_is_no_message_is_answered_with_what_is_wrong_in_it() {
    let chat = start().await;
    let anna = connect(&chat).await;
    for (sent, error) in [
        (
            json!("hello"),
            r#"argument 1: invalid type: string "hello", expected struct Message"#,
        ),
        (
            json!({ "text": "hello" }),
            "argument 1: missing field `from`",
        ),
        (
            json!({ "from": "anna", "text": 5 }),
            "argument 1, `text`: invalid type: integer `5`, expected a string",
        ),
    ] {
        assert_eq!(say(&anna, sent).await, json!({ "error": error }));
    }
    let nothing = anna.call("say", ()).await.only();
    assert_eq!(nothing, json!({ "error": "argument 1: missing" }));
}
