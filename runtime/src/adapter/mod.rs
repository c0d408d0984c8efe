//! The one adapter type the engine is given: in memory, or a cluster behind a box. It delegates, so
//! that no type a user sees names an adapter.

mod backend;
mod cluster;
mod error;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Weak},
    time::Duration,
};

use futures_core::{FusedStream, future::BoxFuture};
use serde::Serialize;
use socketioxide::{AckError, adapter::Emitter};
use socketioxide_core::{
    Value,
    adapter::{
        BroadcastFlags, BroadcastOptions, CoreAdapter, CoreLocalAdapter, DefinedAdapter,
        RemoteSocketData, Room, RoomParam, Spawnable, errors::BroadcastError,
    },
    packet::Packet,
};

pub use self::error::ClusterError;
pub(crate) use self::{
    backend::{Backend, MakeAdapter},
    cluster::{ClusterAdapter, Found, IntoInitialized, boxed},
};
use crate::{
    emit::{NamespaceState, encode},
    error::EmitError,
    event::is_reserved,
    server::Parser,
};

/// The acknowledgements of the clients that were asked, as they come in.
pub(crate) type AckStream = Pin<Box<dyn FusedStream<Item = (socketioxide_core::Sid, Ack)> + Send>>;
type Ack = Result<Value, AckError>;

/// What keeps the rooms of a namespace: memory, or a cluster of servers.
///
/// Only named by who goes through to the engine with [`SocketIo::engine`](crate::SocketIo::engine).
pub struct Adapter {
    kind: Kind,
    parser: Parser,
    backend: Weak<Backend>,
}

enum Kind {
    /// No boxing, no dynamic dispatch.
    Local(CoreLocalAdapter<Emitter>),
    Cluster(Arc<dyn ClusterAdapter>),
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Local(_) => "Adapter::Local",
            Kind::Cluster(_) => "Adapter::Cluster",
        })
    }
}

/// The start of a namespace: at once in memory, after a round trip in a cluster.
#[doc(hidden)]
pub struct Initialized(pub BoxFuture<'static, Result<(), ClusterError>>);

impl fmt::Debug for Initialized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Initialized").finish_non_exhaustive()
    }
}

impl Future for Initialized {
    type Output = Result<(), ClusterError>;

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl Spawnable for Initialized {
    fn spawn(self) {
        tokio::spawn(async move {
            if let Err(error) = self.0.await {
                tracing::error!(target: "hobnob::server", %error, "a namespace could not start");
            }
        });
    }
}

/// Who is in some rooms.
pub(crate) struct Members {
    pub(crate) sids: Vec<socketioxide_core::Sid>,
    /// How many servers have not said who is there.
    pub(crate) unanswered: usize,
}

/// Who is told of a broadcast beside the clients of this server.
pub(crate) enum Elsewhere<'a> {
    /// There is no other server.
    Nobody,
    /// The other servers, when awaited.
    Others(BoxFuture<'a, Result<(), ClusterError>>),
    /// The adapter does not part here from there.
    Unparted,
}

/// The value of an event. `arguments` serializes as a tuple.
pub(crate) fn event_value<T: Serialize>(
    parser: Parser,
    event: &str,
    arguments: &T,
) -> Result<Value, EmitError> {
    if is_reserved(event) {
        return Err(EmitError::ReservedEvent(event.to_owned()));
    }
    encode_value(parser, Some(event), arguments)
}

fn encode_value<T: Serialize>(
    parser: Parser,
    event: Option<&str>,
    arguments: &T,
) -> Result<Value, EmitError> {
    match parser {
        Parser::Json => encode::encode(event, arguments),
        #[cfg(feature = "msgpack")]
        Parser::MsgPack => encode::msgpack::encode(event, arguments),
    }
}

impl Adapter {
    /// Called once, by the namespace that it is the adapter of.
    pub(crate) fn mounted(&self, namespace: Weak<NamespaceState>) {
        if let Kind::Cluster(cluster) = &self.kind {
            cluster.mounted(namespace);
        }
    }

    /// Encodes what the other servers are told of a broadcast.
    pub(crate) fn elsewhere(&self, packet: &Packet, to: &BroadcastOptions) -> Elsewhere<'_> {
        match &self.kind {
            Kind::Cluster(cluster) if !to.has_flag(BroadcastFlags::Local) => {
                match cluster.broadcast_elsewhere(packet, to) {
                    Some(telling) => Elsewhere::Others(telling),
                    None => Elsewhere::Unparted,
                }
            }
            _ => Elsewhere::Nobody,
        }
    }

    /// The clients that match, in the whole cluster.
    pub(crate) async fn find(&self, of: BroadcastOptions) -> Result<Found, ClusterError> {
        match &self.kind {
            Kind::Local(local) => Ok(Found {
                sockets: local.fetch_sockets(of),
                unanswered: 0,
            }),
            Kind::Cluster(cluster) => cluster.fetch_sockets(of).await,
        }
    }

    /// The engine's ids of the members of some rooms, in the whole cluster.
    pub(crate) async fn members(&self, of: BroadcastOptions) -> Result<Members, ClusterError> {
        match &self.kind {
            // Not `fetch_sockets`: it looks each of them up, to say what is known here.
            Kind::Local(local) => Ok(Members {
                sids: local.sockets(of),
                unanswered: 0,
            }),
            Kind::Cluster(cluster) => {
                let found = cluster.fetch_sockets(of).await?;
                Ok(Members {
                    sids: found.sockets.iter().map(|socket| socket.id).collect(),
                    unanswered: found.unanswered,
                })
            }
        }
    }

