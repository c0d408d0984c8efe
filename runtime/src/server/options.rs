//! The options of a server and their defaults.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use serde_json::Value;
use socketioxide::TransportType;

use super::{Cookie, Origins};
use crate::{argument::EventName, client::Client, error::EventError, lane::Most};

/// A time so long that it is never over, and short enough to reckon with.
pub(crate) const FOREVER: Duration = Duration::from_hours(24 * 365 * 100);

/// Answers where an event failed.
pub(crate) type OnError = Arc<
    dyn Fn(Client, EventName, EventError) -> Pin<Box<dyn Future<Output = Value> + Send>>
        + Send
        + Sync,
>;

/// What the running server needs to know; what only the engine needs goes straight to it.
pub(crate) struct Options {
    pub(crate) path: String,
    pub(crate) origins: Origins,
    pub(crate) cors_credentials: bool,
    pub(crate) transports: Vec<TransportType>,
    pub(crate) upgrades: bool,
    pub(crate) cookie: Option<Cookie>,
    /// From how many bytes on.
    #[cfg(feature = "compression")]
    pub(crate) http_compression: Option<u64>,
    pub(crate) connect_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) grace: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) max_connections: usize,
    pub(crate) max_connections_per_address: Option<usize>,
    pub(crate) max_events_per_second: Option<usize>,
    pub(crate) max_nesting: usize,
    pub(crate) max_waiting: Most,
    pub(crate) max_namespaces: usize,
    pub(crate) slow_clients: SlowClientPolicy,
    pub(crate) unhandled: Unhandled,
    pub(crate) on_error: Option<OnError>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            path: "/socket.io".to_owned(),
            origins: Origins::Same,
            cors_credentials: true,
            transports: vec![TransportType::Polling, TransportType::Websocket],
            upgrades: true,
            cookie: None,
            #[cfg(feature = "compression")]
            http_compression: None,
            connect_timeout: Duration::from_secs(45),
            call_timeout: Duration::from_mins(1),
            grace: Duration::from_secs(5),
            shutdown_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
            handshake_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            max_connections: 100_000,
            max_connections_per_address: None,
            max_events_per_second: None,
            max_nesting: 64,
            max_waiting: Most {
                events: 8192,
                bytes: 16 * 1024 * 1024,
            },
            max_namespaces: 16,
            slow_clients: SlowClientPolicy::Disconnect,
            unhandled: Unhandled::Ignore,
            on_error: None,
        }
    }
}

impl Options {
    pub(crate) fn allows(&self, transport: TransportType) -> bool {
        self.transports.contains(&transport)
    }
}

/// How packets are written. All clients of a server speak the same: a client that speaks the other is
/// disconnected as soon as it says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Parser {
    /// JSON, with bytes as attachments: what every client speaks if it is not told otherwise.
    #[default]
    Json,
    /// [msgpack](https://msgpack.org), with bytes in place. The JavaScript client takes it as its
    /// option `parser`, from the package `socket.io-msgpack-parser`; that of python-socketio is made
    /// with `serializer="msgpack"`.
    ///
    /// Handlers notice nothing: what they take and return is what it is in JSON. Objects have text
    /// for keys, `undefined` is left out, a `Date` is text, a number that is not finite comes in as
    /// `null`.
    ///
    /// ```
    /// use hobnob::{Parser, prelude::*};
    ///
    /// let builder = SocketIo::builder().parser(Parser::MsgPack);
    /// # drop(builder);
    /// ```
    #[cfg(feature = "msgpack")]
    MsgPack,
}

/// What becomes of a client for which too many packets wait to go out. Either way it is counted and
/// logged.
///
/// It is found when this server sends it something. Of what another server of a cluster sends to it, the
/// engine drops what does not fit, and only its own log says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SlowClientPolicy {
    /// It is disconnected: it connects again, and knows that it missed something.
    #[default]
    Disconnect,
    /// It stays, and misses what does not fit. Where nothing at all goes out to it any more the
    /// heartbeat or the [write timeout](crate::SocketIoBuilder::write_timeout) ends it all the same, as
    /// does a ping of the heartbeat for which there is no room.
    Drop,
}

/// What becomes of an event that no method handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unhandled {
    /// Nothing, as in Socket.IO for Node: there is no answer, the log has it at debug level.
    #[default]
    Ignore,
    /// It is acknowledged without arguments, as a class of Flask-SocketIO does it.
    Acknowledge,
    /// It is acknowledged with `{"error": text}`.
    AnswerError,
    /// The client is disconnected.
    Disconnect,
}
