//! How many events one connection may send in a second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use socketioxide::{handler::MessageHandler, socket::Socket};
use socketioxide_core::Value;

use crate::{
    adapter::Adapter,
    mount::{EventHandler, Mark},
    reason::DisconnectReason,
};

const SECOND: u64 = 1_000_000_000;

/// A bucket of events that one flows into every so often: full, it lets a second's worth through at once.
#[derive(Debug)]
pub(crate) struct Rate {
    most: usize,
    began: Instant,
    /// Nanoseconds for one event.
    each: u64,
    /// When the bucket will be full again, in nanoseconds since it began.
    full: AtomicU64,
}

impl Rate {
    pub(crate) fn new(most: usize) -> Self {
        let events = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        Self {
            most,
            began: Instant::now(),
            each: SECOND / events,
            full: AtomicU64::new(0),
        }
    }

    /// Takes one event out, if there is one.
    fn allows(&self, since_the_beginning: Duration) -> bool {
        let now = since_the_beginning
            .as_nanos()
            .try_into()
            .unwrap_or(u64::MAX);
        let take = |full: u64| {
            let full = full.max(now).saturating_add(self.each);
            (full - now <= SECOND).then_some(full)
        };
        let taken = self
            .full
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.is_ok()
    }
}

/// Takes the events of one client as long as its connection does not send too many.
pub(crate) struct Limited {
    pub(crate) handler: EventHandler,
    pub(crate) rate: Arc<Rate>,
}

impl MessageHandler<Adapter, Mark> for Limited {
    fn call(&self, socket: Arc<Socket<Adapter>>, value: Value, ack: Option<i64>) {
        if self.rate.allows(self.rate.began.elapsed()) {
            self.handler.call(socket, value, ack);
            return;
        }
        let client = self.handler.client();
        if client.lane.is_closed() {
            // It is on its way out; what it sent before still comes in.
            return;
        }
        tracing::warn!(
            target: "hobnob::event",
            namespace = %client.namespace.path,
            sid = %client.sid,
            most = self.rate.most,
            "a client is disconnected: it sends too many events in a second",
        );
        client.socketio.tally().fast_clients.one();
        client.evict(DisconnectReason::TooManyEvents);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(rate: &Rate, at: Duration) -> usize {
        (0..10_000).take_while(|_| rate.allows(at)).count()
    }

    #[test]
    fn a_second_s_worth_at_once_and_then_one_after_another() {
        let rate = Rate::new(100);
        assert_eq!(allowed(&rate, Duration::ZERO), 100);
        assert_eq!(allowed(&rate, Duration::from_millis(9)), 0);
        assert_eq!(allowed(&rate, Duration::from_millis(10)), 1);
        assert_eq!(allowed(&rate, Duration::from_millis(35)), 2);
        assert_eq!(allowed(&rate, Duration::from_millis(40)), 1);
    }

    #[test]
    fn who_was_quiet_for_long_has_no_more_than_a_second_s_worth() {
        let rate = Rate::new(100);
        assert_eq!(allowed(&rate, Duration::from_hours(1)), 100);
        assert_eq!(allowed(&rate, Duration::from_millis(3_600_500)), 50);
    }

    #[test]
    fn what_is_refused_is_not_held_against_it() {
        let rate = Rate::new(1);
        assert_eq!(allowed(&rate, Duration::ZERO), 1);
        for millis in 0..1000 {
            assert!(!rate.allows(Duration::from_millis(millis)));
        }
        assert!(rate.allows(Duration::from_secs(1)));
    }

    #[test]
    fn there_may_be_more_than_there_are_nanoseconds() {
        let rate = Rate::new(usize::MAX);
        assert_eq!(allowed(&rate, Duration::ZERO), 10_000);
    }
}
