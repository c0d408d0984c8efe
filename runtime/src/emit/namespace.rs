//! A mounted namespace: the handle to send through, and what the server keeps of it.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::{Arc, OnceLock, Weak},
};

use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::{Notify, futures::Notified};

use super::{
    IntoRoom, IntoRooms, RemoteClient, Room, Sending, Target, room_names::EVERYONE, slow::Slow,
};
use crate::{
    adapter::Adapter,
    anywhere::Passing,
    client::{Client, ClientState},
    error::{RoomError, UnknownNamespace},
    event::Event,
    server::Server,
    sid::Sid,
};

/// What all clients of one mounted class share.
pub(crate) struct NamespaceState {
    pub(crate) path: Arc<str>,
    pub(crate) server: Weak<Server>,
    /// Set as soon as the engine has made it, before anybody can connect.
    adapter: OnceLock<Arc<Adapter>>,
    clients: Mutex<HashMap<Sid, Arc<ClientState>>>,
    /// Told whenever a client has left for good.
    left: Notify,
    /// Who does not keep up.
    pub(super) slow: Slow,
    /// To be told when the last client has left, if the namespace goes with it.
    passing: Option<Weak<dyn Passing>>,
}

impl NamespaceState {
    pub(crate) fn new(path: &str, server: Weak<Server>) -> Self {
        Self {
            path: path.into(),
            server,
            adapter: OnceLock::new(),
            clients: Mutex::default(),
            left: Notify::new(),
            slow: Slow::default(),
            passing: None,
        }
    }

    /// One that is there as long as it has clients.
    pub(crate) fn passing(path: &str, server: Weak<Server>, passing: Weak<dyn Passing>) -> Self {
        Self {
            passing: Some(passing),
            ..Self::new(path, server)
        }
    }

    pub(crate) fn set_adapter(self: &Arc<Self>, adapter: Arc<Adapter>) {
        adapter.mounted(Arc::downgrade(self));
        // A second one would be for a second namespace of this path, which `build` refuses.
        let _ = self.adapter.set(adapter);
    }

    pub(crate) fn adapter(&self) -> &Arc<Adapter> {
        #[expect(clippy::expect_used, reason = "`build` sets it before it returns")]
        self.adapter
            .get()
            .expect("a namespace is used before it is mounted")
    }

    /// Enters a client; `false` while another of the same connection is still leaving.
    pub(crate) fn enter(&self, client: &Arc<ClientState>) -> bool {
        match self.clients.lock().entry(client.sid) {
            Entry::Vacant(free) => {
                free.insert(Arc::clone(client));
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Returns when the next client has left for good, counted from this call on.
    pub(crate) fn left(&self) -> Notified<'_> {
        self.left.notified()
    }

    pub(crate) fn remove(&self, sid: Sid) {
        let mut clients = self.clients.lock();
        clients.remove(&sid);
        let empty = clients.is_empty();
        if empty {
            *clients = HashMap::new();
        }
        drop(clients);
        self.slow.remove(sid);
        self.left.notify_waiters();
        if empty && let Some(passing) = self.passing.as_ref().and_then(Weak::upgrade) {
            passing.release(&self.path);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.clients.lock().is_empty()
    }

    pub(crate) fn client(&self, sid: Sid) -> Option<Client> {
        let clients = self.clients.lock();
        clients
            .get(&sid)
            .map(|state| Client::new(Arc::clone(state)))
    }

    pub(crate) fn clients(&self) -> Vec<Arc<ClientState>> {
        self.clients.lock().values().cloned().collect()
    }

    /// Returns when the last client has left for good.
    pub(crate) async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.clients.lock().is_empty() {
                return;
            }
            left.await;
        }
    }
}

/// A namespace, to send through from anywhere: HTTP routes, background tasks, other namespaces.
///
/// Got from [`SocketIo::of`](crate::SocketIo::of) or [`Client::namespace`]. There is no sender here,
/// so everything reaches everybody it names. Flask-SocketIO: `socketio.emit(.., namespace=..)` and
/// the methods of a `Namespace`.
///
/// ```
/// use axum::{extract::State, response::Json};
/// use hobnob::prelude::*;
///
/// /// A route that tells everybody, and says how many that are.
/// async fn publish(State(socketio): State<SocketIo>, headline: String) -> Result<Json<usize>> {
///     let news = socketio.of("/news");
///     news.emit("headline", &headline).await?;
///     news.to("editors").emit("published", &headline).await?;
///     Ok(Json(news.clients().await?.len()))
/// }
/// # let _: axum::routing::MethodRouter<SocketIo> = axum::routing::post(publish);
/// ```
#[derive(Clone)]
pub struct NamespaceHandle {
    /// The path alone, if nothing is mounted there.
    state: Result<Arc<NamespaceState>, Arc<str>>,
}

impl NamespaceHandle {
    pub(crate) fn new(state: Arc<NamespaceState>) -> Self {
        Self { state: Ok(state) }
    }

