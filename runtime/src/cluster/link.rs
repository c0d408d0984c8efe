//! A link to a backend that heals: what is published with is made again when it fails, what is listened
//! to when it falls silent.

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};

use super::pubsub::Inbox;
use crate::adapter::ClusterError;

/// Between two attempts to get through: longer each time, up to the most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How a backend is reached.
pub(super) trait Dial: Send + Sync + 'static {
    /// What is published with.
    type Line: Clone + Send + Sync + 'static;
    /// Channel and message. Ends when the connection does.
    type Messages: Stream<Item = (String, Bytes)> + Send + Unpin + 'static;

    /// Which backend it is, for errors and the log. Without a password.
    fn name(&self) -> &str;

    fn dial(&self) -> impl Future<Output = Result<Self::Line, ClusterError>> + Send;

    fn listen(
        &self,
        channels: &[String],
    ) -> impl Future<Output = Result<Self::Messages, ClusterError>> + Send;
}

pub(super) struct Link<D: Dial> {
    inner: Arc<Inner<D>>,
}

struct Inner<D: Dial> {
    dial: D,
    line: Mutex<Line<D::Line>>,
    failed: Notify,
}

struct Line<L> {
    /// `None` while it is being made again.
    line: Option<L>,
    /// Counts how often it was made.
    made: u64,
}

impl<D: Dial> Link<D> {
    /// Gets through once; if `patience` says so, tries until it does.
    pub(super) async fn connect(dial: D, patience: Duration) -> Result<Self, ClusterError> {
        let deadline = Instant::now() + patience;
        let mut pause = FIRST_PAUSE;
        let line = loop {
            match dial.dial().await {
                Ok(line) => break line,
                Err(error) if Instant::now() + pause >= deadline => return Err(error),
                Err(error) => {
                    if pause == FIRST_PAUSE {
                        tracing::warn!(target: "hobnob::cluster", %error, "waiting for it");
                    }
                    sleep(pause).await;
                    pause = longer(pause);
                }
            }
        };
        let line = Some(line);
        let inner = Arc::new(Inner {
            dial,
            line: Mutex::new(Line { line, made: 1 }),
            failed: Notify::new(),
        });
        // Ends when the link is dropped.
        let keeping = Arc::downgrade(&inner);
        tokio::spawn(async move {
            let mut pause = FIRST_PAUSE;
            while let Some(inner) = keeping.upgrade() {
                if inner.line.lock().line.is_none() {
                    match inner.dial.dial().await {
                        Ok(line) => {
                            inner.restore(line);
                            pause = FIRST_PAUSE;
                        }
                        Err(error) => {
                            tracing::debug!(target: "hobnob::cluster", %error, "not yet");
                            drop(inner);
                            sleep(pause).await;
                            pause = longer(pause);
                        }
                    }
                } else {
                    // Not longer, because it holds what it looks after.
                    let _ = timeout(LONGEST_PAUSE, inner.failed.notified()).await;
                }
            }
        });
        Ok(Self { inner })
    }

    /// Runs `publish` with what there is to publish with. If that fails, or takes longer than `limit`,
    /// it is made again, and till then everything else fails at once.
    pub(super) async fn publish<F, E>(
        &self,
        limit: Duration,
        publish: impl FnOnce(D::Line) -> F,
    ) -> Result<(), ClusterError>
    where
        F: Future<Output = Result<(), E>>,
        E: std::fmt::Display,
    {
        let name = self.inner.dial.name();
        let (line, made) = {
            let current = self.inner.line.lock();
            (current.line.clone(), current.made)
        };
        let Some(line) = line else {
            return Err(ClusterError::unreachable(format_args!("{name} is away")));
        };
        match timeout(limit, publish(line)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                self.inner.give_up(made, &error);
                Err(ClusterError::unreachable(format_args!("{name}: {error}")))
            }
            Err(_) => {
                let error = format!("no answer in {limit:?}");
                self.inner.give_up(made, &error);
                Err(ClusterError::unreachable(format_args!("{name}: {error}")))
            }
        }
    }

    /// Listens from now on, for as long as somebody wants to know.
    pub(super) async fn subscribe(
        &self,
        channels: Vec<String>,
        inbox: Inbox,
    ) -> Result<(), ClusterError> {
        let messages = self.inner.dial.listen(&channels).await?;
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move {
            tokio::select! {
                () = inbox.closed() => {}
                () = inner.listen(messages, &channels, &inbox) => {}
            }
        });
        Ok(())
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST_PAUSE)
}

impl<D: Dial> Inner<D> {
    fn restore(&self, line: D::Line) {
        let mut current = self.line.lock();
        current.line = Some(line);
        current.made += 1;
        tracing::info!(target: "hobnob::cluster", backend = self.dial.name(), "reached again");
    }

    /// Not a line that has been made since.
    fn give_up(&self, made: u64, error: &dyn std::fmt::Display) {
        let mut current = self.line.lock();
        if current.made == made && current.line.take().is_some() {
            tracing::error!(
                target: "hobnob::cluster",
                backend = self.dial.name(),
                %error,
                "not reached: until it is, only clients of this server are",
            );
            self.failed.notify_one();
        }
    }

    async fn listen(&self, mut messages: D::Messages, channels: &[String], inbox: &Inbox) {
        loop {
            // The server hears its own heartbeats. If it does not, it hears nothing.
            while let Ok(Some((channel, message))) = timeout(inbox.silence(), messages.next()).await
            {
                inbox.deliver(channel, message).await;
            }
            tracing::error!(
                target: "hobnob::cluster",
                backend = self.dial.name(),
                "nothing is heard any more: listening again",
            );
            // It is not used any longer, whatever state it is in.
            drop(messages);
            inbox.interrupted().await;
            let mut pause = FIRST_PAUSE;
            messages = loop {
                match self.dial.listen(channels).await {
                    Ok(messages) => break messages,
                    Err(error) => {
                        tracing::debug!(target: "hobnob::cluster", %error, "not yet");
                        sleep(pause).await;
                        pause = longer(pause);
                    }
                }
            };
            tracing::info!(target: "hobnob::cluster", backend = self.dial.name(), "heard again");
            inbox.resubscribed().await;
        }
    }
}
