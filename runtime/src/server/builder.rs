//! The options of a server to be, and the classes to mount.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use serde::Serialize;
#[cfg(feature = "cluster")]
use serde::de::DeserializeOwned;

use super::{
    Options, Origins, Parser, SlowClientPolicy, Unhandled,
    handlers::{Handlers, boxed_on_error},
    options::FOREVER,
};
use crate::{
    argument::EventName, client::Client, cluster::Cluster, error::EventError, namespace::Namespace,
};
#[cfg(feature = "cluster")]
use crate::{cluster::ServerSide, error::BuildError, server::SocketIo};

/// A server to be: namespaces and options. Begun with [`SocketIo::builder`](crate::SocketIo::builder).
///
/// | option | default |
/// |---|---|
/// | [`path`](Self::path) | `/socket.io` |
/// | [`ping_interval`](Self::ping_interval), [`ping_timeout`](Self::ping_timeout) | 25 s, 20 s |
/// | [`max_message_size`](Self::max_message_size) | 1 000 000 bytes, on both transports |
/// | [`max_attachments`](Self::max_attachments), [`attachments_timeout`](Self::attachments_timeout) | 10 for one event, 10 s |
/// | [`max_nesting`](Self::max_nesting) | 64 lists and objects in one another |
/// | [`parser`](Self::parser) | JSON |
/// | [`origins`](Self::origins) | the same origin only |
/// | [`cors_credentials`](Self::cors_credentials) | allowed |
/// | [`transports`](Self::transports) | long polling and WebSocket |
/// | [`upgrades`](Self::upgrades), [`upgrade_timeout`](Self::upgrade_timeout) | allowed, 10 s |
/// | [`cookie`](Self::cookie) | none |
/// | `http_compression`, with the feature `compression` | off |
/// | [`read_buffer`](Self::read_buffer) | 1024 bytes for each WebSocket |
/// | [`max_connections`](Self::max_connections) | 100 000 |
/// | [`max_connections_per_address`](Self::max_connections_per_address) | no limit |
/// | [`handshake_timeout`](Self::handshake_timeout), [`body_timeout`](Self::body_timeout) | 10 s, 20 s |
/// | [`connect_timeout`](Self::connect_timeout) | 45 s |
/// | [`call_timeout`](Self::call_timeout) | 60 s |
/// | [`max_events_per_second`](Self::max_events_per_second) | no limit |
/// | [`max_waiting_events`](Self::max_waiting_events), [`max_waiting_bytes`](Self::max_waiting_bytes) | 8192 and 16 MiB for one client |
/// | [`max_waiting_packets`](Self::max_waiting_packets) | 4096 for one connection |
/// | [`slow_clients`](Self::slow_clients) | disconnect |
/// | [`grace`](Self::grace) | 5 s |
/// | [`write_timeout`](Self::write_timeout) | 20 s |
/// | [`max_namespaces`](Self::max_namespaces) | 16 for one connection |
/// | [`shutdown_timeout`](Self::shutdown_timeout) | 10 s |
/// | [`unhandled`](Self::unhandled) | ignore |
/// | [`cluster`](Self::cluster) | none: one server |
#[must_use = "a server is made by `.build().await`"]
pub struct SocketIoBuilder {
    pub(super) handlers: Handlers,
    pub(super) options: Options,
    pub(super) ping_interval: Duration,
    pub(super) ping_timeout: Duration,
    pub(super) upgrade_timeout: Duration,
    pub(super) read_buffer: usize,
    pub(super) max_message_size: usize,
    pub(super) max_attachments: usize,
    pub(super) attachments_timeout: Duration,
    pub(super) max_waiting_packets: usize,
    pub(super) parser: Parser,
    pub(super) cluster: Option<Cluster>,
    #[cfg(feature = "cluster")]
    pub(super) server_side: ServerSide,
}

