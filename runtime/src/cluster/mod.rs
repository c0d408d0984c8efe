//! Several servers as one: what a builder is given to join a cluster, and what the server keeps of it.
//!
//! What servers ask and tell each other is the engine's (`socketioxide_core::adapter::remote_packet`), as
//! it is in the engine's own adapters for Redis and PostgreSQL. Those are not used, because some of what a
//! cluster has to do cannot be put around them: to serve the clients here before anybody else is told, to
//! know which servers have not answered, to learn that one has gone. They make a namespace only after a
//! round trip besides, which loses clients where namespaces come and go; and the one for PostgreSQL sends
//! no heartbeat any more after the first that failed.

#[cfg(feature = "cluster")]
mod acks;
#[cfg(feature = "cluster")]
mod emitter;
#[cfg(any(feature = "redis", feature = "postgres"))]
mod link;
#[cfg(feature = "cluster")]
mod message;
#[cfg(feature = "mongodb")]
mod mongodb;
#[cfg(feature = "cluster")]
mod namespace;
#[cfg(feature = "cluster")]
mod node;
#[cfg(feature = "postgres")]
mod parts;
#[cfg(feature = "cluster")]
mod peers;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "cluster")]
mod pubsub;
#[cfg(feature = "cluster")]
mod python;
#[cfg(feature = "cluster")]
mod question;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "cluster")]
mod server_side;
#[cfg(feature = "cluster")]
mod settings;

use std::fmt;
#[cfg(feature = "cluster")]
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use socketioxide::adapter::Emitter as EngineEmitter;
use socketioxide_core::adapter::CoreAdapter;

#[cfg(feature = "mongodb")]
pub use self::mongodb::{ConnectMongoDb, MongoDb};
#[cfg(feature = "postgres")]
pub use self::postgres::{ConnectPostgres, Postgres};
#[cfg(feature = "redis")]
pub use self::redis::{ConnectRedis, Redis};
#[cfg(feature = "cluster")]
pub(crate) use self::server_side::ServerSide;
#[cfg(feature = "cluster")]
pub use self::{
    emitter::{Emitter, EmitterTarget},
    pubsub::{Inbox, PubSub},
    server_side::ServerAnswers,
};
#[cfg(feature = "cluster")]
use self::{namespace::SharedNamespace, node::Node, pubsub::AnyPubSub, settings::Settings};
#[cfg(feature = "cluster")]
use crate::server::Server;
use crate::{
    adapter::{ClusterError, IntoInitialized, MakeAdapter, boxed},
    error::BuildError,
};

/// A cluster to be joined, given to [`SocketIoBuilder::cluster`](crate::SocketIoBuilder::cluster).
///
/// `Redis`, `Postgres`, `MongoDb` and whatever is a `PubSub` become one by themselves. Where more is
/// to be said, `Cluster::new` is given one of them:
///
/// | option | default |
/// |---|---|
/// | `prefix` | `hobnob` |
/// | `request_timeout` | 5 s |
/// | `heartbeat_interval`, `heartbeat_timeout` | 2 s, 8 s |
/// | `python_workers` | none |
#[must_use = "a cluster is joined by `SocketIoBuilder::cluster`"]
pub struct Cluster(Kind);

enum Kind {
    Engine(Box<MakeAdapter>),
    #[cfg(feature = "cluster")]
    PubSub(Arc<dyn AnyPubSub>, Settings),
    /// An adapter of the engine was given an option that it does not have.
    #[cfg(feature = "cluster")]
    Mistaken(&'static str),
}

impl Cluster {
    /// An adapter of the engine that spans several servers, with the state it is made from. It is taken
    /// as it is: what it does when its backend is away, and what it says then, is its own.
    ///
    /// ```
    /// use hobnob::{Cluster, prelude::*, socketioxide::adapter::LocalAdapter};
    ///
    /// let builder = SocketIo::builder().cluster(Cluster::of_engine::<LocalAdapter>(()));
    /// # drop(builder);
    /// ```
    pub fn of_engine<A>(state: A::State) -> Self
    where
        A: CoreAdapter<EngineEmitter>,
        A::InitRes: IntoInitialized,
    {
        Self(Kind::Engine(Box::new(move |local| {
            boxed::<A>(&state, local)
        })))
    }

    /// Becomes a part of it.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(
            clippy::unused_async,
            reason = "an adapter of the engine makes its start itself"
        )
    )]
    pub(crate) async fn join(self) -> Result<(Box<MakeAdapter>, Membership), BuildError> {
        match self.0 {
            Kind::Engine(make) => Ok((make, Membership::Engine)),
            #[cfg(feature = "cluster")]
            Kind::Mistaken(option) => Err(BuildError::InvalidOption {
                option,
                value: "said of an adapter of the engine".to_owned(),
                reason: "that has its options from the state it is made from",
            }),
            #[cfg(feature = "cluster")]
            Kind::PubSub(pubsub, settings) => {
                settings.check()?;
                let node = Node::join(pubsub, settings).await?;
                let membership = Membership::Node(Arc::clone(&node));
                let make = move |local| Arc::new(SharedNamespace::new(&node, local)) as _;
                Ok((Box::new(make), membership))
            }
        }
    }
}

