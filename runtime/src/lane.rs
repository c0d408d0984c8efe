//! The line of one client: its events wait here, are worked off one at a time in the order they
//! came, and its leaving comes last. It also knows whether the client is connected.
//!
//! A line is a queue, not a task: it is given a task when it gets work, and that task ends with it.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use parking_lot::Mutex;
use socketioxide::socket::Socket;
use socketioxide_core::adapter::Room;

use crate::{adapter::Adapter, argument::Incoming, client::Pending, reason::DisconnectReason};

/// A queue that is empty keeps its memory up to this many events.
const KEPT: usize = 4;

const CONNECTING: u8 = 0;
const OPEN: u8 = 1;
const CLOSED: u8 = 2;

#[derive(Default)]
pub(crate) struct Lane {
    /// Changed under the lock only; read without it where a moment's delay does no harm.
    phase: AtomicU8,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    events: VecDeque<Incoming>,
    /// What they take, in bytes.
    size: usize,
    /// What `on_connect` did to its client, until the client is connected.
    outbox: Vec<Pending>,
    /// Whether `on_connect` has accepted the client, so that `on_disconnect` is due.
    accepted: bool,
    leaving: Option<Leaving>,
    /// The rooms that a client that is not connected will be in, or was in when it began to leave.
    rooms: Vec<Room>,
    /// Whether a task is working the line off.
    running: bool,
    noted: Noted,
}

/// What has been said of the client already, and is not said again.
#[derive(Default)]
struct Noted {
    slow: bool,
    deep: bool,
}

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

/// The end of the line.
pub(crate) struct Leaving {
    pub(crate) reason: DisconnectReason,
    /// Keeps the request readable until `on_disconnect` is over.
    pub(crate) socket: Option<Arc<Socket<Adapter>>>,
}

/// The next thing to do.
pub(crate) enum Job {
    Event(Incoming),
    Leave(Leaving),
}

/// What became of an event that came in.
#[derive(Debug)]
pub(crate) enum Received {
    /// Nobody is at work and nothing waits: whoever gets this has to work it off, and what comes after.
    Next(Incoming),
    Queued,
    /// Too many wait already.
    Full,
    /// The client is leaving.
    Closed,
}

impl Lane {
    pub(crate) fn is_open(&self) -> bool {
        self.phase.load(Ordering::Acquire) == OPEN
    }

    pub(crate) fn is_connecting(&self) -> bool {
        self.phase.load(Ordering::Acquire) == CONNECTING
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.phase.load(Ordering::Acquire) == CLOSED
    }

    /// Puts an event at the end of the line, unless there is none.
    pub(crate) fn receive(&self, event: Incoming, most: Most) -> Received {
        let mut line = self.line.lock();
        if self.is_closed() {
            Received::Closed
        } else if self.is_open() && !line.running && line.events.is_empty() {
            line.running = true;
            Received::Next(event)
        } else if line.has_room(&event, most) {
            line.size += event.size();
            line.events.push_back(event);
            Received::Queued
        } else {
            Received::Full
        }
    }

    /// Whether there is work and nobody at it. Whoever gets a `true` has to work it off.
    pub(crate) fn start(&self) -> bool {
        let mut line = self.line.lock();
        let due = match self.phase.load(Ordering::Relaxed) {
            OPEN => !line.events.is_empty(),
            CLOSED => line.accepted && (line.leaving.is_some() || !line.events.is_empty()),
            _ => false,
        };
        let start = due && !line.running;
        line.running |= start;
        start
    }

    /// The next thing to do, for whom [`start`](Self::start) has sent to work; `None` lets it go.
    pub(crate) fn next(&self) -> Option<Job> {
        let mut line = self.line.lock();
        if let Some(event) = line.events.pop_front() {
            line.size -= event.size();
            return Some(Job::Event(event));
        }
        if line.events.capacity() > KEPT {
            line.events = VecDeque::new();
        }
        if let Some(leaving) = line.leaving.take() {
            return Some(Job::Leave(leaving));
        }
        line.running = false;
        None
    }

    /// Drops the events that wait; how many there were.
    pub(crate) fn drop_events(&self) -> usize {
        let mut line = self.line.lock();
        line.size = 0;
        std::mem::take(&mut line.events).len()
    }

    /// `on_connect` has accepted the client. `false` if it has been told to leave meanwhile.
    pub(crate) fn accept(&self) -> bool {
        self.line.lock().accepted = true;
        !self.is_closed()
    }