impl Default for SocketIoBuilder {
    fn default() -> Self {
        Self {
            handlers: Handlers::default(),
            options: Options::default(),
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            upgrade_timeout: Duration::from_secs(10),
            read_buffer: 1024,
            max_message_size: 1_000_000,
            max_attachments: 10,
            attachments_timeout: Duration::from_secs(10),
            max_waiting_packets: 4096,
            parser: Parser::default(),
            cluster: None,
            #[cfg(feature = "cluster")]
            server_side: ServerSide::default(),
        }
    }
}

impl SocketIoBuilder {
    /// Mounts a class at its own path, the one in `#[namespace("/path")]`.
    pub fn namespace<N: Namespace>(self, class: N) -> Self {
        self.namespace_at(N::PATH, class)
    }

    /// Mounts a class at another path, so that one class can be mounted more than once.
    ///
    /// At `"*"` it serves every namespace that nothing else is there for, functions included. Such a namespace begins to
    /// exist with its first client and is gone with its last;
    /// [`client.namespace().path()`](crate::NamespaceHandle::path) says which it is.
    pub fn namespace_at<N: Namespace>(mut self, path: impl Into<String>, class: N) -> Self {
        self.handlers
            .mounts
            .push((path.into(), Box::new(Arc::new(class))));
        self
    }

