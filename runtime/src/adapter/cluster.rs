//! The engine's adapter trait made object-safe, and the box that makes any of its adapters fit.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use futures_core::future::BoxFuture;
use socketioxide::adapter::Emitter;
use socketioxide_core::{
    adapter::{
        BroadcastOptions, CoreAdapter, CoreLocalAdapter, RemoteSocketData, Room,
        errors::{AdapterError, BroadcastError},
    },
    packet::Packet,
};

use super::{AckStream, ClusterError, Initialized};
use crate::emit::NamespaceState;

/// The clients that were found.
pub(crate) struct Found {
    pub(crate) sockets: Vec<RemoteSocketData>,
    /// How many servers have not said which of theirs are among them.
    pub(crate) unanswered: usize,
}

/// What a cluster's adapter must be able to do.
pub(crate) trait ClusterAdapter: Send + Sync + 'static {
    fn init(self: Arc<Self>, ready: Box<dyn FnOnce() + Send>) -> Initialized;

    /// The namespace it belongs to.
    fn mounted(&self, _: Weak<NamespaceState>) {}

    /// Tells the other servers only. `None` where that cannot be parted from what happens here.
    fn broadcast_elsewhere(
        &self,
        _: &Packet,
        _: &BroadcastOptions,
    ) -> Option<BoxFuture<'_, Result<(), ClusterError>>> {
        None
    }

    fn close(&self) -> BoxFuture<'_, Result<(), ClusterError>>;
    fn server_count(&self) -> BoxFuture<'_, Result<u16, ClusterError>>;
    fn broadcast(
        &self,
        packet: Packet,
        to: BroadcastOptions,
    ) -> BoxFuture<'_, Result<(), BroadcastError>>;
    fn broadcast_with_ack(
        &self,
        packet: Packet,
        to: BroadcastOptions,
        timeout: Option<Duration>,
    ) -> BoxFuture<'_, Result<AckStream, ClusterError>>;
    fn add_sockets(
        &self,
        to: BroadcastOptions,
        rooms: Vec<Room>,
    ) -> BoxFuture<'_, Result<(), ClusterError>>;
    fn del_sockets(
        &self,
        to: BroadcastOptions,
        rooms: Vec<Room>,
    ) -> BoxFuture<'_, Result<(), ClusterError>>;
    fn disconnect_socket(&self, to: BroadcastOptions) -> BoxFuture<'_, Result<(), BroadcastError>>;
    fn rooms(&self, of: BroadcastOptions) -> BoxFuture<'_, Result<Vec<Room>, ClusterError>>;
    fn fetch_sockets(&self, of: BroadcastOptions) -> BoxFuture<'_, Result<Found, ClusterError>>;
    fn local(&self) -> &CoreLocalAdapter<Emitter>;
}

/// How the start of an engine adapter is awaited: in memory it is over at once.
pub trait IntoInitialized {
    #[doc(hidden)]
    fn into_initialized(self) -> Initialized;
}

impl IntoInitialized for () {
    fn into_initialized(self) -> Initialized {
        Initialized(Box::pin(async { Ok(()) }))
    }
}

#[cfg(feature = "mongodb")]
impl<D: socketioxide_mongodb::drivers::Driver> IntoInitialized
    for socketioxide_mongodb::InitRes<D>
{
    fn into_initialized(self) -> Initialized {
        Initialized(Box::pin(async {
            self.await.map_err(ClusterError::unreachable)
        }))
    }
}

/// Puts an engine adapter behind the object-safe trait: one boxed future per operation.
struct Boxed<A>(Arc<A>);

pub(crate) fn boxed<A>(
    state: &A::State,
    local: CoreLocalAdapter<Emitter>,
) -> Arc<dyn ClusterAdapter>
where
    A: CoreAdapter<Emitter>,
    A::InitRes: IntoInitialized,
{
    Arc::new(Boxed(Arc::new(A::new(state, local))))
}

fn failed(error: impl Into<AdapterError>) -> ClusterError {
    ClusterError::from(error.into())
}

impl<A> ClusterAdapter for Boxed<A>
where
    A: CoreAdapter<Emitter>,
    A::InitRes: IntoInitialized,
{
    fn init(self: Arc<Self>, ready: Box<dyn FnOnce() + Send>) -> Initialized {
        Arc::clone(&self.0).init(ready).into_initialized()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), ClusterError>> {
        Box::pin(async { self.0.close().await.map_err(failed) })
    }

    fn server_count(&self) -> BoxFuture<'_, Result<u16, ClusterError>> {
        Box::pin(async { self.0.server_count().await.map_err(failed) })
    }

    fn broadcast(
        &self,
        packet: Packet,
        to: BroadcastOptions,
    ) -> BoxFuture<'_, Result<(), BroadcastError>> {
        Box::pin(self.0.broadcast(packet, to))
    }

    fn broadcast_with_ack(
        &self,
        packet: Packet,
        to: BroadcastOptions,
        timeout: Option<Duration>,
    ) -> BoxFuture<'_, Result<AckStream, ClusterError>> {
        Box::pin(async move {
            let answers = self.0.broadcast_with_ack(packet, to, timeout).await;
            answers
                .map(|answers| Box::pin(answers) as AckStream)
                .map_err(failed)
        })
    }

    fn add_sockets(
        &self,
        to: BroadcastOptions,
        rooms: Vec<Room>,
    ) -> BoxFuture<'_, Result<(), ClusterError>> {
        Box::pin(async move { self.0.add_sockets(to, rooms).await.map_err(failed) })
    }

    fn del_sockets(
        &self,
        to: BroadcastOptions,
        rooms: Vec<Room>,
    ) -> BoxFuture<'_, Result<(), ClusterError>> {
        Box::pin(async move { self.0.del_sockets(to, rooms).await.map_err(failed) })
    }

    fn disconnect_socket(&self, to: BroadcastOptions) -> BoxFuture<'_, Result<(), BroadcastError>> {
        Box::pin(self.0.disconnect_socket(to))
    }

    fn rooms(&self, of: BroadcastOptions) -> BoxFuture<'_, Result<Vec<Room>, ClusterError>> {
        Box::pin(async move { self.0.rooms(of).await.map_err(failed) })
    }

    fn fetch_sockets(&self, of: BroadcastOptions) -> BoxFuture<'_, Result<Found, ClusterError>> {
        Box::pin(async move {
            let sockets = self.0.fetch_sockets(of).await.map_err(failed)?;
            let unanswered = 0;
            Ok(Found {
                sockets,
                unanswered,
            })
        })
    }

    fn local(&self) -> &CoreLocalAdapter<Emitter> {
        self.0.get_local()
    }
}