    /// `on_connect` has refused the client.
    pub(crate) fn refuse(&self) {
        let mut line = self.line.lock();
        self.phase.store(CLOSED, Ordering::Release);
        line.outbox = Vec::new();
        line.leaving = None;
    }

    /// Whether the client was accepted, but never got to know it.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.line.lock().accepted && self.is_connecting()
    }

    /// Keeps what is to be done once the client is connected; gives it back if the client is, or is
    /// leaving.
    pub(crate) fn postpone(&self, action: Pending) -> Option<Pending> {
        let mut line = self.line.lock();
        if self.is_connecting() {
            line.outbox.push(action);
            None
        } else {
            Some(action)
        }
    }

    /// What waits for the connection, until nothing does: then the line is open.
    pub(crate) fn open(&self) -> Option<Vec<Pending>> {
        let mut line = self.line.lock();
        if !self.is_connecting() {
            return None;
        }
        if line.outbox.is_empty() {
            line.outbox = Vec::new();
            line.rooms = Vec::new();
            self.phase.store(OPEN, Ordering::Release);
            return None;
        }
        Some(std::mem::take(&mut line.outbox))
    }

    /// What waits for the connection; `None` if nothing does.
    pub(crate) fn take_pending(&self) -> Option<Vec<Pending>> {
        let mut line = self.line.lock();
        let waiting = self.is_connecting() && !line.outbox.is_empty();
        waiting.then(|| std::mem::take(&mut line.outbox))
    }

    /// Puts a connected client into rooms, with nobody else changing that; one that is not connected
    /// yet will be in them. `None` if the client is leaving.
    pub(crate) fn join(&self, rooms: Vec<Room>, now: impl FnOnce(Vec<Room>)) -> Option<()> {
        let mut line = self.line.lock();
        match self.phase.load(Ordering::Relaxed) {
            OPEN => now(rooms),
            CONNECTING => {
                line.rooms.extend_from_slice(&rooms);
                line.outbox.push(Pending::Join(rooms));
            }
            _ => return None,
        }
        Some(())
    }

    /// The same for taking it out of rooms.
    pub(crate) fn leave(&self, rooms: Vec<Room>, now: impl FnOnce(Vec<Room>)) -> Option<()> {
        let mut line = self.line.lock();
        match self.phase.load(Ordering::Relaxed) {
            OPEN => now(rooms),
            CONNECTING => {
                line.rooms.retain(|room| !rooms.contains(room));
                line.outbox.push(Pending::Leave(rooms));
            }
            _ => return None,
        }
        Some(())
    }

    /// Enters a client somewhere unless it is leaving, in which case nobody would take it out again.
    pub(crate) fn unless_closed(&self, action: impl FnOnce()) {
        let _line = self.line.lock();
        if !self.is_closed() {
            action();
        }
    }

    /// The client begins to leave; `false` if it has begun already. `rooms` are those it is in.
    pub(crate) fn close(&self, leaving: Leaving, rooms: impl FnOnce() -> Vec<Room>) -> bool {
        let mut line = self.line.lock();
        if self.is_closed() {
            return false;
        }
        if self.is_open() {
            line.rooms = rooms();
        }
        self.phase.store(CLOSED, Ordering::Release);
        line.outbox = Vec::new();
        line.leaving = Some(leaving);
        true
    }

    /// The rooms of a client that is not connected: those it will be in, or was in. `None` if it is
    /// connected.
    pub(crate) fn rooms(&self) -> Option<Vec<Room>> {
        let line = self.line.lock();
        (!self.is_open()).then(|| {
            // Who joins a room twice is in it once.
            let mut rooms = line.rooms.clone();
            rooms.sort_unstable();
            rooms.dedup();
            rooms
        })
    }

    /// Notes that the client sent something that is nested too deeply; `true` the first time.
    pub(crate) fn mark_deep(&self) -> bool {
        !std::mem::replace(&mut self.line.lock().noted.deep, true)
    }

    /// Notes that the client does not keep up; `true` the first time.
    pub(crate) fn mark_slow(&self) -> bool {
        !std::mem::replace(&mut self.line.lock().noted.slow, true)
    }
}

impl Line {
    /// One may always wait: there is a limit to its size as well.
    fn has_room(&self, event: &Incoming, most: Most) -> bool {
        let bytes = self.size.saturating_add(event.size());
        self.events.len() < most.events && (self.events.is_empty() || bytes <= most.bytes)
    }
}
