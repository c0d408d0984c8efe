//! A class for all namespaces that nobody else serves: each begins to exist with its first client and
//! is gone with its last.
//!
//! The engine makes such a namespace at the first CONNECT and keeps it for ever, refused clients' too;
//! and two clients that come first at once each get one of their own, of which only the later one is
//! found again. Here the first is forgotten in time, and who is in the second is sent to come again.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use parking_lot::Mutex;
use socketioxide::{handler::ConnectHandler, socket::Socket};
use socketioxide_core::{Value, adapter::CoreAdapter};

use crate::{
    adapter::{Adapter, Backend},
    client::ClientState,
    dispatch::Mounted,
    emit::NamespaceState,
    error::ConnectionRefused,
    function::FunctionTable,
    middleware::Chain,
    mount::{Connecting, Mark, Mount, Refusal},
    namespace::Namespace,
    server::{Server, SocketIo},
};

/// What is in every namespace of a class for all namespaces.
pub(crate) struct Anywhere<N> {
    pub(crate) class: Arc<N>,
    pub(crate) functions: FunctionTable,
    pub(crate) middleware: Chain,
    pub(crate) server: Weak<Server>,
    /// Where the adapters are of the namespaces that the engine makes.
    pub(crate) backend: Arc<Backend>,
    /// The namespaces there are.
    pub(crate) places: Mutex<HashMap<Arc<str>, Place<N>>>,
}

/// A namespace that is there at the moment.
pub(crate) struct Place<N> {
    mount: Mount<N>,
    /// How many are about to connect: they are not among its clients yet, or not any more.
    arriving: usize,
}

impl<N: Namespace> Place<N> {
    fn is(&self, mount: &Mount<N>) -> bool {
        Arc::ptr_eq(self.mount.namespace(), mount.namespace())
    }
}

/// Somebody is about to connect. Until this is dropped its namespace is not forgotten.
struct Arriving<'a, N: Namespace> {
    anywhere: &'a Anywhere<N>,
    mount: Mount<N>,
}

impl<N: Namespace> Arriving<'_, N> {
    fn path(&self) -> &Arc<str> {
        &self.mount.namespace().path
    }

    /// Whether the namespace is still the one that is found at its path.
    fn is_found(&self) -> bool {
        let places = self.anywhere.places.lock();
        let place = places.get(self.path());
        place.is_some_and(|place| place.is(&self.mount))
    }
}

impl<N: Namespace> Drop for Arriving<'_, N> {
    fn drop(&mut self) {
        if let Some(place) = self.anywhere.places.lock().get_mut(self.path())
            && place.is(&self.mount)
        {
            place.arriving -= 1;
        }
        self.anywhere.release(self.path());
    }
}

/// A class for all namespaces, as the engine has it.
pub(crate) struct MountAnywhere<N>(pub(crate) Arc<Anywhere<N>>);

impl<N> Clone for MountAnywhere<N> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A room that a socket is in for a moment, to see whether an adapter knows it.
const PROBE: &str = "~probe";

impl<N: Namespace> Anywhere<N> {
    /// The namespace a socket is in; `None` if it is in one that nobody will find again.
    fn arrive(self: &Arc<Self>, socket: &Socket<Adapter>) -> Option<Arriving<'_, N>> {
        let mut places = self.places.lock();
        if let Some(adapter) = self.backend.take(socket.ns()) {
            // The engine has made a new one. Where there was one, its clients are not found any more.
            let mount = self.mount(socket.ns(), adapter);
            let path = Arc::clone(&mount.namespace().path);
            let place = Place { mount, arriving: 0 };
            if let Some(before) = places.insert(path, place) {
                tracing::debug!(target: "hobnob::connect", namespace = socket.ns(), "made twice");
                let clients = before.mount.namespace().clients();
                clients.iter().for_each(ClientState::send_again);
            }
        }
        let place = places.get_mut(socket.ns())?;
        let local = place.mount.namespace().adapter().get_local();
        socket.join(PROBE);
        let known = local
            .socket_rooms(socket.id)
            .iter()
            .any(|room| room == PROBE);
        socket.leave(PROBE);
        known.then(|| {
            place.arriving += 1;
            Arriving {
                anywhere: self,
                mount: place.mount.clone(),
            }
        })
    }

    fn mount(self: &Arc<Self>, path: &str, adapter: Arc<Adapter>) -> Mount<N> {
        let passing = Arc::downgrade(self) as Weak<dyn Passing>;
        let namespace = NamespaceState::passing(path, Weak::clone(&self.server), passing);
        let namespace = Arc::new(namespace);
        namespace.set_adapter(adapter);
        if let Some(server) = self.server.upgrade() {
            server.add_passing(&namespace);
        }
        Mount::new(Mounted {
            class: Arc::clone(&self.class),
            namespace,
            functions: self.functions.clone(),
            middleware: Arc::clone(&self.middleware),
        })
    }
}

/// What makes namespaces that pass.
pub(crate) trait Passing: Send + Sync {
    /// Forgets a namespace, if it has no clients.
    fn release(&self, path: &str);
}

impl<N: Namespace> Passing for Anywhere<N> {
    fn release(&self, path: &str) {
        let mut places = self.places.lock();
        let empty = |place: &Place<N>| place.arriving == 0 && place.mount.namespace().is_empty();
        if !places.get(path).is_some_and(empty) {
            return;
        }
        places.remove(path);
        if let Some(server) = self.server.upgrade() {
            // Under the lock: nobody makes it anew before the engine has forgotten it. Who has got
            // hold of the old one meanwhile is sent to come again.
            server.remove_passing(path);
        }
    }
}

impl<N: Namespace> ConnectHandler<Adapter, Mark> for MountAnywhere<N> {
    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket<Adapter>>,
        auth: &'a Option<Value>,
    ) -> Connecting<'a> {
        Box::pin(async move {
            let Some(arriving) = self.0.arrive(&socket) else {
                return Err(again(&self.0.server, &socket).await);
            };
            let connecting = arriving.mount.call_middleware(Arc::clone(&socket), auth);
            connecting.await?;
            if arriving.is_found() {
                Ok(())
            } else {
                Err(again(&self.0.server, &socket).await)
            }
        })
    }

    fn call(&self, socket: Arc<Socket<Adapter>>, auth: Option<Value>) {
        let places = self.0.places.lock();
        let mount = places.get(socket.ns()).map(|place| place.mount.clone());
        drop(places);
        if let Some(mount) = mount {
            mount.call(socket, auth);
        }
    }
}

/// Ends the connection of a client in a namespace that is not found any more. It connects again by
/// itself, which it would not after an answer; so that comes only if nothing else helps.
async fn again(server: &Weak<Server>, socket: &Arc<Socket<Adapter>>) -> Refusal {
    const CLOSING: Duration = Duration::from_secs(5);
    if let Some(socketio) = SocketIo::of_server(server) {
        socketio.cut(socket);
        tokio::time::sleep(CLOSING).await;
    }
    Box::new(ConnectionRefused::new("connect again"))
}