    pub(crate) fn unknown(path: &str) -> Self {
        Self {
            state: Err(path.into()),
        }
    }

    /// The namespace, or the path at which there is none.
    pub(crate) fn state(&self) -> Result<&Arc<NamespaceState>, UnknownNamespace> {
        let unknown = |path: &Arc<str>| UnknownNamespace(path.to_string());
        self.state.as_ref().map_err(unknown)
    }

    /// The path it is mounted at.
    pub fn path(&self) -> &str {
        match &self.state {
            Ok(state) => &state.path,
            Err(path) => path,
        }
    }

    /// Sends to everybody in the namespace. See [`Target::emit`].
    pub fn emit<T: Serialize>(&self, event: &str, data: T) -> Sending {
        self.everyone().emit(event, data)
    }

    /// Sends a typed event to everybody in the namespace. See [`Target::send`].
    pub fn send<E: Event>(&self, event: E) -> Sending {
        self.everyone().send(event)
    }

    /// The members of these rooms, or the client of this sid.
    pub fn to(&self, rooms: impl IntoRooms) -> Target {
        self.everyone().to(rooms)
    }

    /// Everybody who is in none of these rooms.
    pub fn except(&self, rooms: impl IntoRooms) -> Target {
        self.everyone().except(rooms)
    }

    /// Everybody in the namespace, for what may be lost. See [`Target::volatile`]. JavaScript:
    /// `io.volatile`.
    pub fn volatile(&self) -> Target {
        self.everyone().volatile()
    }

    /// Everybody in the namespace who is on this very server. See [`Target::local`]. JavaScript:
    /// `io.local`.
    pub fn local(&self) -> Target {
        self.everyone().local()
    }

    fn everyone(&self) -> Target {
        Target::new(self.clone(), None)
    }

    /// One client, wherever in the cluster it is connected.
    pub fn client(&self, sid: Sid) -> RemoteClient {
        RemoteClient::new(self.clone(), sid)
    }

    /// One client of this very server, with its session; `None` if it is not connected here.
    pub fn local_client(&self, sid: Sid) -> Option<Client> {
        self.state.as_ref().ok()?.client(sid)
    }

    /// All clients of this very server that are connected, with their sessions, in no order.
    pub fn local_clients(&self) -> Vec<Client> {
        let clients = self.state.as_ref().map(|state| state.clients());
        let clients = clients.unwrap_or_default().into_iter();
        clients
            .filter(|client| client.is_open())
            .map(Client::new)
            .collect()
    }

    /// A room: its members, their number, closing it.
    pub fn room(&self, room: impl IntoRoom) -> Room {
        Room::new(self.clone(), room.into_room())
    }

    /// The sids of all clients in the namespace.
    ///
    /// # Errors
    ///
    /// If the namespace does not exist or the rest of the cluster is out of reach.
    pub async fn clients(&self) -> Result<Vec<Sid>, RoomError> {
        Room::new(self.clone(), EVERYONE).members().await
    }

    /// Takes everybody out of a room; nobody is disconnected. Flask-SocketIO: `close_room`.
    ///
    /// # Errors
    ///
    /// As [`Room::close`].
    pub async fn close_room(&self, room: impl IntoRoom) -> Result<(), RoomError> {
        self.room(room).close().await
    }
}

impl fmt::Debug for NamespaceHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamespaceHandle")
            .field(&self.path())
            .finish()
    }
}
