//! Emitting into a cluster from a process that serves no clients.

use std::{fmt, future::Future, sync::Arc};

use serde::Serialize;
use socketioxide_core::{
    Str, Uid,
    adapter::{
        BroadcastOptions,
        remote_packet::{RequestOut, RequestTypeOut},
    },
    packet::Packet,
};

use super::{
    PubSub,
    message::{Message, encode},
    node::channel_of_all,
    pubsub::AnyPubSub,
    settings::PREFIX,
};
use crate::{
    adapter::event_value,
    emit::{
        IntoRooms,
        arguments::{Arguments, EventArguments},
        room_names::{EVERYONE, RoomNames, not_a_target},
    },
    error::EmitError,
    event::Event,
    server::Parser,
};

/// Emits into a cluster without being one of its servers: for workers, cron jobs and the like. It only
/// sends. Cheap to clone.
///
/// Flask-SocketIO: `SocketIO(message_queue=..)` without an app.
///
/// ```no_run
/// use hobnob::{Emitter, Redis, prelude::*};
///
/// # #[tokio::main]
/// # async fn main() -> Result {
/// let emitter = Emitter::new(Redis::connect("redis://127.0.0.1/").await?);
/// emitter.of("/jobs").to("job 7").emit("progress", 0.5).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Emitter {
    pubsub: Arc<dyn AnyPubSub>,
    prefix: Arc<str>,
    parser: Parser,
    uid: Uid,
}

impl Emitter {
    /// Sends through what the servers of the cluster have between them.
    pub fn new(pubsub: impl PubSub) -> Self {
        Self {
            pubsub: Arc::new(pubsub),
            prefix: PREFIX.into(),
            parser: Parser::default(),
            uid: Uid::new(),
        }
    }

    /// The [prefix of the cluster](crate::Cluster::prefix), if it has another than `hobnob`.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// What the clients of the cluster [speak](crate::SocketIoBuilder::parser), if it is not JSON.
    #[must_use]
    pub fn parser(mut self, parser: Parser) -> Self {
        self.parser = parser;
        self
    }

    /// Everybody in a namespace.
    pub fn of(&self, path: &str) -> EmitterTarget {
        EmitterTarget {
            emitter: self.clone(),
            path: path.to_owned(),
            rooms: None,
            except: RoomNames::new(),
        }
    }
}

impl fmt::Debug for Emitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// The clients that an [`Emitter`] sends to, as [`Target`](crate::Target) is for a server.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before `.emit(..).await` or `.send(..).await`"]
pub struct EmitterTarget {
    emitter: Emitter,
    path: String,
    /// `None`: everybody in the namespace.
    rooms: Option<RoomNames>,
    except: RoomNames,
}

impl EmitterTarget {
    /// Adds the members of these rooms, or the client whose sid is given. A list of no rooms reaches
    /// nobody.
    pub fn to(mut self, rooms: impl IntoRooms) -> Self {
        let named = self.rooms.get_or_insert_default();
        named.extend(rooms.into_rooms());
        self
    }

    /// Leaves out whoever is in one of these rooms.
    pub fn except(mut self, rooms: impl IntoRooms) -> Self {
        self.except.extend(rooms.into_rooms());
        self
    }

    /// Leaves out these clients, by their sids.
    pub fn skip(self, clients: impl IntoRooms) -> Self {
        self.except(clients)
    }

    /// Sends `event` with `data`: `()` is no argument, a tuple one for each element, everything else
    /// one. `Ok` means that it has been handed on, not that anybody is there.
    ///
    /// # Errors
    ///
    /// If the data cannot be serialized, the name is reserved or no room's, or the cluster is out of
    /// reach.
    pub fn emit<T: Serialize>(
        self,
        event: &str,
        data: T,
    ) -> impl Future<Output = Result<(), EmitError>> + Send + use<T> {
        let value = event_value(self.emitter.parser, event, &Arguments(&data));
        self.publish(value)
    }

    /// Sends an event that knows its own name: see [`Event`]. Otherwise as [`emit`](Self::emit).
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    pub fn send<E: Event>(
        self,
        event: E,
    ) -> impl Future<Output = Result<(), EmitError>> + Send + use<E> {
        let value = event_value(self.emitter.parser, event.name(), &EventArguments(&event));
        self.publish(value)
    }

    fn publish(
        self,
        value: Result<socketioxide_core::Value, EmitError>,
    ) -> impl Future<Output = Result<(), EmitError>> + Send + use<> {
        let packet = value.map(|value| Packet::event(Str::from(self.path.clone()), value));
        async move {
            let packet = packet?;
            if self.rooms.as_ref().is_some_and(RoomNames::is_empty) {
                return Ok(());
            }
            let named = self.rooms.as_deref().unwrap_or_default();
            if let Some(room) = not_a_target(named).or_else(|| not_a_target(&self.except)) {
                return Err(EmitError::InvalidRoom(room.to_string()));
            }
            let mut to = BroadcastOptions::default();
            to.rooms = self.rooms.unwrap_or_else(|| smallvec::smallvec![EVERYONE]);
            to.except = self.except;
            let uid = self.emitter.uid;
            let request = RequestOut::new(uid, RequestTypeOut::Broadcast(&packet), &to);
            let namespace = self.path;
            let message = encode(uid, Message::Request { namespace, request })?;
            let channel = channel_of_all(&self.emitter.prefix);
            Ok(self.emitter.pubsub.publish(&channel, message).await?)
        }
    }
}
