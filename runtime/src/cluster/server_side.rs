//! Events from server to server: what one tells all others, and what they answer.

use std::{
    collections::HashMap,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock, Weak},
};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use serde::{Serialize, de::DeserializeOwned};
use socketioxide_core::{Sid, Uid};

use super::{
    message::{Plain, pack, unpack},
    node::Node,
};
use crate::{
    adapter::ClusterError,
    error::EmitError,
    server::{Server, SocketIo},
};

/// JSON in, JSON out; the error is text for the log of who asked.
type Handler = dyn Fn(SocketIo, Bytes) -> BoxFuture<'static, Result<Bytes, String>> + Send + Sync;

/// The functions for events of other servers, by the names of the events.
#[derive(Default)]
pub(crate) struct ServerSide(HashMap<String, Arc<Handler>>);

impl ServerSide {
    /// Gives the name back if something is there for it already.
    pub(crate) fn add<T, R, F>(
        &mut self,
        event: String,
        handler: impl Fn(SocketIo, T) -> F + Send + Sync + 'static,
    ) -> Result<(), String>
    where
        T: DeserializeOwned + Send + 'static,
        R: Serialize,
        F: Future<Output = R> + Send + 'static,
    {
        if self.0.contains_key(&event) {
            return Err(event);
        }
        let handle = move |socketio, data: Bytes| {
            let handling = serde_json::from_slice(&data).map(|data| handler(socketio, data));
            let work = async move {
                let reply = handling.map_err(|error| error.to_string())?.await;
                let reply = serde_json::to_vec(&reply).map_err(|error| error.to_string())?;
                Ok(Bytes::from(reply))
            };
            Box::pin(work) as BoxFuture<'static, _>
        };
        self.0.insert(event, Arc::new(handle));
        Ok(())
    }
}

/// What is there for the events of others, once the server is built.
pub(super) type Handlers = OnceLock<(Weak<Server>, ServerSide)>;

impl Node {
    /// Called once, by the server that this is the node of.
    pub(super) fn serve(&self, server: Weak<Server>, handlers: ServerSide) {
        // A second one would be for a second server.
        let _ = self.handlers.set((server, handlers));
    }

    pub(super) fn handle(&self, from: Uid, event: &str, data: Bytes, question: Option<Sid>) {
        let Some((server, handlers)) = self.handlers.get() else {
            // It is about to start, and nobody waits for it yet.
            return;
        };
        let handler = handlers.0.get(event).cloned();
        let socketio = SocketIo::of_server(server);
        let handling = handler.zip(socketio).map(|(handler, socketio)| {
            AssertUnwindSafe(async move { handler(socketio, data).await }).catch_unwind()
        });
        let event = event.to_owned();
        let answering = question.map(|question| (question, self.speaker(from)));
        tokio::spawn(async move {
            let outcome = match handling {
                Some(handling) => handling
                    .await
                    .unwrap_or_else(|_| Err("it panicked".to_owned())),
                None => Err("nobody handles it there".to_owned()),
            };
            if let Err(reason) = &outcome {
                tracing::warn!(target: "hobnob::cluster", event, "an event of a server: {reason}");
            }
            if let Some((question, tell)) = answering {
                let answer = pack(&outcome).unwrap_or_default();
                if let Err(error) = tell(Plain::Answer { question, answer }).await {
                    tracing::warn!(target: "hobnob::cluster", %error, "an answer was lost");
                }
            }
        });
    }

    async fn tell_servers(
        &self,
        event: &str,
        data: &impl Serialize,
        question: Option<Sid>,
    ) -> Result<(), EmitError> {
        let data = serde_json::to_vec(data);
        let data = data.map_err(|error| EmitError::Serialize(error.to_string()))?;
        let message = Plain::Event {
            name: event.to_owned(),
            data: data.into(),
            question,
        };
        Ok(self.tell_all(message).await?)
    }

    pub(super) async fn server_side_emit(
        &self,
        event: &str,
        data: &impl Serialize,
    ) -> Result<(), EmitError> {
        self.tell_servers(event, data, None).await
    }

    pub(super) async fn server_side_call<R: DeserializeOwned>(
        &self,
        event: &str,
        data: &impl Serialize,
    ) -> Result<ServerAnswers<R>, EmitError> {
        let asked = self.peers_to_ask()?;
        let id = Sid::new();
        let question = self.questions.ask(id);
        self.tell_servers(event, data, Some(id)).await?;
        let (answers, unanswered) = question.each(self, asked).await;
        let mut decoded = ServerAnswers {
            answers: Vec::with_capacity(answers.len()),
            unanswered,
        };
        for answer in answers {
            match reply(&answer.answer) {
                Ok(reply) => decoded.answers.push(reply),
                Err(reason) => {
                    let server = answer.from;
                    tracing::warn!(target: "hobnob::cluster", %server, event, "no answer: {reason}");
                    decoded.unanswered += 1;
                }
            }
        }
        Ok(decoded)
    }
}

fn reply<R: DeserializeOwned>(answer: &[u8]) -> Result<R, String> {
    let answer: Result<Bytes, String> = unpack(answer).map_err(|error| error.to_string())?;
    serde_json::from_slice(&answer?).map_err(|error| error.to_string())
}

/// What the other servers answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerAnswers<R> {
    /// One for each server that did, in no order.
    pub answers: Vec<R>,
    /// How many servers did not answer in time, or had nothing to answer with.
    pub unanswered: usize,
}

impl SocketIo {
    /// Tells all other servers of the cluster. Each handles it with what
    /// [`on_server_side`](crate::SocketIoBuilder::on_server_side) was given for it. Without a cluster
    /// there is nobody to tell. With the feature `cluster`.
    ///
    /// The data goes as JSON, at most once.
    ///
    /// Socket.IO for Node: `io.serverSideEmit`.
    ///
    /// # Errors
    ///
    /// If the data cannot be serialized or the cluster is out of reach.
    pub async fn server_side_emit(
        &self,
        event: &str,
        data: impl Serialize,
    ) -> Result<(), EmitError> {
        match self.membership().node()? {
            Some(node) => node.server_side_emit(event, &data).await,
            None => Ok(()),
        }
    }

    /// Asks all other servers of the cluster. See [`server_side_emit`](Self::server_side_emit).
    ///
    /// ```
    /// use hobnob::prelude::*;
    ///
    /// # async fn ask(socketio: SocketIo) -> Result {
    /// let load = socketio.server_side_call::<f64>("load", ()).await?;
    /// let all: f64 = load.answers.iter().sum();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the data cannot be serialized or the cluster is out of reach. A server that does not answer is
    /// counted.
    pub async fn server_side_call<R: DeserializeOwned>(
        &self,
        event: &str,
        data: impl Serialize,
    ) -> Result<ServerAnswers<R>, EmitError> {
        match self.membership().node()? {
            Some(node) => node.server_side_call(event, &data).await,
            None => Ok(ServerAnswers {
                answers: Vec::new(),
                unanswered: 0,
            }),
        }
    }
}

/// Why a node cannot be spoken through.
pub(super) fn engine_has_none() -> ClusterError {
    ClusterError::unreachable("an adapter of the engine has no events from server to server")
}
