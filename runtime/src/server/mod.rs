//! The server: what is mounted where, with which options; the handle that everything else gets.

mod body;
mod build;
mod builder;
mod capacity;
#[cfg(feature = "compression")]
mod compression;
mod connection;
mod connections;
mod cookie;
mod counters;
mod handlers;
mod handshake;
mod head;
mod heads;
mod http_options;
mod layer;
mod limit_options;
mod listener;
mod mounting;
mod options;
mod origin;
mod serve;
mod shutdown;
mod thread;

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, Weak, atomic::AtomicBool},
};

use parking_lot::{Mutex, RwLock};
use socketioxide_core::Sid as EngineSid;
use tokio::{runtime::Handle, task::JoinSet};

pub(crate) use self::options::{FOREVER, OnError, Options};
pub use self::{
    builder::SocketIoBuilder,
    cookie::{Cookie, SameSite},
    counters::Counters,
    layer::{SocketIoLayer, SocketIoService},
    options::{Parser, SlowClientPolicy, Unhandled},
    origin::Origins,
};
use self::{
    capacity::Capacity, connections::Connections, counters::Tally, layer::EngineService,
    shutdown::Stopping,
};
use crate::{
    adapter::Adapter,
    client::ClientState,
    cluster::Membership,
    emit::{NamespaceHandle, NamespaceState},
    error::ConnectionRefused,
    sid::Sid,
};

/// A Socket.IO server: its namespaces, and a handle to them from anywhere.
///
/// It is built with [`SocketIo::builder`], served with [`serve`](Self::serve) or put under an axum
/// router of yours with [`layer`](Self::layer), and cheap to clone: into the state of the router,
/// into background tasks, into handlers, which may take it as an argument.
///
/// Flask-SocketIO: the `SocketIO` object.
///
/// ```no_run
/// use axum::{Router, extract::State, routing::post};
/// use hobnob::prelude::*;
///
/// struct News;
///
/// #[namespace("/news")]
/// impl News {
///     fn on_ping(&self) -> &'static str {
///         "pong"
///     }
/// }
///
/// async fn publish(State(socketio): State<SocketIo>, headline: String) -> Result {
///     socketio.of("/news").emit("headline", headline).await?;
///     Ok(())
/// }
///
/// #[tokio::main]
/// async fn main() -> Result {
///     let socketio = SocketIo::builder().namespace(News).build().await?;
///     let app = Router::new().route("/publish", post(publish)).with_state(socketio.clone());
///     socketio.serve("127.0.0.1:5000", app).await
/// }
/// ```
#[derive(Clone)]
pub struct SocketIo {
    server: Arc<Server>,
}

/// What the handles of one server share.
pub(crate) struct Server {
    pub(crate) options: Options,
    namespaces: HashMap<Arc<str>, Arc<NamespaceState>>,
    /// Those that are there only as long as they have clients.
    passing: RwLock<HashMap<Arc<str>, Arc<NamespaceState>>>,
    engine: socketioxide::SocketIo<Adapter>,
    service: EngineService,
    membership: Membership,
    /// Whether the user has put the layer over an app.
    layered: AtomicBool,
    entering: Mutex<()>,
    tasks: Mutex<JoinSet<()>>,
    /// Where it was built. A handle may be used from any thread, and what it starts runs there.
    runtime: Handle,
    connections: Arc<Connections>,
    stopping: Stopping,
    tally: Arc<Tally>,
    capacity: Arc<Capacity>,
}

impl Server {
    pub(crate) fn add_passing(&self, namespace: &Arc<NamespaceState>) {
        let (path, namespace) = (Arc::clone(&namespace.path), Arc::clone(namespace));
        self.passing.write().insert(path, namespace);
    }

    pub(crate) fn remove_passing(&self, path: &str) {
        self.passing.write().remove(path);
        self.engine.delete_ns(path);
    }

    fn namespace(&self, path: &str) -> Option<Arc<NamespaceState>> {
        let mounted = self.namespaces.get(path).cloned();
        mounted.or_else(|| self.passing.read().get(path).cloned())
    }

    /// All namespaces that there are at the moment.
    fn all_namespaces(&self) -> Vec<Arc<NamespaceState>> {
        let passing = self.passing.read();
        self.namespaces
            .values()
            .chain(passing.values())
            .cloned()
            .collect()
    }
}

