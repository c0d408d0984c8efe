//! The steps of a history.

use std::fmt;

use proptest::{collection, prelude::*};

/// How many clients there are.
pub(crate) const GUESTS: usize = 3;

/// The one that polls. It does not drop its connection: the server would hear of it too late.
pub(crate) const POLLING: usize = 2;

/// The namespaces: of two classes, and of functions.
pub(crate) const HOUSES: [&str; 3] = ["/hall", "/yard", "/talk"];

/// What one client does.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) guest: usize,
    pub(crate) deed: Deed,
}

#[derive(Clone)]
pub(crate) enum Deed {
    /// Connects, opening the connection if there is none; with this auth object.
    Connect(&'static str, Auth),
    /// Emits events back to back, without asking for answers.
    Emit(&'static str, Vec<Event>),
    /// Emits events back to back, asking for answers, and goes on.
    Ask(&'static str, Vec<Event>),
    /// Waits for all answers that are due.
    Settle,
    /// Leaves the namespace.
    Leave(&'static str),
    /// Has the server throw it out.
    BeThrownOut(&'static str),
    /// Closes the connection as one does.
    Close,
    /// Drops it.
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Auth {
    Good,
    Slow,
    Refused,
    Panic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Handled at once.
    Now,
    /// Waited in.
    Wait,
    /// The handler returns an error.
    Fail,
    Panic,
    /// Not in line.
    Beside,
    /// The arguments are wrong.
    Wrong,
    /// Nobody handles it.
    Nobody,
    Join,
    /// Everybody in the room hears it.
    Shout,
    /// The handler calls the client.
    Call,
}

impl Event {
    /// Whether a handler of the namespace takes it in line.
    pub(crate) fn is_in_line(self, house: &str) -> bool {
        match self {
            Self::Now | Self::Wait => true,
            Self::Join | Self::Shout => house != "/talk",
            Self::Fail | Self::Panic | Self::Call => house == "/hall",
            Self::Beside | Self::Wrong | Self::Nobody => false,
        }
    }

    /// Whether the answer is the number that it came with, and not an error.
    pub(crate) fn is_answered(self, house: &str) -> bool {
        match self {
            Self::Beside => house != "/yard",
            Self::Fail | Self::Panic => false,
            _ => self.is_in_line(house),
        }
    }
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let house = || {
        prop_oneof![
            3 => Just(HOUSES[0]),
            1 => Just(HOUSES[1]),
            1 => Just(HOUSES[2]),
        ]
    };
    let auth = prop_oneof![
        6 => Just(Auth::Good),
        2 => Just(Auth::Slow),
        1 => Just(Auth::Refused),
        1 => Just(Auth::Panic),
    ];
    let events = || {
        use Event::{Beside, Call, Fail, Join, Nobody, Now, Panic, Shout, Wait, Wrong};
        let events = [
            Now, Wait, Fail, Panic, Beside, Wrong, Nobody, Join, Shout, Call,
        ];
        collection::vec(prop::sample::select(events.to_vec()), 1..5)
    };
    let deed = prop_oneof![
        5 => (house(), auth).prop_map(|(house, auth)| Deed::Connect(house, auth)),
        6 => (house(), events()).prop_map(|(house, events)| Deed::Ask(house, events)),
        3 => (house(), events()).prop_map(|(house, events)| Deed::Emit(house, events)),
        1 => Just(Deed::Settle),
        2 => house().prop_map(Deed::Leave),
        1 => house().prop_map(Deed::BeThrownOut),
        1 => Just(Deed::Close),
        1 => Just(Deed::Drop),
    ];
    (0..GUESTS, deed).prop_map(|(guest, deed)| match deed {
        Deed::Drop if guest == POLLING => Step {
            guest,
            deed: Deed::Close,
        },
        deed => Step { guest, deed },
    })
}

/// A line for each: a history that fails is read.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.guest, self.deed)
    }
}

impl fmt::Debug for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(house, auth) => write!(f, "connects to {house}: {auth:?}"),
            Self::Emit(house, events) => write!(f, "emits in {house}: {events:?}"),
            Self::Ask(house, events) => write!(f, "asks in {house}: {events:?}"),
            Self::Settle => f.write_str("waits for its answers"),
            Self::Leave(house) => write!(f, "leaves {house}"),
            Self::BeThrownOut(house) => write!(f, "is thrown out of {house}"),
            Self::Close => f.write_str("closes"),
            Self::Drop => f.write_str("drops its connection"),
        }
    }
}
