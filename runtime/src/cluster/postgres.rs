//! PostgreSQL between the servers: NOTIFY and LISTEN, without a table. What is too long for one
//! notification goes in several.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use tokio::{sync::mpsc, time::timeout};
use tokio_postgres::{
    AsyncMessage, Client, Config, NoTls, Notification, Socket, Statement,
    config::Host,
    tls::{MakeTlsConnect, TlsConnect},
};

use super::{
    link::{Dial, Link},
    parts::{Parts, split},
    pubsub::{Inbox, PubSub},
};
use crate::adapter::ClusterError;

/// How long PostgreSQL may take for anything before it counts as away.
const LIMIT: Duration = Duration::from_secs(2);

/// PostgreSQL between the servers of a cluster. With the feature `postgres`.
///
/// ```no_run
/// use hobnob::{Postgres, prelude::*};
///
/// # struct Chat;
/// # #[namespace("/chat")]
/// # impl Chat { fn on_ping(&self) {} }
/// # #[tokio::main]
/// # async fn main() -> Result {
/// let postgres = Postgres::connect("postgres://chat:secret@127.0.0.1/chat").await?;
/// let socketio = SocketIo::builder().namespace(Chat).cluster(postgres).build().await?;
/// # Ok(())
/// # }
/// ```
///
/// It needs no table and no rights beyond those to connect. Two connections are kept to it: one to notify,
/// one to listen; a pooler between must not share them out by transaction. Each is made again by itself,
/// within a second or so of the database's return. Until then clients of this server still get what is
/// sent here, and the sender an [`EmitError::Cluster`](crate::EmitError::Cluster).
///
/// All notifications of a database go through one lock: where thousands of messages a second are to go
/// through, Redis is the better choice.
pub struct Postgres {
    link: Link<PostgresServer>,
}

impl Postgres {
    /// Connects when awaited. See [`ConnectPostgres`] for what else can be said before.
    ///
    /// The URL is as in `postgres://user:password@host:5432/database`.
    pub fn connect(url: impl AsRef<str>) -> ConnectPostgres {
        ConnectPostgres {
            config: url.as_ref().parse(),
            connector: connector(NoTls),
            patience: Duration::ZERO,
        }
    }
}

impl PubSub for Postgres {
    async fn publish(&self, channel: &str, message: Bytes) -> Result<(), ClusterError> {
        let publish = async |line: Line| {
            let parts = split(&message);
            line.client
                .execute(&line.notify, &[&channel, &parts])
                .await
                .map(drop)
                .map_err(|error| text(&error))
        };
        self.link.publish(LIMIT, publish).await
    }

    async fn subscribe(&self, channels: Vec<String>, inbox: Inbox) -> Result<(), ClusterError> {
        self.link.subscribe(channels, inbox).await
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

/// A connection to be, made by [`Postgres::connect`]: await it.
///
/// # Errors
///
/// If the URL is none, or the database cannot be reached.
#[must_use = "nothing is connected before it is awaited"]
pub struct ConnectPostgres {
    config: Result<Config, tokio_postgres::Error>,
    connector: Connector,
    patience: Duration,
}

impl ConnectPostgres {
    /// Encrypts the connections, with a connector that `tokio-postgres` takes, as that of the crate
    /// `tokio-postgres-rustls` or `postgres-native-tls`. They are not encrypted otherwise.
    pub fn tls<T>(mut self, tls: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        self.connector = connector(tls);
        self
    }

    /// How long to wait for the database if it is away: not at all, unless told so. An error comes
    /// afterwards.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl IntoFuture for ConnectPostgres {
    type Output = Result<Postgres, ClusterError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let config = self.config.map_err(|error| {
                let error = text(&error);
                ClusterError::unreachable(format_args!("not a PostgreSQL URL: {error}"))
            })?;
            let server = PostgresServer {
                name: name(&config),
                config,
                connector: self.connector,
            };
            let link = Link::connect(server, self.patience).await?;
            Ok(Postgres { link })
        })
    }
}

