//! Redis between the servers: plain PUBLISH and SUBSCRIBE, which every Redis and Valkey has.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use redis::{
    AsyncConnectionConfig, Client,
    aio::{MultiplexedConnection, PubSub as RedisMessages},
};
use tokio::time::timeout;

use super::{
    link::{Dial, Link},
    pubsub::{Inbox, PubSub},
};
use crate::adapter::ClusterError;

/// How long Redis may take for anything before it counts as away.
const LIMIT: Duration = Duration::from_secs(2);

/// Redis, or what speaks like it, between the servers of a cluster. With the feature `redis`.
///
/// ```no_run
/// use hobnob::{Redis, prelude::*};
///
/// # struct Chat;
/// # #[namespace("/chat")]
/// # impl Chat { fn on_ping(&self) {} }
/// # #[tokio::main]
/// # async fn main() -> Result {
/// let redis = Redis::connect("redis://127.0.0.1/").await?;
/// let socketio = SocketIo::builder().namespace(Chat).cluster(redis).build().await?;
/// # Ok(())
/// # }
/// ```
///
/// Two connections are kept to it: one to publish, one to listen. Each is made again by itself, within a
/// second or so of Redis' return. Until then clients of this server still get what is sent here, and the
/// sender an [`EmitError::Cluster`](crate::EmitError::Cluster).
///
/// A connection is encrypted where the URL says `rediss://`: for that, add
/// `redis = { version = "1", features = ["tokio-rustls-comp"] }` to your own dependencies.
///
/// Flask-SocketIO: `message_queue="redis://.."`. The messages are not the same: see
/// [`Cluster::python_workers`](crate::Cluster::python_workers).
pub struct Redis {
    link: Link<RedisServers>,
}

impl Redis {
    /// Connects when awaited. See [`ConnectRedis`] for what else can be said before.
    ///
    /// The URL is as in `redis://user:password@host:6379/`. The number of a database makes no
    /// difference: messages go through all of them.
    pub fn connect(url: impl Into<String>) -> ConnectRedis {
        ConnectRedis {
            urls: vec![url.into()],
            patience: Duration::ZERO,
        }
    }
}

impl PubSub for Redis {
    async fn publish(&self, channel: &str, message: Bytes) -> Result<(), ClusterError> {
        let publish = async |mut line: MultiplexedConnection| {
            let mut publish = redis::cmd("PUBLISH");
            publish.arg(channel).arg(&*message);
            publish.query_async::<()>(&mut line).await
        };
        self.link.publish(LIMIT, publish).await
    }

    async fn subscribe(&self, channels: Vec<String>, inbox: Inbox) -> Result<(), ClusterError> {
        self.link.subscribe(channels, inbox).await
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").finish_non_exhaustive()
    }
}

/// A connection to be, made by [`Redis::connect`]: await it.
///
/// # Errors
///
/// If the URL is none, or Redis cannot be reached.
#[must_use = "nothing is connected before it is awaited"]
pub struct ConnectRedis {
    urls: Vec<String>,
    patience: Duration,
}

impl ConnectRedis {
    /// One more address, tried when those before do not answer. For the nodes of a Redis Cluster, which
    /// hand messages on among themselves. Not for replicas: they do not.
    pub fn or(mut self, url: impl Into<String>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// How long to wait for Redis if it is away: not at all, unless told so. An error comes
    /// afterwards.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl IntoFuture for ConnectRedis {
    type Output = Result<Redis, ClusterError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let servers = RedisServers::new(&self.urls)?;
            let link = Link::connect(servers, self.patience).await?;
            Ok(Redis { link })
        })
    }
}

impl fmt::Debug for ConnectRedis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password.
        f.debug_struct("ConnectRedis").finish_non_exhaustive()
    }
}

struct RedisServers {
    clients: Vec<Client>,
    name: String,
}

impl RedisServers {
    fn new(urls: &[String]) -> Result<Self, ClusterError> {
        let opened = urls.iter().map(|url| Client::open(url.as_str()));
        let clients: Vec<_> = opened
            .collect::<Result<_, _>>()
            .map_err(|error| ClusterError::unreachable(format_args!("not a Redis URL: {error}")))?;
        let addresses = clients
            .iter()
            .map(|client| client.get_connection_info().addr().to_string());
        let addresses: Vec<_> = addresses.collect();
        Ok(Self {
            name: format!("Redis at {}", addresses.join(", ")),
            clients,
        })
    }

    /// The first of them that answers.
    async fn first<T, F>(&self, connect: impl Fn(Client) -> F) -> Result<T, ClusterError>
    where
        F: Future<Output = redis::RedisResult<T>>,
    {
        let mut last = "no address".to_owned();
        for client in &self.clients {
            match timeout(LIMIT, connect(client.clone())).await {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(error)) => last = error.to_string(),
                Err(_) => last = format!("no answer in {LIMIT:?}"),
            }
        }
        let name = &self.name;
        Err(ClusterError::unreachable(format_args!("{name}: {last}")))
    }
}

impl Dial for RedisServers {
    type Line = MultiplexedConnection;
    type Messages = Pin<Box<dyn Stream<Item = (String, Bytes)> + Send>>;

    fn name(&self) -> &str {
        &self.name
    }

    async fn dial(&self) -> Result<MultiplexedConnection, ClusterError> {
        self.first(line).await
    }

    async fn listen(&self, channels: &[String]) -> Result<Self::Messages, ClusterError> {
        let messages = self.first(|client| messages(client, channels.to_vec()));
        let messages = messages.await?.into_on_message().map(|message| {
            let channel = message.get_channel_name().to_owned();
            (channel, Bytes::copy_from_slice(message.get_payload_bytes()))
        });
        Ok(Box::pin(messages))
    }
}

async fn line(client: Client) -> redis::RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(LIMIT))
        .set_response_timeout(Some(LIMIT));
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    let mut line = connecting.await?;
    redis::cmd("PING").query_async::<()>(&mut line).await?;
    Ok(line)
}

async fn messages(client: Client, channels: Vec<String>) -> redis::RedisResult<RedisMessages> {
    let mut messages = client.get_async_pubsub().await?;
    messages.subscribe(channels).await?;
    Ok(messages)
}
