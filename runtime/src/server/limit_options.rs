//! The options that are limits to what connections and clients may do, and the check of all limits.

use std::time::Duration;

use super::{SocketIoBuilder, options::FOREVER};
use crate::error::BuildError;

/// `serde_json` goes no deeper than 127, and the list of an event's arguments is one of them.
const DEEPEST: usize = 126;

impl SocketIoBuilder {
    /// How many connections there may be at once, over either transport: 100 000. Further ones are refused
    /// with status 503, and counted in [`Counters`](crate::Counters). The JavaScript client says
    /// `connect_error` and tries again, as it does when there is no server.
    ///
    /// A connection is counted from its first request until nothing is left of it. One that ends before it
    /// has joined a namespace is counted until [`connect_timeout`](Self::connect_timeout) is over.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.options.max_connections = connections;
        self
    }

    /// How many of them may come from one address: there is no limit. Further ones are refused with status
    /// 429, and counted.
    ///
    /// Behind a proxy all come from one address, the proxy's, so that this would limit all of them
    /// together. Where a layer around [`SocketIo::layer`](crate::SocketIo::layer) knows better, from a
    /// header of a proxy that it can trust, it may put the address into the request, as axum's
    /// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo). Whoever comes from an address that is not
    /// known, under a server of your own that does not say, is only counted among all.
    ///
    /// An address of IPv6 is its first 64 bits: one user has as many as there are in those.
    pub fn max_connections_per_address(mut self, connections: usize) -> Self {
        self.options.max_connections_per_address = Some(connections);
        self
    }

    /// How long a TCP connection may take to send the whole head of a request: 10 s, for its first request
    /// from the moment it is accepted, for each further one from the first byte of it. Then it is closed,
    /// and counted in [`Counters`](crate::Counters). A connection that waits for its next request, or has
    /// become a WebSocket, may do so for as long as it likes.
    ///
    /// It is for all that [`serve`](crate::SocketIo::serve) serves, and without effect where hobnob does
    /// not listen itself.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.options.handshake_timeout = timeout.min(FOREVER);
        self
    }

    /// How long it may take from the head of a request of long polling until all that the client sends with
    /// it is there: 20 s. A client that takes longer gets status 408, is disconnected, and counted in
    /// [`Counters`](crate::Counters).
    ///
    /// With [`max_message_size`](Self::max_message_size) it says how slow a client may be: 50 kB in a
    /// second are enough for the largest message.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.options.body_timeout = timeout.min(FOREVER);
        self
    }

    /// How long the attachments of an event may take: 10 s from the event itself until the last of them.
    /// With msgpack there are none to wait for.
    ///
    /// It is looked at when an attachment comes: a client whose attachment comes later is disconnected. As
    /// long as none comes nothing happens, and what has come of the event is kept. That is no more than
    /// [`max_message_size`](Self::max_message_size) for the event and as much for its attachments, until the
    /// connection ends. [`max_connections_per_address`](Self::max_connections_per_address) limits how often
    /// one user may do that.
    pub fn attachments_timeout(mut self, timeout: Duration) -> Self {
        self.attachments_timeout = timeout.min(FOREVER);
        self
    }

    /// How deep lists and objects may be in one another in an argument of an event, or in the auth object
    /// of a connection: 64. `[[1]]` is two deep. With 126 it is as deep as the parsers go, which is the most.
    ///
    /// Deeper ones are errors as if they could not be decoded: the event reaches no handler and no
    /// middleware, `on_error` decides on the answer, the connection is refused. They are counted in
    /// [`Counters`](crate::Counters). With msgpack, one that is deeper than 126 costs the connection.
    pub fn max_nesting(mut self, levels: usize) -> Self {
        self.options.max_nesting = levels;
        self
    }

    /// How many events a client may send in a second, those that nobody handles among them: there is no
    /// limit. It may send as many at once, and then as many as a second has room for. One that sends more is
    /// disconnected, with [`DisconnectReason::TooManyEvents`](crate::DisconnectReason::TooManyEvents), and
    /// counted in [`Counters`](crate::Counters).
    ///
    /// What a client sends to several namespaces over one connection counts together. Answers to a
    /// [`Call`](crate::Call) do not count.
    pub fn max_events_per_second(mut self, events: usize) -> Self {
        self.options.max_events_per_second = Some(events);
        self
    }

    /// How many events of one client may wait to be handled: 8192. A client that sends more is
    /// disconnected, and counted in [`Counters`](crate::Counters).
    pub fn max_waiting_events(mut self, events: usize) -> Self {
        self.options.max_waiting.events = events;
        self
    }

    /// How many bytes the events of one client that wait to be handled may take together: 16 MiB. A client
    /// that sends more is dealt with as by [`max_waiting_events`](Self::max_waiting_events). A single event
    /// may always wait, however large.
    pub fn max_waiting_bytes(mut self, bytes: usize) -> Self {
        self.options.max_waiting.bytes = bytes;
        self
    }

    pub(super) fn check_limits(&self) -> Result<(), BuildError> {
        let options = &self.options;
        let not_zero = [
            ("max_message_size", self.max_message_size),
            ("max_waiting_packets", self.max_waiting_packets),
            ("read_buffer", self.read_buffer),
            ("max_waiting_events", options.max_waiting.events),
            ("max_waiting_bytes", options.max_waiting.bytes),
            ("max_namespaces", options.max_namespaces),
            ("max_nesting", options.max_nesting),
            ("max_connections", options.max_connections),
            (
                "max_connections_per_address",
                options.max_connections_per_address.unwrap_or(1),
            ),
            (
                "max_events_per_second",
                options.max_events_per_second.unwrap_or(1),
            ),
        ];
        for (option, value) in not_zero {
            if value == 0 {
                let reason = "nothing would get through; it is at least 1";
                return Err(BuildError::InvalidOption {
                    option,
                    value: "0".to_owned(),
                    reason,
                });
            }
        }
        let not_instant = [
            ("ping_interval", self.ping_interval),
            ("ping_timeout", self.ping_timeout),
            ("upgrade_timeout", self.upgrade_timeout),
            ("connect_timeout", options.connect_timeout),
            ("write_timeout", options.write_timeout),
            ("handshake_timeout", options.handshake_timeout),
            ("body_timeout", options.body_timeout),
            ("attachments_timeout", self.attachments_timeout),
        ];
        for (option, value) in not_instant {
            if value.is_zero() {
                let reason = "every connection would end at once";
                return Err(BuildError::InvalidOption {
                    option,
                    value: "zero".to_owned(),
                    reason,
                });
            }
        }
        if options.max_nesting > DEEPEST {
            return Err(BuildError::InvalidOption {
                option: "max_nesting",
                value: options.max_nesting.to_string(),
                reason: "the parsers end at 126",
            });
        }
        Ok(())
    }
}
