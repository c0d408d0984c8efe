//! The clients of a namespace that do not keep up, as broadcasts know them.
//!
//! The engine sends to all receivers at once and says how many of them missed it, not which. Sending
//! to each on its own would say it, for 1.7 times the instructions of a whole delivery. So most are
//! sent to at once, and on their own only those that are known to be slow.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use parking_lot::Mutex;
use socketioxide_core::{
    Sid as EngineSid,
    adapter::{BroadcastFlags, BroadcastOptions, CoreAdapter, Room},
};

use super::NamespaceState;
use crate::{client::ClientState, sid::Sid};

/// How many broadcasts in a row a slow client must take before it counts as one of the others again,
/// and how many are sent one by one when nobody knows who missed one. Finding out who did costs about
/// as much as a broadcast: once in so many is nothing.
const PATIENCE: usize = 1000;

#[derive(Default)]
pub(super) struct Slow {
    /// Whether there are any: looked at without the lock.
    any: AtomicBool,
    clients: Mutex<Vec<Lagging>>,
    /// How many broadcasts are still to be sent one by one.
    watch: AtomicUsize,
}

/// A client that stays although it misses packets.
struct Lagging {
    client: Arc<ClientState>,
    own_room: Room,
    /// How many broadcasts it has taken in a row.
    taken: usize,
}

impl Slow {
    pub(super) fn add(&self, client: &Arc<ClientState>) {
        let mut clients = self.clients.lock();
        match clients
            .iter_mut()
            .find(|slow| slow.client.sid == client.sid)
        {
            Some(known) => known.taken = 0,
            None => clients.push(Lagging {
                client: Arc::clone(client),
                own_room: client.sid.to_string().into(),
                taken: 0,
            }),
        }
        self.any.store(true, Ordering::Relaxed);
    }

    pub(super) fn remove(&self, sid: Sid) {
        self.retain(|slow| slow.client.sid != sid);
    }

    fn retain(&self, keep: impl FnMut(&Lagging) -> bool) {
        if self.any.load(Ordering::Relaxed) {
            let mut clients = self.clients.lock();
            clients.retain(keep);
            self.any.store(!clients.is_empty(), Ordering::Relaxed);
        }
    }

    /// Takes those who are known to be slow out of the receivers.
    pub(super) fn take_from(&self, to: &mut BroadcastOptions) -> Vec<Arc<ClientState>> {
        if !self.any.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let clients = self.clients.lock();
        let slow = clients.iter().filter(|slow| is_among(&slow.client, to));
        let (clients, rooms): (Vec<_>, Vec<_>) = slow
            .map(|slow| (Arc::clone(&slow.client), slow.own_room.clone()))
            .unzip();
        to.except.extend(rooms);
        clients
    }

    /// A slow client has taken a broadcast. It is slow no more once it has taken enough.
    pub(super) fn taken_by(&self, sid: Sid) {
        let mut clients = self.clients.lock();
        let known = clients.iter_mut().find(|slow| slow.client.sid == sid);
        let taken = known.map_or(0, |slow| {
            slow.taken += 1;
            slow.taken
        });
        drop(clients);
        if taken >= PATIENCE {
            self.remove(sid);
        }
    }

    /// The next broadcasts are sent one by one.
    fn watch(&self) {
        self.watch.store(PATIENCE, Ordering::Relaxed);
    }

    /// Whether this broadcast is one that is sent one by one.
    pub(super) fn is_watched(&self) -> bool {
        self.watch.load(Ordering::Relaxed) > 0
            && self
                .watch
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                })
                .is_ok()
    }
}

/// Whether a broadcast is for this client, as the engine reckons it.
fn is_among(client: &ClientState, to: &BroadcastOptions) -> bool {
    if to.has_flag(BroadcastFlags::Broadcast) && to.sid == Some(client.engine_sid) {
        return false;
    }
    let rooms = client.local().socket_rooms(client.engine_sid);
    let in_one_of = |named: &[Room]| named.iter().any(|room| rooms.contains(room));
    in_one_of(&to.rooms) && !in_one_of(&to.except)
}

impl NamespaceState {
    /// A client that misses packets is to stay: broadcasts mind it from now on.
    pub(crate) fn mind(&self, client: &Arc<ClientState>) {
        self.slow.add(client);
    }

    /// So many of the receivers of a broadcast have missed it, and nobody knows which. Those who have
    /// not made room meanwhile are among the ones for whom there is no room now.
    pub(super) fn missed_by_some(&self, receivers: BroadcastOptions, missed: usize) {
        if let Some(server) = self.server.upgrade() {
            server.count_slow_packets(missed);
        }
        let receivers = self.adapter().get_local().sockets(receivers).into_iter();
        let found = receivers
            .filter_map(|receiver| self.client(Sid::of(receiver, &self.path)))
            .filter(|client| client.state().close_if_slow())
            .count();
        if found < missed {
            tracing::warn!(
                target: "hobnob::emit",
                namespace = %self.path,
                missed = missed - found,
                "a broadcast was missed by clients that have room again: who they are is not known",
            );
            self.slow.watch();
        }
    }

    /// A broadcast did not go out to this client.
    pub(super) fn missed_by(&self, receiver: EngineSid) {
        if let Some(client) = self.client(Sid::of(receiver, &self.path)) {
            client.state().miss();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_is_over_after_so_many_broadcasts() {
        let slow = Slow::default();
        assert!(!slow.is_watched());
        slow.watch();
        let watched = (0..2 * PATIENCE).filter(|_| slow.is_watched()).count();
        assert_eq!(watched, PATIENCE);
        assert!(!slow.is_watched());
    }
}