#[cfg(feature = "cluster")]
impl Cluster {
    /// Servers that reach each other through `pubsub`.
    pub fn new(pubsub: impl PubSub) -> Self {
        Self(Kind::PubSub(Arc::new(pubsub), Settings::default()))
    }

    fn set(mut self, option: &'static str, set: impl FnOnce(&mut Settings)) -> Self {
        match &mut self.0 {
            Kind::PubSub(_, settings) => set(settings),
            Kind::Engine(_) | Kind::Mistaken(_) => self.0 = Kind::Mistaken(option),
        }
        self
    }

    /// The beginning of the channels' names: `hobnob`. Servers that share it are one cluster. Up to 30
    /// letters, digits, `.`, `-` and `_`.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        self.set("prefix", |settings| settings.prefix = prefix.into())
    }

    /// How long to wait for what the other servers say of their clients: 5 s. Who has not answered by
    /// then is counted in the error.
    pub fn request_timeout(self, timeout: Duration) -> Self {
        self.set("request_timeout", |settings| {
            settings.request_timeout = timeout;
        })
    }

    /// How often a server says that it is there: every 2 s.
    pub fn heartbeat_interval(self, interval: Duration) -> Self {
        self.set("heartbeat_interval", |settings| {
            settings.heartbeat_interval = interval;
        })
    }

    /// After what silence a server counts as gone: 8 s. One that is shut down is gone at once.
    pub fn heartbeat_timeout(self, timeout: Duration) -> Self {
        self.set("heartbeat_timeout", |settings| {
            settings.heartbeat_timeout = timeout;
        })
    }

    /// Also does what Python workers ask for on this channel: `socketio` is that of python-socketio's
    /// `RedisManager`, `flask-socketio` that of Flask-SocketIO. May be called for several.
    ///
    /// ```no_run
    /// use hobnob::{Cluster, Redis, prelude::*};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result {
    /// let redis = Redis::connect("redis://127.0.0.1/").await?;
    /// let cluster = Cluster::new(redis).python_workers("flask-socketio");
    /// let builder = SocketIo::builder().cluster(cluster);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// ```python
    /// from flask_socketio import SocketIO
    ///
    /// socketio = SocketIO(message_queue="redis://127.0.0.1/")     # no app: it only sends
    /// socketio.emit("progress", {"done": 0.5}, to=job, namespace="/jobs")
    /// ```
    ///
    /// Emits go to rooms, to sids and to everybody, with `skip_sid` and with bytes; `disconnect`,
    /// `enter_room`, `leave_room` and `close_room` are done too. A sid is a [`Sid`](crate::Sid), not the
    /// `socket.id` of the JavaScript client. What asks for an answer, and everything else, is ignored
    /// with a line in the log. Messages are JSON, as python-socketio sends them from version 5.14 on.
    pub fn python_workers(self, channel: impl Into<String>) -> Self {
        self.set("python_workers", |settings| {
            settings.python_workers.push(channel.into());
        })
    }
}

#[cfg(feature = "cluster")]
impl<P: PubSub> From<P> for Cluster {
    fn from(pubsub: P) -> Self {
        Self::new(pubsub)
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Engine(_) => f.debug_struct("Cluster").finish_non_exhaustive(),
            #[cfg(feature = "cluster")]
            Kind::PubSub(_, settings) => f.debug_tuple("Cluster").field(settings).finish(),
            #[cfg(feature = "cluster")]
            Kind::Mistaken(option) => f.debug_tuple("Cluster").field(option).finish(),
        }
    }
}

/// What a server keeps of the cluster it is in.
pub(crate) enum Membership {
    /// There is none.
    Alone,
    /// The engine's adapter knows, and nobody else.
    Engine,
    #[cfg(feature = "cluster")]
    Node(Arc<Node>),
}

impl Membership {
    /// Tells the others that this server is gone.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(clippy::unused_async, reason = "nobody else is there")
    )]
    pub(crate) async fn leave(&self) {
        #[cfg(feature = "cluster")]
        if let Self::Node(node) = self {
            node.leave().await;
        }
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn serve(&self, server: Weak<Server>, handlers: ServerSide) {
        if let Self::Node(node) = self {
            node.serve(server, handlers);
        }
    }

    /// `None` where nobody else can be.
    #[cfg(feature = "cluster")]
    fn node(&self) -> Result<Option<&Node>, ClusterError> {
        match self {
            Self::Alone => Ok(None),
            Self::Engine => Err(server_side::engine_has_none()),
            Self::Node(node) => Ok(Some(node)),
        }
    }
}

impl From<ClusterError> for BuildError {
    fn from(error: ClusterError) -> Self {
        Self::Join(error)
    }
}
