//! A room and its members; a client that may be connected to another server.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use socketioxide_core::adapter::{BroadcastOptions, CoreAdapter, Room as RoomName};

use super::{
    Call, IntoRooms, NamespaceHandle, Sending, Target,
    room_names::{RoomNames, not_a_target, not_joinable},
};
use crate::{
    adapter::Members,
    error::{EmitError, RoomError},
    event::Event,
    sid::Sid,
};

fn options(room: &RoomName) -> BroadcastOptions {
    let mut options = BroadcastOptions::default();
    options.rooms.push(room.clone());
    options
}

/// A room of a namespace. It exists for as long as somebody is in it. Got from
/// [`NamespaceHandle::room`].
///
/// ```
/// # use hobnob::prelude::*;
/// # async fn handler(client: Client) -> Result {
/// let tea = client.namespace().room("tea");
/// if tea.clients().await?.contains(&client.sid()) {
///     tea.emit("last order", tea.len().await?).await?;
/// }
/// tea.close().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Room {
    namespace: NamespaceHandle,
    name: RoomName,
}

impl Room {
    pub(super) fn new(namespace: NamespaceHandle, name: RoomName) -> Self {
        Self { namespace, name }
    }

    /// The room's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sids of its members, in no order, in the whole cluster.
    ///
    /// # Errors
    ///
    /// If the name is no room's, the namespace does not exist or the rest of the cluster is out of
    /// reach. If a part of it does not answer in time: what is known is in the error then.
    pub async fn clients(&self) -> Result<Vec<Sid>, RoomError> {
        self.check()?;
        self.members().await
    }

    fn check(&self) -> Result<(), RoomError> {
        match not_a_target(std::slice::from_ref(&self.name)) {
            Some(room) => Err(RoomError::InvalidRoom(room.to_string())),
            None => Ok(()),
        }
    }

    /// Of any room, also of the one that everybody is in.
    pub(super) async fn members(&self) -> Result<Vec<Sid>, RoomError> {
        let namespace = self.namespace.state()?;
        let members = namespace.adapter().members(options(&self.name)).await?;
        public(members, &namespace.path)
    }

    /// How many clients are in it, in the whole cluster.
    ///
    /// # Errors
    ///
    /// As [`clients`](Self::clients).
    pub async fn len(&self) -> Result<usize, RoomError> {
        self.check()?;
        // Without the public sids, each of which takes a hash.
        let namespace = self.namespace.state()?;
        let members = namespace.adapter().members(options(&self.name)).await?;
        if members.unanswered == 0 {
            Ok(members.sids.len())
        } else {
            Ok(public(members, &namespace.path)?.len())
        }
    }

    /// Whether nobody is in it.
    ///
    /// # Errors
    ///
    /// As [`clients`](Self::clients).
    pub async fn is_empty(&self) -> Result<bool, RoomError> {
        Ok(self.len().await? == 0)
    }

    /// Takes everybody out of it; nobody is disconnected. Flask-SocketIO: `close_room`.
    ///
    /// # Errors
    ///
    /// If the room is a client's own, the namespace does not exist or the rest of the cluster is
    /// out of reach.
    pub async fn close(&self) -> Result<(), RoomError> {
        if not_joinable(std::slice::from_ref(&self.name)).is_some() {
            return Err(RoomError::InvalidRoom(self.name.to_string()));
        }
        let namespace = self.namespace.state()?;
        let adapter = namespace.adapter();
        Ok(adapter
            .del_sockets(options(&self.name), self.name.clone())
            .await?)
    }

    /// Sends to its members. See [`Target::emit`].
    pub fn emit<T: Serialize>(&self, event: &str, data: T) -> Sending {
        self.target().emit(event, data)
    }

    /// Sends a typed event to its members. See [`Target::send`].
    pub fn send<E: Event>(&self, event: E) -> Sending {
        self.target().send(event)
    }

    fn target(&self) -> Target {
        self.namespace.to(self.name.clone())
    }
}

