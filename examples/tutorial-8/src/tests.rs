//! The chat, with clients in memory: no port, no process, no browser.

use std::{sync::Arc, time::Duration};

use axum::extract::State;
use hobnob::{Received, TestClient, TestError, prelude::*};
use serde_json::{Value, json};
use tower_sessions::{MemoryStore, Session as HttpSession};

use crate::{announce, login::User, server};

/// A client that has logged in. Its request has the session that the layer would have found.
async fn enter(socketio: &SocketIo, nickname: &str) -> Result<TestClient, TestError> {
    let session = session();
    session
        .insert("nickname", nickname)
        .await
        .expect("a session");
    let logged_in = socketio.test_client().extension(session);
    logged_in.connect("/chat").await
}

fn session() -> HttpSession {
    HttpSession::new(None, Arc::new(MemoryStore::default()), None)
}

async fn join(client: &TestClient, room: &str) -> Result {
    let answer: Option<Value> = client.call("join", room).await?;
    assert_eq!(answer, None, "an answer would be an error");
    client.received();
    Ok(())
}

#[tokio::test]
async fn a_message_goes_to_its_room() -> Result {
    let socketio = server().await?;
    let anna = enter(&socketio, "anna").await?;
    let bert = enter(&socketio, "bert").await?;
    let cleo = enter(&socketio, "cleo").await?;
    join(&bert, "tea").await?;
    join(&anna, "tea").await?;

    anna.call::<()>("say", ("tea", "hello")).await?;
    let said = json!({ "room": "tea", "from": "anna", "text": "hello" });
    assert_eq!(bert.expect::<Value>("said").await?, said);
    assert_eq!(anna.received(), [Received::new("said", said)]);
    cleo.expect_none().await?;
    Ok(())
}

#[tokio::test]
async fn only_members_talk_in_a_room() -> Result {
    let socketio = server().await?;
    let anna = enter(&socketio, "anna").await?;
    let answer: Value = anna.call("say", ("tea", "hello")).await?;
    assert_eq!(answer, json!({ "error": "join the room first" }));
    Ok(())
}

#[tokio::test]
async fn who_is_not_logged_in_stays_outside() -> Result {
    let socketio = server().await?;
    let visitor = socketio.test_client().extension(session());
    let refused = visitor.connect("/chat").await.unwrap_err();
    assert_eq!(refused.refusal(), Some("log in first"));
    Ok(())
}

#[tokio::test]
async fn a_nickname_is_free_when_its_client_has_gone() -> Result {
    let socketio = server().await?;
    let anna = enter(&socketio, "anna").await?;
    let taken = enter(&socketio, "anna").await.unwrap_err();
    assert_eq!(taken.refusal(), Some("anna is here already"));

    anna.drop_connection().await?;
    enter(&socketio, "anna").await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn who_does_not_answer_leaves_the_room() -> Result {
    let socketio = server().await?;
    let anna = enter(&socketio, "anna").await?;
    let bert = enter(&socketio, "bert").await?;
    join(&anna, "tea").await?;
    join(&bert, "tea").await?;

    bert.stop_ponging();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let left: Value = anna.expect("left").await?;
    assert_eq!(left["members"], json!(["anna"]));
    Ok(())
}

// ANCHOR: limits
#[tokio::test]
async fn there_is_an_end_to_rooms() -> Result {
    let socketio = server().await?;
    let mut clients = Vec::new();
    for n in 0..20 {
        let client = enter(&socketio, &format!("guest {n}")).await?;
        for room in 0..5 {
            join(&client, &format!("{n} {room}")).await?;
        }
        let sixth: Value = client.call("join", "one more").await?;
        assert_eq!(sixth, json!({ "error": "you are in too many rooms" }));
        clients.push(client);
    }
    let anna = enter(&socketio, "anna").await?;
    let full: Value = anna.call("join", "one more").await?;
    assert_eq!(full, json!({ "error": "there are too many rooms" }));
    join(&anna, "0 0").await?;

    clients[1].call::<()>("leave", "1 0").await?;
    join(&anna, "one more").await?;
    Ok(())
}

#[tokio::test]
async fn who_sends_too_much_is_disconnected() -> Result {
    let socketio = server().await?;
    let anna = enter(&socketio, "anna").await?;
    anna.emit("say", ("tea", "x".repeat(16 * 1024)))?;
    anna.disconnected().await?;
    enter(&socketio, "anna").await?;
    Ok(())
}
// ANCHOR_END: limits

#[tokio::test]
async fn an_announcement_reaches_everybody() -> Result {
    let socketio = server().await?;
    let anna = enter(&socketio, "anna").await?;
    let nickname = "bert".to_owned();
    let text = "tea at five".to_owned();
    announce(User { nickname }, State(socketio), text).await?;
    let announced = json!({ "by": "bert", "text": "tea at five" });
    assert_eq!(anna.expect::<Value>("announced").await?, announced);
    Ok(())
}
