//! The namespace, with clients in memory.

use hobnob::Result;
use serde_json::{Value, json};

use crate::server;

#[tokio::test]
async fn a_note_is_seen_by_everybody() -> Result {
    let socketio = server().await?;
    let anna = socketio.test_client().connect("/board").await?;
    let bert = socketio.test_client().connect("/board").await?;

    let note = json!({ "author": "anna", "text": "buy tea" });
    assert_eq!(anna.call::<usize>("pin", &note).await?, 1);
    assert_eq!(bert.expect::<Value>("note").await?, note);

    let cleo = socketio.test_client().connect("/board").await?;
    cleo.emit("notes", ())?;
    assert_eq!(cleo.expect::<[Value; 1]>("notes").await?, [note]);
    Ok(())
}

#[tokio::test]
async fn an_empty_note_is_refused() -> Result {
    let socketio = server().await?;
    let anna = socketio.test_client().connect("/board").await?;
    let note = json!({ "author": "anna", "text": " " });
    let answer: Value = anna.call("pin", note).await?;
    let reason = "a note has an author of 1 to 40 characters and a text of 1 to 500";
    assert_eq!(answer, json!({ "error": reason }));
    Ok(())
}