    /// Where in the server the clients connect: `/socket.io`. Clients must be told of another one
    /// with their own option `path`.
    ///
    /// Flask-SocketIO: `path`, or `resource`; there without the slash.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.options.path = path.into();
        self
    }

    /// How often a client is asked whether it is still there: every 25 s.
    ///
    /// Flask-SocketIO: `ping_interval`, in seconds.
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.ping_interval = interval.min(FOREVER);
        self
    }

    /// How long it has to answer that: 20 s.
    ///
    /// Flask-SocketIO: `ping_timeout`, in seconds.
    pub fn ping_timeout(mut self, timeout: Duration) -> Self {
        self.ping_timeout = timeout.min(FOREVER);
        self
    }

    /// The largest message a client may send, on either transport, and all attachments of an event
    /// together: 1 000 000 bytes. Whoever sends a larger one is disconnected.
    ///
    /// Over long polling it is the size of a request, with all that is in it; clients are told, and put no
    /// more into one. What goes out to clients is not limited by it.
    ///
    /// Flask-SocketIO: `max_http_buffer_size`.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.max_message_size = bytes;
        self
    }

    /// How much is read from a WebSocket at once: 1024 bytes, which is also what each one takes of memory
    /// as long as it is open. Most messages fit in there. Where most are much larger, more of it means
    /// fewer reads.
    pub fn read_buffer(mut self, bytes: usize) -> Self {
        self.read_buffer = bytes;
        self
    }

    /// How many binary attachments an event may have: 10, as many as the JavaScript client takes. With
    /// msgpack there are none to count.
    pub fn max_attachments(mut self, attachments: usize) -> Self {
        self.max_attachments = attachments;
        self
    }

    /// How packets are written: as JSON. See [`Parser`], whose `MsgPack` there is with the feature
    /// `msgpack`.
    ///
    /// Flask-SocketIO: `serializer`.
    pub fn parser(mut self, parser: Parser) -> Self {
        self.parser = parser;
        self
    }

    /// Which web pages may connect: those of the same origin. See [`Origins`].
    ///
    /// Flask-SocketIO: `cors_allowed_origins`.
    pub fn origins(mut self, origins: impl Into<Origins>) -> Self {
        self.options.origins = origins.into();
        self
    }

    /// How long a client has to connect to a namespace, `on_connect` included: 45 s. Then it is
    /// refused.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout.min(FOREVER);
        self
    }

    /// How long a [`Call`](crate::Call) waits for the answer if it does not say: 60 s.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.options.call_timeout = timeout;
        self
    }

    /// How many packets may wait to go out on one connection: 4096. What happens beyond is for
    /// [`slow_clients`](Self::slow_clients) to say.
    pub fn max_waiting_packets(mut self, packets: usize) -> Self {
        self.max_waiting_packets = packets;
        self
    }

    /// What becomes of a client that reads too slowly: it is disconnected.
    pub fn slow_clients(mut self, policy: SlowClientPolicy) -> Self {
        self.options.slow_clients = policy;
        self
    }

    /// How long a handler may still run once its client is leaving: 5 s, for each event that came
    /// before. One that takes longer is dropped, and what waits behind it.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.options.grace = grace;
        self
    }

    /// How long the operating system may take no byte that is to go out before the connection is
    /// closed: 20 s. Where hobnob does not listen itself, with [`layer`](crate::SocketIo::layer), it is
    /// without effect.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.options.write_timeout = timeout.min(FOREVER);
        self
    }

    /// How many namespaces one connection may be connected to: 16.
    pub fn max_namespaces(mut self, namespaces: usize) -> Self {
        self.options.max_namespaces = namespaces;
        self
    }

    /// How long a shutdown may take in all: 10 s.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.options.shutdown_timeout = timeout;
        self
    }

    /// What becomes of an event that no method handles: it is ignored.
    pub fn unhandled(mut self, policy: Unhandled) -> Self {
        self.options.unhandled = policy;
        self
    }

    /// What a client gets for an answer when an event goes wrong in a namespace where neither
    /// [`on_error_at`](Self::on_error_at) nor the class's `on_error` says so; the default is
    /// [`EventError::to_answer`].
    ///
    /// Flask-SocketIO: `on_error_default`.
    ///
    /// ```
    /// use hobnob::prelude::*;
    /// use serde_json::json;
    ///
    /// let builder = SocketIo::builder().on_error(async |_client, event, error| {
    ///     json!({ "event": event, "failed": error.to_answer() })
    /// });
    /// # drop(builder);
    /// ```
    pub fn on_error<F, Fut, R>(mut self, handler: F) -> Self
    where
        F: Fn(Client, EventName, EventError) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: Serialize,
    {
        self.options.on_error = Some(boxed_on_error(handler));
        self
    }

    /// Makes this server one of several: broadcasts, rooms, counts, calls and
    /// [`NamespaceHandle::client`](crate::NamespaceHandle::client) then mean the whole cluster. Without
    /// it, and in the cluster of one, a server is alone.
    ///
    /// Given a `Redis` or a `Postgres`, with the features of their names, or a [`Cluster`] where there is
    /// more to say. Clients must come back to the same server with each request of long polling: see
    /// [`cookie`](Self::cookie).
    ///
    /// Flask-SocketIO: `message_queue=`.
    pub fn cluster(mut self, cluster: impl Into<Cluster>) -> Self {
        self.cluster = Some(cluster.into());
        self
    }

    /// A function for an event that [another server](SocketIo::server_side_emit) of the cluster sends to all
    /// the others. What it returns is the answer, if there was a [question](SocketIo::server_side_call); a
    /// `Result` too, which is then what the other server gets. Several run at once. With the feature
    /// `cluster`.
    ///
    /// Socket.IO for Node: `io.on`, for `io.serverSideEmit`.
    ///
    /// ```
    /// use hobnob::prelude::*;
    ///
    /// let builder = SocketIo::builder().on_server_side("count", async |socketio, path: String| {
    ///     socketio.of(&path).local_clients().len()
    /// });
    /// # drop(builder);
    /// ```
    #[cfg(feature = "cluster")]
    pub fn on_server_side<T, F, Fut>(mut self, event: impl Into<String>, handler: F) -> Self
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(SocketIo, T) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Serialize> + Send + 'static,
    {
        if let Err(event) = self.server_side.add(event.into(), handler) {
            let mistake = BuildError::DuplicateServerSide { event };
            self.handlers.mistakes.push(mistake);
        }
        self
    }
}

impl fmt::Debug for SocketIoBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.handlers.mounts.iter().map(|(path, _)| path).collect();
        f.debug_struct("SocketIoBuilder")
            .field("namespaces", &paths)
            .finish_non_exhaustive()
    }
}
