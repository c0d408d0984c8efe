//! The one adapter type the engine is given: in memory, or a cluster behind a box. It delegates, so
//! that no type a user sees names an adapter.

mod cluster;

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Weak},
    time::Duration,
};

use futures_core::{FusedStream, future::BoxFuture};
use parking_lot::Mutex;
use serde::Serialize;
use socketioxide::{AckError, adapter::Emitter};
use socketioxide_core::{
    Value,
    adapter::{
        BroadcastOptions, CoreAdapter, CoreLocalAdapter, DefinedAdapter, RemoteSocketData, Room,
        RoomParam, Spawnable,
        errors::{AdapterError, BroadcastError},
    },
    packet::Packet,
};

use self::cluster::Cluster;
pub(crate) use self::cluster::IntoInitialized;
use crate::{emit::encode, error::EmitError, event::is_reserved, server::Parser};

/// The acknowledgements of the clients that were asked, as they come in.
pub(crate) type AckStream = Pin<Box<dyn FusedStream<Item = (socketioxide_core::Sid, Ack)> + Send>>;
type Ack = Result<Value, AckError>;

/// An operation did not reach the other servers of the cluster.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the cluster was not reached: {0}")]
pub struct ClusterError(String);

/// The engine's error cannot be shared between threads, so its text is kept.
impl From<AdapterError> for ClusterError {
    fn from(error: AdapterError) -> Self {
        Self(error.to_string())
    }
}

impl From<ClusterError> for AdapterError {
    fn from(error: ClusterError) -> Self {
        let boxed: Box<dyn std::error::Error + Send> = Box::new(error);
        Self::from(boxed)
    }
}

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
    Cluster(Arc<dyn Cluster>),
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

/// Makes the adapter of each namespace, and hands it over to the server that mounts it.
#[derive(Default)]
pub struct Backend {
    cluster: Option<Box<MakeCluster>>,
    /// What all clients of the server speak.
    pub(crate) parser: Parser,
    adapters: Mutex<HashMap<String, Arc<Adapter>>>,
}

type MakeCluster = dyn Fn(CoreLocalAdapter<Emitter>) -> Arc<dyn Cluster> + Send + Sync;

impl Backend {
    /// Any adapter of the engine that spans several servers.
    pub(crate) fn cluster<A>(state: A::State) -> Self
    where
        A: CoreAdapter<Emitter>,
        A::InitRes: IntoInitialized,
    {
        Self {
            cluster: Some(Box::new(move |local| cluster::boxed::<A>(&state, local))),
            ..Self::default()
        }
    }

    /// The adapter the engine made for `path`. Once only: the namespace keeps it.
    pub(crate) fn take(&self, path: &str) -> Option<Arc<Adapter>> {
        self.adapters.lock().remove(path)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("cluster", &self.cluster.is_some())
            .finish_non_exhaustive()
    }
}

impl Adapter {
    /// The rooms, if they are all there is: no cluster.
    pub(crate) fn only_local(&self) -> Option<&CoreLocalAdapter<Emitter>> {
        match &self.kind {
            Kind::Local(local) => Some(local),
            Kind::Cluster(_) => None,
        }
    }

    /// The engine's ids of the members of some rooms, in the whole cluster.
    pub(crate) async fn sids(
        &self,
        of: BroadcastOptions,
    ) -> Result<Vec<socketioxide_core::Sid>, ClusterError> {
        match &self.kind {
            // Not `fetch_sockets`: it looks each of them up, to say what is known here.
            Kind::Local(local) => Ok(local.sockets(of)),
            Kind::Cluster(cluster) => {
                let members = cluster.fetch_sockets(of).await?;
                Ok(members.into_iter().map(|member| member.id).collect())
            }
        }
    }

    /// The packet of an event. `arguments` serializes as a tuple.
    pub(crate) fn event_packet<T: Serialize>(
        &self,
        event: &str,
        arguments: &T,
    ) -> Result<Packet, EmitError> {
        if is_reserved(event) {
            return Err(EmitError::ReservedEvent(event.to_owned()));
        }
        let value = self.encode(Some(event), arguments)?;
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
        match self.parser {
            Parser::Json => encode::encode(event, arguments),
            #[cfg(feature = "msgpack")]
            Parser::MsgPack => encode::msgpack::encode(event, arguments),
        }
    }
}

impl DefinedAdapter for Adapter {}

impl CoreAdapter<Emitter> for Adapter {
    type Error = ClusterError;
    type State = Arc<Backend>;
    type AckStream = AckStream;
    type InitRes = Initialized;

    fn new(backend: &Arc<Backend>, local: CoreLocalAdapter<Emitter>) -> Self {
        let kind = match &backend.cluster {
            None => Kind::Local(local),
            Some(make) => Kind::Cluster(make(local)),
        };
        Self {
            kind,
            parser: backend.parser,
            backend: Arc::downgrade(backend),
        }
    }

    fn init(self: Arc<Self>, ready: impl FnOnce() + Send + 'static) -> Initialized {
        // The engine keeps its adapters to itself; this is where ours meets its namespace. Both in one
        // step: of two namespaces at one path, that one is found whose adapter is here.
        let adapter = Arc::clone(&self);
        let ready = move || match adapter.backend.upgrade() {
            Some(backend) => {
                let path = adapter.get_local().path().to_string();
                let mut adapters = backend.adapters.lock();
                adapters.insert(path, adapter);
                ready();
            }
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
        match &self.kind {
            Kind::Local(local) => Ok(local.fetch_sockets(of)),
            Kind::Cluster(cluster) => cluster.fetch_sockets(of).await,
        }
    }

    fn get_local(&self) -> &CoreLocalAdapter<Emitter> {
        match &self.kind {
            Kind::Local(local) => local,
            Kind::Cluster(cluster) => cluster.local(),
        }
    }
}
