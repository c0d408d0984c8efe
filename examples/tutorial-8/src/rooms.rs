//! What the chat remembers of its rooms. Nothing here has to do with sockets.

use std::collections::{BTreeSet, HashMap, VecDeque};

use hobnob::{Error, Result};
use serde::Serialize;

/// How many messages a room remembers.
const REMEMBERED: usize = 50;

pub(crate) type Rooms = HashMap<String, Room>;

#[derive(Default)]
pub(crate) struct Room {
    pub(crate) members: BTreeSet<String>,
    pub(crate) history: VecDeque<Message>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Message {
    pub(crate) from: String,
    pub(crate) text: String,
}

impl Room {
    pub(crate) fn remember(&mut self, message: Message) {
        if self.history.len() == REMEMBERED {
            self.history.pop_front();
        }
        self.history.push_back(message);
    }
}
// ANCHOR: open
/// How many rooms there may be, so that nobody fills the memory with them.
const MOST_ROOMS: usize = 100;

/// The room of this name, which begins to exist if there is none.
pub(crate) fn open<'a>(rooms: &'a mut Rooms, name: &str) -> Result<&'a mut Room> {
    if rooms.len() >= MOST_ROOMS && !rooms.contains_key(name) {
        rooms.retain(|_, room| !room.members.is_empty());
        if rooms.len() >= MOST_ROOMS {
            return Err(Error::public("there are too many rooms"));
        }
    }
    Ok(rooms.entry(name.to_owned()).or_default())
}
// ANCHOR_END: open
