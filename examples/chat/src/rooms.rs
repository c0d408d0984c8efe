//! What the chat knows: who is there, which rooms there are, and what was said in them. Nothing here
//! has to do with sockets.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use hobnob::{Error, Result};
use serde::Serialize;

/// How many messages a room remembers for whoever joins.
const REMEMBERED: usize = 50;

/// How many rooms there may be, so that nobody fills the memory with them.
const MOST_ROOMS: usize = 100;

#[derive(Clone, Serialize)]
pub(crate) struct Message {
    from: String,
    text: String,
    /// Milliseconds since 1970.
    at: u64,
}

/// Something as it was after so many changes. Two handlers may send at the same moment, and the older
/// state may come last: a page keeps to the newest it has seen.
#[derive(Serialize)]
pub(crate) struct AsOf<T> {
    version: u64,
    value: T,
}

/// A room as it is listed.
#[derive(Serialize)]
pub(crate) struct RoomInfo {
    name: String,
    members: usize,
}

pub(crate) type RoomList = AsOf<Vec<RoomInfo>>;

/// The nicknames of who is in a room.
pub(crate) type Members = AsOf<Vec<String>>;

/// A room as somebody finds it who joins.
#[derive(Serialize)]
pub(crate) struct Joined {
    pub(crate) room: String,
    pub(crate) members: Members,
    messages: Vec<Message>,
}

/// All of it, shared by all clients.
#[derive(Default)]
pub(crate) struct Rooms {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    nicknames: BTreeSet<String>,
    rooms: BTreeMap<String, Room>,
    /// How often somebody has entered or left a room.
    version: u64,
}

#[derive(Default)]
struct Room {
    members: BTreeSet<String>,
    messages: VecDeque<Message>,
}

impl Rooms {
    /// Takes a nickname; `false` if somebody has it.
    pub(crate) fn log_in(&self, nickname: &str) -> bool {
        self.state().nicknames.insert(nickname.to_owned())
    }

    /// Gives a nickname back, and takes its owner out of these rooms. The result says who remains in
    /// each.
    pub(crate) fn log_out(&self, nickname: &str, rooms: &[String]) -> Vec<(String, Members)> {
        let mut state = self.state();
        state.nicknames.remove(nickname);
        let left = rooms
            .iter()
            .map(|room| (room.clone(), state.take_out(nickname, room)));
        left.filter_map(|(room, members)| Some((room, members?)))
            .collect()
    }

    /// Adds somebody to a room, which begins to exist with its first member. The result also says
    /// whether they were not in it yet.
    pub(crate) fn enter(&self, room: &str, nickname: &str) -> Result<(bool, Joined)> {
        let mut state = self.state();
        if !state.rooms.contains_key(room) && state.rooms.len() >= MOST_ROOMS {
            state.rooms.retain(|_, room| !room.members.is_empty());
            if state.rooms.len() >= MOST_ROOMS {
                return Err(Error::public("there are too many rooms"));
            }
        }
        let State { rooms, version, .. } = &mut *state;
        let name = room.to_owned();
        let room = rooms.entry(name.clone()).or_default();
        let is_new = room.members.insert(nickname.to_owned());
        if is_new {
            *version += 1;
        }
        let joined = Joined {
            room: name,
            members: room.members(*version),
            messages: room.messages.iter().cloned().collect(),
        };
        Ok((is_new, joined))
    }

    /// Takes somebody out of a room; who remains in it, if they were in it.
    pub(crate) fn leave(&self, room: &str, nickname: &str) -> Option<Members> {
        self.state().take_out(nickname, room)
    }

    /// Keeps what a member of a room says there.
    pub(crate) fn say(&self, room: &str, from: &str, text: String) -> Result<Message> {
        let mut state = self.state();
        let room = state
            .rooms
            .get_mut(room)
            .filter(|room| room.members.contains(from));
        let room = room.ok_or_else(|| Error::public("join the room first"))?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let at = since.map_or(0, |time| time.as_millis().try_into().unwrap_or(u64::MAX));
        let message = Message {
            from: from.to_owned(),
            text,
            at,
        };
        room.messages.push_back(message.clone());
        if room.messages.len() > REMEMBERED {
            room.messages.pop_front();
        }
        Ok(message)
    }

    /// All rooms with the number of their members.
    pub(crate) fn list(&self) -> RoomList {
        let state = self.state();
        let info = |(name, room): (&String, &Room)| RoomInfo {
            name: name.clone(),
            members: room.members.len(),
        };
        RoomList {
            version: state.version,
            value: state.rooms.iter().map(info).collect(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_out(&mut self, nickname: &str, room: &str) -> Option<Members> {
        let room = self.rooms.get_mut(room)?;
        if !room.members.remove(nickname) {
            return None;
        }
        self.version += 1;
        Some(room.members(self.version))
    }
}

impl Room {
    fn members(&self, version: u64) -> Members {
        Members {
            version,
            value: self.members.iter().cloned().collect(),
        }
    }
}
