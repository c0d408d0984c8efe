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
    pub(crate) mounts: Mutex<HashMap<Arc<str>, Mount<N>>>,
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
    fn mount_of(self: &Arc<Self>, socket: &Socket<Adapter>) -> Option<Mount<N>> {
        let mut mounts = self.mounts.lock();
        if let Some(adapter) = self.backend.take(socket.ns()) {
            // The engine has made a new one. Where there was one, its clients are not found any more.
            let mount = self.mount(socket.ns(), adapter);
            let path = Arc::clone(&mount.namespace().path);
            if let Some(before) = mounts.insert(path, mount) {
                tracing::debug!(target: "hobnob::connect", namespace = socket.ns(), "made twice");
                before.namespace().clients().iter().for_each(send_again);
            }
        }
        let mount = mounts.get(socket.ns())?;
        let local = mount.namespace().adapter().get_local();
        socket.join(PROBE);
        let known = local
            .socket_rooms(socket.id)
            .iter()
            .any(|room| room == PROBE);
        socket.leave(PROBE);
        known.then(|| mount.clone())
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
        let mut mounts = self.mounts.lock();
        let empty = |mount: &Mount<N>| mount.namespace().is_empty();
        if !mounts.get(path).is_some_and(empty) {
            return;
        }
        mounts.remove(path);
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
            let Some(mount) = self.0.mount_of(&socket) else {
                return Err(again(&self.0.server, &socket).await);
            };
            let connected = mount.call_middleware(socket, auth).await;
            if connected.is_err() {
                self.0.release(&mount.namespace().path);
            }
            connected
        })
    }

    fn call(&self, socket: Arc<Socket<Adapter>>, auth: Option<Value>) {
        let mount = self.0.mounts.lock().get(socket.ns()).cloned();
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

fn send_again(client: &Arc<ClientState>) {
    if let Some(socket) = client.socket() {
        client.socketio.cut(&socket);
    }
}
