//! One connected client: what a handler does with whom it is talking to.

mod evict;
mod outbox;
mod request;
mod state;
mod tasks;

use std::{fmt, future::Future, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use socketioxide::{TransportType, extract::SocketRef};

pub use self::request::Request;
pub(crate) use self::{
    evict::{full, is_full},
    outbox::Pending,
    state::{AnySession, ClientState},
};
use crate::{
    adapter::Adapter,
    emit::{
        Call, IntoRooms, NamespaceHandle, Target, Volatile,
        arguments::{Arguments, EventArguments},
        room_names::not_joinable,
    },
    error::{EmitError, RoomError},
    event::Event,
    server::SocketIo,
    session::Session,
    sid::Sid,
};

/// One client, connected to one namespace.
///
/// A handler gets it as an argument. It is cheap to clone and may be kept, in the state of a class
/// or in a task: once the client has left, what is sent to it is an error and nothing leaks.
///
/// During `on_connect` the client is not connected yet: what is sent to it, the rooms it joins and
/// what is broadcast through it wait until it is, and are dropped if it is refused.
///
/// Flask-SocketIO: the request context, and the functions `emit`, `send`, `join_room` and their
/// like that act on it.
///
/// ```
/// use hobnob::prelude::*;
///
/// struct Chat;
///
/// #[namespace("/chat")]
/// impl Chat {
///     async fn on_join(&self, client: Client, room: String) -> Result<Vec<String>> {
///         client.join(&room)?;
///         client.emit("welcome", &room)?;                                   // to this client
///         client.to(&room).include_self(false).emit("joined", client.sid()).await?;
///         let kind: String = client.call("which tea", ()).await?;           // asks it
///         tracing::info!(?client, kind, "joined");
///         Ok(client.rooms())
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Client {
    state: Arc<ClientState>,
}

impl Client {
    pub(crate) fn new(state: Arc<ClientState>) -> Self {
        Self { state }
    }

    pub(crate) fn state(&self) -> &Arc<ClientState> {
        &self.state
    }

    /// The client's public id, and the name of its own room. See [`Sid`].
    pub fn sid(&self) -> Sid {
        self.state.sid
    }

    /// The namespace it is connected to.
    pub fn namespace(&self) -> NamespaceHandle {
        NamespaceHandle::new(Arc::clone(&self.state.namespace))
    }

    /// The server it is connected to.
    pub fn socketio(&self) -> SocketIo {
        self.state.socketio.clone()
    }

    /// What `on_connect` returned for this client; `None` before it has, and if `T` is not what the
    /// class calls its session. Handlers take [`Session<T>`](Session) as an argument instead.
    pub fn session<T: Send + Sync + 'static>(&self) -> Option<Session<T>> {
        self.state.session()
    }

    /// Sends `event` to this client: `()` is no argument, a tuple one for each element, everything
    /// else one. `Ok` means that it is queued for a connected client.
    ///
    /// Flask-SocketIO: `emit('event', data)` in a handler.
    ///
    /// ```
    /// # use hobnob::prelude::*;
    /// # fn handler(client: Client) -> Result {
    /// client.emit("position", (3, 4))?;                     // two arguments
    /// client.emit("path", [[0, 0], [3, 4]])?;               // one, a list
    /// client.emit("ready", ())?;                            // none
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the client has left or reads too slowly, the data cannot be serialized, or the name is
    /// reserved.
    pub fn emit<T: Serialize>(&self, event: &str, data: T) -> Result<(), EmitError> {
        self.state.emit(event, &Arguments(&data))
    }

    /// Sends an event that knows its own name to this client: a type with `#[derive(Event)]`, text
    /// (event `message`) or JSON (event `json`). Otherwise as [`emit`](Self::emit).
    pub fn send<E: Event>(&self, event: E) -> Result<(), EmitError> {
        self.state.emit(event.name(), &EventArguments(&event))
    }

    /// To send to this client what may be lost. See [`Volatile`]. JavaScript: `socket.volatile`.
    pub fn volatile(&self) -> Volatile<'_> {
        Volatile::new(self)
    }

    /// Sends `event` to this client and waits for its acknowledgement.
    ///
    /// An answer does not wait in the line of the client's events, so a handler may ask its own
    /// client. Fails at once if the client leaves, after 60 s if it does not answer.
    ///
    /// Flask-SocketIO: `call(..)`, or `emit(.., callback=..)`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use hobnob::prelude::*;
    /// # async fn handler(client: Client) -> Result {
    /// let name: String = client.call("what is your name", ()).await?;
    /// let (x, y): (i32, i32) = client.call("where", &name).timeout(Duration::from_secs(2)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn call<R: DeserializeOwned>(&self, event: &str, data: impl Serialize) -> Call<R> {
        Call::local(self, event, &data)
    }

    /// The members of these rooms, this client among them if it is one. See [`Target`].
    ///
    /// Flask-SocketIO: `to=`.
    pub fn to(&self, rooms: impl IntoRooms) -> Target {
        self.broadcast().to(rooms)
    }

    /// Everybody in the namespace, this client too. See [`Target`].
    ///
    /// Flask-SocketIO: `broadcast=True`.
    pub fn broadcast(&self) -> Target {
        Target::new(self.namespace(), Some(self.clone()))
    }

    /// Puts the client into rooms. A room begins to exist with its first member.
    ///
    /// # Errors
    ///
    /// If the client has left, or a name begins with `~`.
    pub fn join(&self, rooms: impl IntoRooms) -> Result<(), RoomError> {
        let rooms = rooms.into_rooms();
        match not_joinable(&rooms) {
            Some(room) => Err(RoomError::InvalidRoom(room.to_string())),
            None => self.state.join(rooms.into_vec()),
        }
    }

    /// Takes the client out of rooms; of rooms it is not in as well.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn leave(&self, rooms: impl IntoRooms) -> Result<(), RoomError> {
        let rooms = rooms.into_rooms();
        match not_joinable(&rooms) {
            Some(room) => Err(RoomError::InvalidRoom(room.to_string())),
            None => self.state.leave_rooms(rooms.into_vec()),
        }
    }

    /// The rooms it is in, in no order, without its own. In `on_disconnect` those it was in.
    pub fn rooms(&self) -> Vec<String> {
        self.state.rooms()
    }

    /// Disconnects the client from this namespace. The handler goes on, and `on_disconnect` follows.
    ///
    /// What the handler returns is still sent, but the JavaScript client does not look at it any more:
    /// what it is to know is emitted before.
    ///
    /// # Errors
    ///
    /// If the client has left already.
    pub fn disconnect(&self) -> Result<(), EmitError> {
        self.state.disconnect()
    }

    /// Whether the client is connected: not before `on_connect` has returned, not once it is
    /// leaving.
    pub fn is_connected(&self) -> bool {
        self.state.is_open()
    }

    /// Returns when the client is leaving; at once if it has left.
    pub async fn disconnected(&self) {
        self.state.disconnected().await;
    }

    /// The request that opened the connection: headers, query, remote address. It is there until
    /// `on_disconnect` is over, `None` afterwards.
    ///
    /// Flask-SocketIO: `request.headers`, `request.args` and their like.
    pub fn request(&self) -> Option<Request> {
        self.state.request().map(Request::new)
    }

    /// How the client is connected at the moment; `None` once it has left.
    pub fn transport(&self) -> Option<TransportType> {
        Some(self.state.socket()?.transport_type())
    }

    /// Runs a task that ends with the client: it is aborted as soon as the client is leaving.
    ///
    /// Flask-SocketIO: `start_background_task`, which nothing ends. For a task that outlives the
    /// client: [`SocketIo::spawn`].
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.state.spawn(task);
    }

    /// The engine's own handle of this client, for what hobnob does not offer; `None` once the
    /// client has left. Keeping it keeps the connection's memory. Handlers are not to be registered
    /// with it: a handler that did would wait for itself.
    pub fn engine(&self) -> Option<SocketRef<Adapter>> {
        self.state.socket().map(SocketRef::from)
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state, &other.state)
    }
}

impl Eq for Client {}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("namespace", &self.state.namespace.path)
            .field("sid", &self.state.sid)
            .field("connected", &self.is_connected())
            .finish()
    }
}
