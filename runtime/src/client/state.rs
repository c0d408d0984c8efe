//! What the server keeps of a client, shared by its handles, its line of events and the engine's
//! handlers.

use std::{
    any::Any,
    sync::{Arc, OnceLock, Weak},
};

use http::request::Parts;
use parking_lot::Mutex;
use serde::Serialize;
use socketioxide::{adapter::Emitter, socket::Socket};
use socketioxide_core::{
    Sid as EngineSid,
    adapter::{BroadcastFlags, BroadcastOptions, CoreAdapter, CoreLocalAdapter, Room},
    packet::Packet,
};
use tokio::sync::Notify;

use super::{Pending, evict::is_full, request::Head, tasks::Tasks};
use crate::{
    adapter::Adapter,
    emit::NamespaceState,
    error::{EmitError, RoomError},
    lane::{Lane, Leaving},
    reason::DisconnectReason,
    server::SocketIo,
    session::Session,
    sid::{PREFIX, Sid},
    work::Class,
};

/// A session of any type.
pub(crate) type AnySession = Arc<dyn Any + Send + Sync>;

/// One client in one namespace. It never holds the engine's socket: the socket holds it.
pub(crate) struct ClientState {
    pub(crate) sid: Sid,
    /// Secret: whoever knows it can speak as the client over long polling.
    pub(crate) engine_sid: EngineSid,
    pub(crate) namespace: Arc<NamespaceState>,
    pub(crate) socketio: SocketIo,
    pub(crate) class: Arc<dyn Class>,
    pub(crate) lane: Lane,
    pub(super) tasks: Mutex<Tasks>,
    socket: Weak<Socket<Adapter>>,
    /// A copy of the request until the client is connected: till then the engine may let go of the
    /// socket without a word.
    request: Mutex<Option<Arc<Parts>>>,
    session: OnceLock<AnySession>,
    /// Told once, when the client begins to leave.
    leaving: Notify,
}

impl ClientState {
    pub(crate) fn new(
        socket: &Arc<Socket<Adapter>>,
        namespace: Arc<NamespaceState>,
        socketio: SocketIo,
        class: Arc<dyn Class>,
    ) -> Self {
        Self {
            sid: Sid::of(socket.id, &namespace.path),
            engine_sid: socket.id,
            namespace,
            socketio,
            class,
            lane: Lane::default(),
            tasks: Mutex::default(),
            socket: Arc::downgrade(socket),
            request: Mutex::new(Some(Arc::new(socket.req_parts().clone()))),
            session: OnceLock::new(),
            leaving: Notify::new(),
        }
    }

    /// The engine's socket, until the client has left.
    pub(crate) fn socket(&self) -> Option<Arc<Socket<Adapter>>> {
        self.socket.upgrade()
    }

    pub(super) fn request(&self) -> Option<Head> {
        let kept = || self.request.lock().clone().map(Head::Kept);
        self.socket().map(Head::Engine).or_else(kept)
    }

    pub(super) fn forget_request(&self) {
        *self.request.lock() = None;
    }

    pub(crate) fn local(&self) -> &CoreLocalAdapter<Emitter> {
        self.namespace.adapter().get_local()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lane.is_open()
    }

    pub(crate) fn is_connecting(&self) -> bool {
        self.lane.is_connecting()
    }

    pub(crate) async fn disconnected(&self) {
        let leaving = self.leaving.notified();
        if !self.lane.is_closed() {
            leaving.await;
        }
    }

    pub(crate) fn set_session(&self, session: AnySession) {
        // Once for each client: `on_connect` returns once.
        let _ = self.session.set(session);
    }

    pub(crate) fn has_session(&self) -> bool {
        self.session.get().is_some()
    }

