//! Step 5 over the wire: what a room remembers, and what only one client hears.

use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-5")).await
}

async fn enter(chat: &Program, nickname: &str) -> Socket {
    let login = json!({ "nickname": nickname });
    Client::websocket(chat.address())
        .connect("/chat", login)
        .await
}

/// Sends an event that must succeed: its answer is empty.
async fn ask(client: &Socket, event: &str, args: &[&str]) {
    let answer = client.call(event, args).await.args;
    assert_eq!(answer, Vec::<Value>::new(), "the answer to {event}");
}

async fn error(client: &Socket, event: &str, args: &[&str]) -> String {
    let answer = client.call(event, args).await.only();
    answer["error"].as_str().expect("an error").to_owned()
}

fn history(room: &str, texts: &[&str]) -> Value {
    let message = |text| json!({ "from": "anna", "text": text });
    let messages: Vec<_> = texts.iter().map(message).collect();
    json!({ "room": room, "messages": messages })
}

#[tokio::test]
async fn who_joins_first_gets_what_was_said() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    ask(&anna, "join", &["tea"]).await;
    assert_eq!(anna.expect("history").await, [history("tea", &[])]);
    anna.expect("joined").await;
    for text in ["hello", "anybody?"] {
        ask(&anna, "say", &["tea", text]).await;
        let said = json!({ "room": "tea", "from": "anna", "text": text });
        assert_eq!(anna.expect("said").await, [said]);
    }
    // Also when nobody is there any more.
    ask(&anna, "leave", &["tea"]).await;
    let bert = enter(&chat, "bert").await;
    ask(&bert, "join", &["tea"]).await;
    assert_eq!(
        bert.expect("history").await,
        [history("tea", &["hello", "anybody?"])]
    );
    let joined = json!({ "room": "tea", "nickname": "bert", "members": ["bert"] });
    assert_eq!(bert.expect("joined").await, [joined]);
    assert_eq!(
        error(&anna, "say", &["tea", "hello"]).await,
        "join the room first"
    );
}

#[tokio::test]
async fn a_room_remembers_fifty_messages() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    ask(&anna, "join", &["tea"]).await;
    let texts: Vec<_> = (0..51).map(|n| n.to_string()).collect();
    for text in &texts {
        ask(&anna, "say", &["tea", text]).await;
    }
    ask(&anna, "leave", &["tea"]).await;
    let bert = enter(&chat, "bert").await;
    ask(&bert, "join", &["tea"]).await;
    let remembered: Vec<_> = texts[1..].iter().map(String::as_str).collect();
    assert_eq!(bert.expect("history").await, [history("tea", &remembered)]);
}

/// Some join while somebody talks: each gets every message once, in order.
#[tokio::test]
async fn between_history_and_news_nothing_is_lost_and_nothing_comes_twice() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    ask(&anna, "join", &["tea"]).await;
    let mut others = Vec::new();
    for n in 0..40 {
        others.push(enter(&chat, &format!("guest {n}")).await);
    }
    anna.burst(|| (0..50).for_each(|n| anna.emit("say", ("tea", n.to_string()))));
    for other in &others {
        other.emit("join", ["tea"]);
    }
    for other in &others {
        let history = other.expect("history").await;
        let messages = history[0]["messages"].as_array().expect("a list").clone();
        let mut heard: Vec<_> = messages
            .iter()
            .map(|message| message["text"].clone())
            .collect();
        while heard.len() < 50 {
            let event = other.next_event().await;
            if event.event == "said" {
                heard.push(event.args[0]["text"].clone());
            }
        }
        let all: Vec<_> = (0..50).map(|n| json!(n.to_string())).collect();
        assert_eq!(heard, all);
    }
}

#[tokio::test]
async fn a_whisper_is_for_two() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    let bert = enter(&chat, "bert").await;
    let cleo = enter(&chat, "cleo").await;
    ask(&anna, "whisper", &["bert", "psst"]).await;
    let whispered = json!({ "from": "anna", "to": "bert", "text": "psst" });
    for client in [&anna, &bert] {
        assert_eq!(client.expect("whispered").await[0], whispered);
    }
    cleo.expect_nothing_until_ack("leave").await;

    ask(&anna, "whisper", &["anna", "note to self"]).await;
    anna.expect("whispered").await;
    anna.expect_nothing_until_ack("leave").await;

    bert.close().await;
    let gone =
        async { while error(&anna, "whisper", &["bert", "psst"]).await != "bert is not here" {} };
    tests::deadline("bert to be gone", gone).await;
}