impl SocketIo {
    /// Begins a server: mount namespaces, set options, then
    /// [`build`](SocketIoBuilder::build) it.
    pub fn builder() -> SocketIoBuilder {
        SocketIoBuilder::default()
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn membership(&self) -> &Membership {
        &self.server.membership
    }

    pub(crate) fn of_server(server: &Weak<Server>) -> Option<Self> {
        server.upgrade().map(|server| Self { server })
    }

    pub(crate) fn options(&self) -> &Options {
        &self.server.options
    }

    /// The namespace mounted at `path`, to send to its clients. Where nothing is mounted, using the
    /// handle is an error.
    ///
    /// Flask-SocketIO: the argument `namespace=` of `socketio.emit` and its like.
    pub fn of(&self, path: &str) -> NamespaceHandle {
        match self.server.namespace(path) {
            Some(namespace) => NamespaceHandle::new(namespace),
            None => NamespaceHandle::unknown(path),
        }
    }

    /// All mounted namespaces, by path.
    pub fn namespaces(&self) -> Vec<NamespaceHandle> {
        let states = self.server.all_namespaces().into_iter();
        let mut all: Vec<_> = states.map(NamespaceHandle::new).collect();
        all.sort_by(|a, b| a.path().cmp(b.path()));
        all
    }

    /// Runs a background task that ends with the server: it is aborted when the server shuts down. May be
    /// called from any thread.
    ///
    /// One that `on_connect` starts may be faster than the connecting: what it sends to the whole namespace
    /// does not reach a client that is not connected yet. What it sends through the [`Client`](crate::Client) waits.
    ///
    /// Flask-SocketIO: `start_background_task`.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.server.tasks.lock();
        while tasks.try_join_next().is_some() {}
        if !self.is_stopping() {
            tasks.spawn_on(task, self.runtime());
        }
    }

    /// The engine's own handle, for what hobnob does not offer.
    pub fn engine(&self) -> &socketioxide::SocketIo<Adapter> {
        &self.server.engine
    }

    /// Enters a client into its namespace, if its connection may have one more. One of the same
    /// connection that is still leaving is waited for, so that its `on_disconnect` is over before the
    /// `on_connect` of its successor.
    pub(crate) async fn enter(&self, client: &Arc<ClientState>) -> Result<(), ConnectionRefused> {
        loop {
            let left = client.namespace.left();
            {
                // Held while counting, so that many at once get no further than one after another;
                // and while looking for the end, which waits for whoever holds it.
                let _one_at_a_time = self.server.entering.lock();
                if !self.is_stopping() {
                    self.check_namespaces(client.engine_sid)?;
                    if client.namespace.enter(client) {
                        return Ok(());
                    }
                }
            }
            if self.is_stopping() {
                return Err(self.gone().await);
            }
            left.await;
        }
    }

    /// The answer for who comes while the server goes down, when it is down. An answer now would be
    /// final for the JavaScript client. The end of the connection, which comes first, is not: it
    /// connects again, to whoever is there then.
    pub(crate) async fn gone(&self) -> ConnectionRefused {
        self.stopped().await;
        ConnectionRefused::new("the server is shutting down")
    }

    fn check_namespaces(&self, connection: EngineSid) -> Result<(), ConnectionRefused> {
        let most = self.server.options.max_namespaces;
        let server = &self.server;
        if server.namespaces.len() + server.passing.read().len() <= most {
            // It cannot have more than there are.
            return Ok(());
        }
        let namespaces = server.all_namespaces();
        let connected = namespaces.iter().filter(|namespace| {
            let sid = Sid::of(connection, &namespace.path);
            // One that is leaving makes room already.
            let client = namespace.client(sid);
            client.is_some_and(|client| !client.state().lane.is_closed())
        });
        if connected.count() < most {
            Ok(())
        } else {
            server.tally.refused_namespaces.one();
            Err(ConnectionRefused::new(
                "too many namespaces on one connection",
            ))
        }
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.server.runtime
    }
}

impl fmt::Debug for SocketIo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespaces = self.namespaces();
        let paths: Vec<_> = namespaces.iter().map(NamespaceHandle::path).collect();
        f.debug_struct("SocketIo")
            .field("path", &self.options().path)
            .field("namespaces", &paths)
            .field("stopping", &self.is_stopping())
            .finish_non_exhaustive()
    }
}