impl fmt::Debug for ConnectPostgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password.
        f.debug_struct("ConnectPostgres").finish_non_exhaustive()
    }
}

/// Where it is, without a password.
fn name(config: &Config) -> String {
    let hosts: Vec<_> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(at, host)| {
            let ports = config.get_ports();
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(host) => format!("{host}:{port}"),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            }
        })
        .collect();
    format!("PostgreSQL at {}", hosts.join(", "))
}

/// The error and what it comes from: alone it only says that there was one.
fn text(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// A connection, and its notifications until it ends.
type Connected = (Client, mpsc::UnboundedReceiver<Notification>);
type Connector = Arc<
    dyn Fn(Config) -> BoxFuture<'static, Result<Connected, tokio_postgres::Error>> + Send + Sync,
>;

fn connector<T>(tls: T) -> Connector
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    Arc::new(move |config| {
        let tls = tls.clone();
        Box::pin(async move {
            let (client, mut connection) = config.connect(tls).await?;
            let (sender, notifications) = mpsc::unbounded_channel();
            tokio::spawn(async move {
                let mut next = std::future::poll_fn(|cx| connection.poll_message(cx)).await;
                while let Some(Ok(message)) = next {
                    if let AsyncMessage::Notification(notification) = message {
                        // Nobody is there to hear what a connection that publishes is told.
                        let _ = sender.send(notification);
                    }
                    next = std::future::poll_fn(|cx| connection.poll_message(cx)).await;
                }
            });
            Ok((client, notifications))
        })
    })
}

/// What is published with.
#[derive(Clone)]
struct Line {
    client: Arc<Client>,
    notify: Statement,
}

struct PostgresServer {
    config: Config,
    connector: Connector,
    name: String,
}

impl PostgresServer {
    async fn connect<T>(
        &self,
        prepare: impl AsyncFnOnce(Connected) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, ClusterError> {
        let mut config = self.config.clone();
        if config.get_application_name().is_none() {
            config.application_name("hobnob");
        }
        let connecting = async { prepare((self.connector)(config).await?).await };
        let error = match timeout(LIMIT, connecting).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => text(&error),
            Err(_) => format!("no answer in {LIMIT:?}"),
        };
        let name = &self.name;
        Err(ClusterError::unreachable(format_args!("{name}: {error}")))
    }
}

impl Dial for PostgresServer {
    type Line = Line;
    type Messages = Pin<Box<dyn futures_core::Stream<Item = (String, Bytes)> + Send>>;

    fn name(&self) -> &str {
        &self.name
    }

    async fn dial(&self) -> Result<Line, ClusterError> {
        self.connect(async |(client, _)| {
            // A message is not worth waiting for the disk.
            client.batch_execute("SET synchronous_commit = off").await?;
            let notify = "SELECT pg_notify($1, part) FROM unnest($2::text[]) AS part";
            let notify = client.prepare(notify).await?;
            let client = Arc::new(client);
            Ok(Line { client, notify })
        })
        .await
    }

    async fn listen(&self, channels: &[String]) -> Result<Self::Messages, ClusterError> {
        let connected = self.connect(async |(client, notifications)| {
            for channel in channels {
                let channel = channel.replace('"', "\"\"");
                client
                    .batch_execute(&format!("LISTEN \"{channel}\""))
                    .await?;
            }
            Ok((client, notifications))
        });
        let (client, notifications) = connected.await?;
        // The connection lasts as long as its client.
        let listening = (client, notifications, Parts::default());
        let messages = futures_util::stream::unfold(listening, async |mut listening| {
            loop {
                let part = listening.1.recv().await?;
                let (channel, sender) = (part.channel(), part.process_id());
                if let Some(message) = listening.2.add(sender, channel, part.payload()) {
                    return Some(((channel.to_owned(), message), listening));
                }
            }
        });
        Ok(Box::pin(messages))
    }
}
