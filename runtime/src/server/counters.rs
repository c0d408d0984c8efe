//! What the server had to do to clients beyond its limits, counted.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Server, SocketIo};

/// What is counted, where it is counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) refused_connections: Count,
    pub(crate) refused_by_address: Count,
    pub(crate) refused_namespaces: Count,
    pub(crate) late_handshakes: Count,
    pub(crate) late_bodies: Count,
    pub(crate) late_connects: Count,
    pub(crate) stalled_writes: Count,
    pub(crate) large_bodies: Count,
    pub(crate) deep_events: Count,
    pub(crate) fast_clients: Count,
    flooding_clients: Count,
    slow_clients: Count,
    slow_packets: Count,
}

#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn one(&self) {
        self.add(1);
    }

    fn add(&self, number: usize) {
        let number = number.try_into().unwrap_or(u64::MAX);
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often each limit was reached since the start of the server, and how many connections there are.
/// From [`SocketIo::counters`].
///
/// What the engine refuses on its own is not among it: a WebSocket message or an event's attachments that
/// are too large, too many attachments, and a session that joins no namespace in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Connections at this moment: sessions over either transport, those of namespaces that are being left
    /// and those in no namespace yet among them.
    pub connections: u64,
    /// Connections refused because there were too many:
    /// [`max_connections`](crate::SocketIoBuilder::max_connections).
    pub refused_connections: u64,
    /// Connections refused because there were too many from their address:
    /// [`max_connections_per_address`](crate::SocketIoBuilder::max_connections_per_address).
    pub refused_by_address: u64,
    /// Clients refused because their connection was in too many namespaces:
    /// [`max_namespaces`](crate::SocketIoBuilder::max_namespaces).
    pub refused_namespaces: u64,
    /// TCP connections closed because a request did not begin in time:
    /// [`handshake_timeout`](crate::SocketIoBuilder::handshake_timeout).
    pub late_handshakes: u64,
    /// Clients refused because their `on_connect` took too long:
    /// [`connect_timeout`](crate::SocketIoBuilder::connect_timeout).
    pub late_connects: u64,
    /// Requests of long polling that were not complete in time:
    /// [`body_timeout`](crate::SocketIoBuilder::body_timeout).
    pub late_bodies: u64,
    /// Requests of long polling that were too large:
    /// [`max_message_size`](crate::SocketIoBuilder::max_message_size).
    pub large_bodies: u64,
    /// TCP connections closed because they took no bytes:
    /// [`write_timeout`](crate::SocketIoBuilder::write_timeout).
    pub stalled_writes: u64,
    /// Events and auth objects whose arguments were nested too deeply:
    /// [`max_nesting`](crate::SocketIoBuilder::max_nesting).
    pub deep_events: u64,
    /// Clients that sent more events in a second than they may:
    /// [`max_events_per_second`](crate::SocketIoBuilder::max_events_per_second).
    pub fast_clients: u64,
    /// Clients that sent more events than were handled:
    /// [`max_waiting_events`](crate::SocketIoBuilder::max_waiting_events).
    pub flooding_clients: u64,
    /// Clients for which too many packets waited to go out:
    /// [`max_waiting_packets`](crate::SocketIoBuilder::max_waiting_packets).
    pub slow_clients: u64,
    /// Packets that did not go out to them.
    pub slow_packets: u64,
}

impl Server {
    pub(crate) fn count_slow_packets(&self, packets: usize) {
        self.tally.slow_packets.add(packets);
    }
}

impl SocketIo {
    /// What the server had to do to clients beyond its limits, since it was started.
    pub fn counters(&self) -> Counters {
        let tally = &self.server.tally;
        Counters {
            connections: self.server.capacity.taken(),
            refused_connections: tally.refused_connections.now(),
            refused_by_address: tally.refused_by_address.now(),
            refused_namespaces: tally.refused_namespaces.now(),
            late_handshakes: tally.late_handshakes.now(),
            late_connects: tally.late_connects.now(),
            late_bodies: tally.late_bodies.now(),
            large_bodies: tally.large_bodies.now(),
            stalled_writes: tally.stalled_writes.now(),
            deep_events: tally.deep_events.now(),
            fast_clients: tally.fast_clients.now(),
            flooding_clients: tally.flooding_clients.now(),
            slow_clients: tally.slow_clients.now(),
            slow_packets: tally.slow_packets.now(),
        }
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.server.tally
    }

    pub(crate) fn count_slow_packet(&self) {
        self.server.count_slow_packets(1);
    }

    pub(crate) fn count_slow_client(&self) {
        self.server.tally.slow_clients.one();
    }

    pub(crate) fn count_flooding(&self) {
        self.server.tally.flooding_clients.one();
    }
}