    /// The packet of an event. `arguments` serializes as a tuple.
    pub(crate) fn event_packet<T: Serialize>(
        &self,
        event: &str,
        arguments: &T,
    ) -> Result<Packet, EmitError> {
        let value = event_value(self.parser, event, arguments)?;
        Ok(Packet::event(self.get_local().path().clone(), value))
    }

    /// The packet of an acknowledgement.
    pub(crate) fn ack_packet(&self, id: i64, answer: Value) -> Packet {
        Packet::ack(self.get_local().path().clone(), answer, id)
    }

    /// A list of values, behind the event's name if there is one.
    pub(crate) fn encode<T: Serialize>(
        &self,
        event: Option<&str>,
        arguments: &T,
    ) -> Result<Value, EmitError> {
        encode_value(self.parser, event, arguments)
    }
}

impl DefinedAdapter for Adapter {}

impl CoreAdapter<Emitter> for Adapter {
    type Error = ClusterError;
    type State = Arc<Backend>;
    type AckStream = AckStream;
    type InitRes = Initialized;

    fn new(backend: &Arc<Backend>, local: CoreLocalAdapter<Emitter>) -> Self {
        let kind = match backend.cluster() {
            None => Kind::Local(local),
            Some(make) => Kind::Cluster(make(local)),
        };
        Self {
            kind,
            parser: backend.parser(),
            backend: Arc::downgrade(backend),
        }
    }

    fn init(self: Arc<Self>, ready: impl FnOnce() + Send + 'static) -> Initialized {
        // The engine keeps its adapters to itself; this is where ours meets its namespace.
        let adapter = Arc::clone(&self);
        let ready = move || match adapter.backend.upgrade() {
            Some(backend) => backend.hand_over(adapter, ready),
            None => ready(),
        };
        match &self.kind {
            Kind::Local(_) => {
                ready();
                Initialized(Box::pin(async { Ok(()) }))
            }
            Kind::Cluster(cluster) => Arc::clone(cluster).init(Box::new(ready)),
        }
    }

    async fn close(&self) -> Result<(), ClusterError> {
        match &self.kind {
            Kind::Local(_) => Ok(()),
            Kind::Cluster(cluster) => cluster.close().await,
        }
    }

    async fn server_count(&self) -> Result<u16, ClusterError> {
        match &self.kind {
            Kind::Local(_) => Ok(1),
            Kind::Cluster(cluster) => cluster.server_count().await,
        }
    }

    async fn broadcast(&self, packet: Packet, to: BroadcastOptions) -> Result<(), BroadcastError> {
        match &self.kind {
            Kind::Local(local) => Ok(local.broadcast(packet, to)?),
            Kind::Cluster(cluster) => cluster.broadcast(packet, to).await,
        }
    }

    async fn broadcast_with_ack(
        &self,
        packet: Packet,
        to: BroadcastOptions,
        timeout: Option<Duration>,
    ) -> Result<AckStream, ClusterError> {
        match &self.kind {
            Kind::Local(local) => Ok(Box::pin(local.broadcast_with_ack(packet, to, timeout).0)),
            Kind::Cluster(cluster) => cluster.broadcast_with_ack(packet, to, timeout).await,
        }
    }

    async fn add_sockets(
        &self,
        to: BroadcastOptions,
        rooms: impl RoomParam,
    ) -> Result<(), ClusterError> {
        match &self.kind {
            Kind::Local(local) => {
                let rooms: Vec<Room> = rooms.into_room_iter().collect();
                local.add_sockets(to, rooms.clone());
                // If there was nobody to add, the engine has made rooms that nobody is in and keeps them for
                // ever; but it ends those that somebody is taken out of, whether he was in or not.
                local.del(socketioxide_core::Sid::ZERO, rooms);
                Ok(())
            }
            Kind::Cluster(cluster) => {
                let rooms = rooms.into_room_iter().collect();
                cluster.add_sockets(to, rooms).await
            }
        }
    }

    async fn del_sockets(
        &self,
        to: BroadcastOptions,
        rooms: impl RoomParam,
    ) -> Result<(), ClusterError> {
        match &self.kind {
            Kind::Local(local) => {
                local.del_sockets(to, rooms);
                Ok(())
            }
            Kind::Cluster(cluster) => {
                let rooms = rooms.into_room_iter().collect();
                cluster.del_sockets(to, rooms).await
            }
        }
    }

    async fn disconnect_socket(&self, to: BroadcastOptions) -> Result<(), BroadcastError> {
        match &self.kind {
            Kind::Local(local) => Ok(local.disconnect_socket(to)?),
            Kind::Cluster(cluster) => cluster.disconnect_socket(to).await,
        }
    }

    async fn rooms(&self, of: BroadcastOptions) -> Result<Vec<Room>, ClusterError> {
        match &self.kind {
            Kind::Local(local) => Ok(local.rooms(of).into_iter().collect()),
            Kind::Cluster(cluster) => cluster.rooms(of).await,
        }
    }

    async fn fetch_sockets(
        &self,
        of: BroadcastOptions,
    ) -> Result<Vec<RemoteSocketData>, ClusterError> {
        match self.find(of).await? {
            Found {
                sockets,
                unanswered: 0,
            } => Ok(sockets),
            Found { unanswered, .. } => Err(ClusterError::Unanswered {
                servers: unanswered,
            }),
        }
    }

    fn get_local(&self) -> &CoreLocalAdapter<Emitter> {
        match &self.kind {
            Kind::Local(local) => local,
            Kind::Cluster(cluster) => cluster.local(),
        }
    }
}
