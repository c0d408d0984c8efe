//! Step 4 over the wire: rooms, who is in them, and who hears what.

use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_tutorial-4")).await
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

fn change(nickname: &str, members: &[&str]) -> Value {
    json!({ "room": "tea", "nickname": nickname, "members": members })
}

#[tokio::test]
async fn a_room_hears_who_comes_and_who_goes() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    let bert = enter(&chat, "bert").await;
    let cleo = enter(&chat, "cleo").await;
    ask(&anna, "join", &["tea"]).await;
    assert_eq!(
        anna.expect("joined").await,
        [change("anna", &["anna"])],
        "before the answer"
    );
    ask(&bert, "join", &["tea"]).await;
    for client in [&anna, &bert] {
        let joined = client.expect("joined").await;
        assert_eq!(joined, [change("bert", &["anna", "bert"])]);
    }
    ask(&bert, "leave", &["tea"]).await;
    assert_eq!(anna.expect("left").await, [change("bert", &["anna"])]);
    ask(&bert, "join", &["tea"]).await;
    bert.abort().await;
    anna.expect("joined").await;
    assert_eq!(anna.expect("left").await, [change("bert", &["anna"])]);
    // Who is in no room has heard of nothing.
    cleo.expect_nothing_until_ack("leave").await;
}

#[tokio::test]
async fn a_message_goes_to_its_room_only_and_from_members_only() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    let bert = enter(&chat, "bert").await;
    ask(&anna, "join", &["tea"]).await;
    ask(&bert, "join", &["coffee"]).await;
    assert_eq!(
        error(&bert, "say", &["tea", "hello"]).await,
        "join the room first"
    );
    ask(&anna, "say", &["tea", "hello"]).await;
    anna.expect("joined").await;
    let said = json!({ "room": "tea", "from": "anna", "text": "hello" });
    assert_eq!(anna.expect("said").await, [said]);
    bert.expect("joined").await;
    bert.expect_nothing_until_ack("leave").await;
}

#[tokio::test]
async fn names_and_messages_have_a_length() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    for (event, args, reason) in [
        ("join", vec![""], "a room name has 1 to 40 characters"),
        ("say", vec!["tea", ""], "a message has 1 to 500 characters"),
    ] {
        assert_eq!(error(&anna, event, &args).await, reason);
    }
    // This would be the room that another client is alone in.
    let reason = error(&anna, "join", &["~0123456789abcdef"]).await;
    assert!(reason.contains("`~0123456789abcdef`"), "{reason}");
    let login = json!({ "nickname": "anna" });
    let client = Client::websocket(chat.address());
    let refused = client.connect_refused("/chat", login).await;
    assert_eq!(refused.message, "anna is taken");
}

/// Many come, and many leave, at the same moment. The last list that arrives is the newest.
#[tokio::test]
async fn the_newest_list_of_members_arrives_last() {
    let chat = start().await;
    let anna = enter(&chat, "anna").await;
    ask(&anna, "join", &["tea"]).await;
    let mut others = Vec::new();
    for n in 0..50 {
        others.push(enter(&chat, &format!("guest {n}")).await);
    }
    let joining = others
        .iter()
        .map(|other| other.emit_with_id("join", ["tea"]));
    let joining: Vec<_> = joining.collect();
    for (other, id) in others.iter().zip(joining) {
        other.expect_ack(id).await;
    }
    others.iter().for_each(Socket::disconnect);
    let mut members = 1;
    for _ in 0..101 {
        let event = anna.next_event().await;
        let list = &event.args[0]["members"];
        let now = list.as_array().expect("a list").len();
        assert!(now.abs_diff(members) <= 1, "{members}, then {}", event.raw);
        members = now;
    }
    assert_eq!(members, 1);
}
