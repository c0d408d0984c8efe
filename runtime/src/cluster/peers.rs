//! Who else is in the cluster: servers that have said so lately.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use socketioxide_core::{Sid, Uid};
use tokio::time::Instant;

/// How long the others may take to answer the first word of a server.
const SETTLING: Duration = Duration::from_millis(150);

pub(super) struct Peers {
    /// When each was heard last.
    heard: Mutex<HashMap<Sid, Instant>>,
    /// When all who are there will have said so.
    settled: Mutex<Instant>,
    timeout: Duration,
}

impl Peers {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            heard: Mutex::default(),
            settled: Mutex::new(Instant::now()),
            timeout,
        }
    }

    /// A server says that it is there.
    pub(super) fn is_here(&self, peer: Uid) {
        let before = self.heard.lock().insert(*peer, Instant::now());
        if before.is_none() {
            tracing::info!(target: "hobnob::cluster", server = %peer, "a server has come");
        }
    }

    /// Something else came from it. Not all that send are servers.
    pub(super) fn has_spoken(&self, sender: Uid) {
        if let Some(heard) = self.heard.lock().get_mut(&*sender) {
            *heard = Instant::now();
        }
    }

    pub(super) fn is_gone(&self, peer: Uid) {
        if self.heard.lock().remove(&*peer).is_some() {
            tracing::info!(target: "hobnob::cluster", server = %peer, "a server has gone");
        }
    }

    /// Forgets those that have been silent for too long.
    pub(super) fn forget_silent(&self) {
        let timeout = self.timeout;
        self.heard.lock().retain(|peer, heard| {
            let alive = heard.elapsed() < timeout;
            if !alive {
                tracing::warn!(
                    target: "hobnob::cluster",
                    server = %peer,
                    "nothing has been heard of a server for {timeout:?}: it counts as gone",
                );
            }
            alive
        });
    }

    /// Those of whom an answer is to be expected.
    pub(super) fn alive(&self) -> Vec<Sid> {
        self.forget_silent();
        self.heard.lock().keys().copied().collect()
    }

    pub(super) fn is_alive(&self, peer: &Sid) -> bool {
        let heard = self.heard.lock();
        heard
            .get(peer)
            .is_some_and(|heard| heard.elapsed() < self.timeout)
    }

    /// This server has asked who is there.
    pub(super) fn unsettle(&self) {
        *self.settled.lock() = Instant::now() + SETTLING;
    }

    pub(super) fn settled(&self) -> Instant {
        *self.settled.lock()
    }
}
