//! What the chat remembers of its rooms. Nothing here has to do with sockets.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde::Serialize;

// ANCHOR: rooms
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
// ANCHOR_END: rooms