/// The public sids, if all servers have said who is there.
fn public(members: Members, path: &str) -> Result<Vec<Sid>, RoomError> {
    let sids = members.sids.into_iter();
    let clients = sids.map(|member| Sid::of(member, path)).collect();
    match members.unanswered {
        0 => Ok(clients),
        servers => Err(RoomError::Incomplete { clients, servers }),
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Room").field(&self.name).finish()
    }
}

/// A client by its sid, wherever in the cluster it is connected. It may have left meanwhile:
/// sending to it is then no error, calling it is. Got from [`NamespaceHandle::client`].
///
/// ```
/// # use hobnob::prelude::*;
/// # struct Chat;
/// # #[namespace]
/// # impl Chat {
/// /// A private message: the page knows the others by their sids.
/// async fn on_whisper(&self, client: Client, to: Sid, text: String) -> Result {
///     let other = client.namespace().client(to);
///     other.emit("whispered", (client.sid(), text)).await?;
///     Ok(())
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct RemoteClient {
    namespace: NamespaceHandle,
    sid: Sid,
}

impl RemoteClient {
    pub(super) fn new(namespace: NamespaceHandle, sid: Sid) -> Self {
        Self { namespace, sid }
    }

    /// The client's sid.
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// Sends to this client. See [`Target::emit`].
    pub fn emit<T: Serialize>(&self, event: &str, data: T) -> Sending {
        self.namespace.to(self.sid).emit(event, data)
    }

    /// Sends a typed event to this client. See [`Target::send`].
    pub fn send<E: Event>(&self, event: E) -> Sending {
        self.namespace.to(self.sid).send(event)
    }

    /// Asks this client and waits for its answer. See [`Client::call`](crate::Client::call).
    pub fn call<R: DeserializeOwned>(&self, event: &str, data: impl Serialize) -> Call<R> {
        Call::remote(&self.namespace, self.sid, event, &data)
    }

    /// Puts the client into rooms. Flask-SocketIO: `enter_room(sid, room)`.
    ///
    /// # Errors
    ///
    /// If a name is not a room's, the namespace does not exist or the rest of the cluster is out of
    /// reach.
    pub async fn join(&self, rooms: impl IntoRooms) -> Result<(), RoomError> {
        let rooms = joinable(rooms.into_rooms())?;
        let namespace = self.namespace.state()?;
        if let Some(client) = namespace.client(self.sid) {
            return client.join(rooms);
        }
        let own = options(&self.sid.to_string().into());
        Ok(namespace.adapter().add_sockets(own, rooms).await?)
    }

    /// Takes the client out of rooms; of rooms it is not in as well.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub async fn leave(&self, rooms: impl IntoRooms) -> Result<(), RoomError> {
        let rooms = joinable(rooms.into_rooms())?;
        let namespace = self.namespace.state()?;
        if let Some(client) = namespace.client(self.sid) {
            return client.leave(rooms);
        }
        let own = options(&self.sid.to_string().into());
        Ok(namespace.adapter().del_sockets(own, rooms).await?)
    }

    /// Disconnects the client from this namespace.
    ///
    /// # Errors
    ///
    /// If the namespace does not exist or the rest of the cluster is out of reach.
    pub async fn disconnect(&self) -> Result<(), EmitError> {
        use socketioxide_core::adapter::errors::BroadcastError;

        let namespace = self.namespace.state()?;
        if let Some(client) = namespace.client(self.sid) {
            return client.disconnect();
        }
        let own = options(&self.sid.to_string().into());
        match namespace.adapter().disconnect_socket(own).await {
            Err(BroadcastError::Adapter(error)) => Err(EmitError::Cluster(error.into())),
            _ => Ok(()),
        }
    }
}

fn joinable(rooms: RoomNames) -> Result<Vec<RoomName>, RoomError> {
    match not_joinable(&rooms) {
        Some(room) => Err(RoomError::InvalidRoom(room.to_string())),
        None => Ok(rooms.into_vec()),
    }
}

impl fmt::Debug for RemoteClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteClient").field(&self.sid).finish()
    }
}