    pub(crate) fn session<T: Send + Sync + 'static>(&self) -> Option<Session<T>> {
        let session = Arc::clone(self.session.get()?);
        session.downcast().ok().map(Session::new)
    }

    pub(crate) fn emit<T: Serialize>(
        self: &Arc<Self>,
        event: &str,
        arguments: &T,
    ) -> Result<(), EmitError> {
        // The data is serialized now, even if it goes out later.
        let packet = self.namespace.adapter().event_packet(event, arguments)?;
        if self.lane.is_open() {
            return self.send(packet);
        }
        match self.lane.postpone(Pending::Emit(packet)) {
            None => Ok(()),
            Some(Pending::Emit(packet)) if self.lane.is_open() => self.send(packet),
            Some(_) => Err(EmitError::Disconnected),
        }
    }

    pub(crate) fn emit_volatile<T: Serialize>(
        &self,
        event: &str,
        arguments: &T,
    ) -> Result<(), EmitError> {
        let packet = self.namespace.adapter().event_packet(event, arguments)?;
        match self.lane.postpone(Pending::Volatile(packet)) {
            None => Ok(()),
            Some(Pending::Volatile(packet)) if self.lane.is_open() => {
                self.send_volatile(packet);
                Ok(())
            }
            Some(_) => Err(EmitError::Disconnected),
        }
    }

    /// Leaves a packet for when nothing else waits, in place of the last one that was left so.
    pub(super) fn send_volatile(&self, packet: Packet) {
        let mut to = BroadcastOptions::new(self.engine_sid);
        to.add_flag(BroadcastFlags::Volatile);
        // The engine says nothing of volatile packets.
        let _ = self.local().broadcast(packet, to);
    }

    /// Sends a packet to this client, past the rooms.
    pub(crate) fn send(self: &Arc<Self>, packet: Packet) -> Result<(), EmitError> {
        let to = BroadcastOptions::new(self.engine_sid);
        match self.local().broadcast(packet, to) {
            Ok(()) => Ok(()),
            Err(errors) if is_full(&errors) => {
                self.miss();
                Err(EmitError::Slow)
            }
            Err(_) => Err(EmitError::Disconnected),
        }
    }

    // Both under the lane's lock: a client that is leaving must not get into a room, nobody would
    // take it out again.

    pub(crate) fn join(&self, rooms: Vec<Room>) -> Result<(), RoomError> {
        let now = |rooms| self.local().add_all(self.engine_sid, rooms);
        self.lane.join(rooms, now).ok_or(RoomError::Disconnected)
    }

    pub(crate) fn leave_rooms(&self, rooms: Vec<Room>) -> Result<(), RoomError> {
        let now = |rooms| self.local().del(self.engine_sid, rooms);
        self.lane.leave(rooms, now).ok_or(RoomError::Disconnected)
    }

    pub(crate) fn rooms(&self) -> Vec<String> {
        let rooms = self.lane.rooms().unwrap_or_else(|| self.current_rooms());
        rooms
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect()
    }

    /// Without the client's own, and the one that everybody is in.
    fn current_rooms(&self) -> Vec<Room> {
        let rooms = self.local().socket_rooms(self.engine_sid);
        let joined = rooms.into_iter().filter(|room| !room.starts_with(PREFIX));
        joined.collect()
    }

    pub(crate) fn disconnect(self: &Arc<Self>) -> Result<(), EmitError> {
        if self.lane.postpone(Pending::Disconnect).is_none() {
            return Ok(());
        }
        if self.lane.is_open() {
            self.disconnect_now();
            Ok(())
        } else {
            Err(EmitError::Disconnected)
        }
    }

    pub(super) fn disconnect_now(self: &Arc<Self>) {
        if let Some(socket) = self.socket()
            && socket.disconnect().is_err()
        {
            // There is no room for the packet that would tell it.
            self.evict(DisconnectReason::ServerDisconnect);
        }
    }

    /// The client begins to leave, once. `socket` stays reachable until `on_disconnect` is over.
    pub(crate) fn leave(
        self: &Arc<Self>,
        reason: DisconnectReason,
        socket: Option<Arc<Socket<Adapter>>>,
        remove: impl FnOnce(),
    ) {
        let leaving = Leaving { reason, socket };
        let first = self.lane.close(leaving, || self.current_rooms());
        remove();
        if first {
            self.abort_spawned();
            self.leaving.notify_waiters();
            self.kick();
        }
    }

    /// `on_connect` has refused the client: as if it had never been here.
    pub(crate) fn refuse(&self) {
        self.lane.refuse();
        self.leaving.notify_waiters();
        self.abort_spawned();
        self.namespace.remove(self.sid);
    }

    /// Gives the line a task to work it off, if it has work and none yet.
    pub(crate) fn kick(self: &Arc<Self>) {
        if self.lane.start() {
            Arc::clone(&self.class).start(Arc::clone(self));
        }
    }
}
