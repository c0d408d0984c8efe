//! The namespace: a board of notes that everybody sees.

use hobnob::prelude::*;
use tokio::sync::Mutex;

/// How many notes the board holds.
const MOST_NOTES: usize = 100;

#[derive(Clone, Deserialize, Serialize, Event)]
#[event("note")]
pub(crate) struct Note {
    author: String,
    text: String,
}

#[derive(Default)]
pub(crate) struct Board {
    /// Locked until a change has been sent, so that nobody misses a note or gets one twice.
    notes: Mutex<Vec<Note>>,
}

#[namespace("/board")]
impl Board {
    /// Everything on the board, for somebody who has just come.
    async fn on_notes(&self, client: Client) -> Result {
        let notes = self.notes.lock().await;
        client.emit("notes", &*notes)?;
        Ok(())
    }

    /// Pins a note to the board, and answers how many there are.
    async fn on_pin(&self, client: Client, note: Note) -> Result<usize> {
        let length = |text: &str| text.trim().chars().count();
        if !(1..=40).contains(&length(&note.author)) || !(1..=500).contains(&length(&note.text)) {
            return Err(Error::public(
                "a note has an author of 1 to 40 characters and a text of 1 to 500",
            ));
        }
        let mut notes = self.notes.lock().await;
        if notes.len() == MOST_NOTES {
            return Err(Error::public("the board is full"));
        }
        notes.push(note.clone());
        client.broadcast().send(note).await?;
        Ok(notes.len())
    }
}
