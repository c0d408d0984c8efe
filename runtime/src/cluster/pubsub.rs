//! What carries the messages between the servers of a cluster: anything that publishes and subscribes.

use std::{future::Future, time::Duration};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use tokio::sync::mpsc;

use super::settings::Settings;
use crate::adapter::ClusterError;

/// How many messages may wait for a server to look at them. More wait at the other side.
const INBOX: usize = 1024;

/// Carries messages between the servers of a cluster. `Redis` and `Postgres` do; for others it is
/// implemented, and given to [`SocketIoBuilder::cluster`](crate::SocketIoBuilder::cluster) like them.
///
/// Messages of one publisher on one channel arrive in order, at most once. What a server publishes
/// comes back to it too: that is how it notices that it can hear.
///
/// ```
/// use std::sync::Mutex;
/// use hobnob::{Bytes, ClusterError, Inbox, PubSub, prelude::*};
///
/// /// Servers of one process.
/// #[derive(Default)]
/// struct Here(Mutex<Vec<(Vec<String>, Inbox)>>);
///
/// impl PubSub for &'static Here {
///     async fn publish(&self, channel: &str, message: Bytes) -> Result<(), ClusterError> {
///         let subscribed: Vec<_> = self.0.lock().expect("no panic").iter()
///             .filter(|(channels, _)| channels.iter().any(|name| name == channel))
///             .map(|(_, inbox)| inbox.clone())
///             .collect();
///         for inbox in subscribed {
///             inbox.deliver(channel, message.clone()).await;
///         }
///         Ok(())
///     }
///
///     async fn subscribe(&self, channels: Vec<String>, inbox: Inbox) -> Result<(), ClusterError> {
///         self.0.lock().expect("no panic").push((channels, inbox));
///         Ok(())
///     }
/// }
///
/// struct Chat;
///
/// #[namespace("/chat")]
/// impl Chat {
///     fn on_ping(&self) {}
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result {
/// let here: &'static Here = Box::leak(Box::default());
/// let one = SocketIo::builder().namespace(Chat).cluster(here).build().await?;
/// let other = SocketIo::builder().namespace(Chat).cluster(here).build().await?;
/// one.of("/chat").emit("to all on both", ()).await?;
/// # drop(other);
/// # Ok(())
/// # }
/// ```
pub trait PubSub: Send + Sync + 'static {
    /// Sends a message to whoever has subscribed to the channel.
    ///
    /// It should come back soon: emits wait for it. While nobody can be reached, an error is better
    /// than patience.
    fn publish(
        &self,
        channel: &str,
        message: Bytes,
    ) -> impl Future<Output = Result<(), ClusterError>> + Send;

    /// Subscribes: from now on messages on these channels go into the inbox. Called once by a server,
    /// when it is built. A connection that is lost is to be made again, for as long as the inbox is
    /// [wanted](Inbox::closed), and the server to be told of [both](Inbox::interrupted).
    fn subscribe(
        &self,
        channels: Vec<String>,
        inbox: Inbox,
    ) -> impl Future<Output = Result<(), ClusterError>> + Send;
}

/// Where a [`PubSub`] puts the messages for a server.
#[derive(Debug, Clone)]
pub struct Inbox {
    sender: mpsc::Sender<Incoming>,
    silence: Duration,
}

/// What an inbox holds.
#[derive(Debug)]
pub(super) enum Incoming {
    Message { channel: String, message: Bytes },
    Interrupted,
    Resubscribed,
}

impl Inbox {
    pub(super) fn new(settings: &Settings) -> (Self, mpsc::Receiver<Incoming>) {
        let (sender, receiver) = mpsc::channel(INBOX);
        let silence = settings.heartbeat_interval * 2 + Duration::from_secs(1);
        (Self { sender, silence }, receiver)
    }

    /// Puts a message in. Waits while the inbox is full.
    pub async fn deliver(&self, channel: impl Into<String>, message: impl Into<Bytes>) {
        let (channel, message) = (channel.into(), message.into());
        // Without a receiver the server is gone, and nobody wants to know.
        let _ = self
            .sender
            .send(Incoming::Message { channel, message })
            .await;
    }

    /// Says that nothing comes any more, for now. Nobody waits for answers then.
    pub async fn interrupted(&self) {
        let _ = self.sender.send(Incoming::Interrupted).await;
    }

    /// Says that messages come again.
    pub async fn resubscribed(&self) {
        let _ = self.sender.send(Incoming::Resubscribed).await;
    }

    /// How long it may be silent. A server hears its own heartbeats; if nothing at all has come for
    /// longer than this, the connection is dead, whatever it says.
    pub fn silence(&self) -> Duration {
        self.silence
    }

    /// Returns when the server is gone and nothing is wanted any more.
    pub async fn closed(&self) {
        self.sender.closed().await;
    }
}

/// [`PubSub`] as an object.
pub(super) trait AnyPubSub: Send + Sync {
    fn publish<'a>(
        &'a self,
        channel: &'a str,
        message: Bytes,
    ) -> BoxFuture<'a, Result<(), ClusterError>>;

    fn subscribe(
        &self,
        channels: Vec<String>,
        inbox: Inbox,
    ) -> BoxFuture<'_, Result<(), ClusterError>>;
}

impl<P: PubSub> AnyPubSub for P {
    fn publish<'a>(
        &'a self,
        channel: &'a str,
        message: Bytes,
    ) -> BoxFuture<'a, Result<(), ClusterError>> {
        Box::pin(PubSub::publish(self, channel, message))
    }

    fn subscribe(
        &self,
        channels: Vec<String>,
        inbox: Inbox,
    ) -> BoxFuture<'_, Result<(), ClusterError>> {
        Box::pin(PubSub::subscribe(self, channels, inbox))
    }
}
