//! Whom a broadcast reaches: rooms, everybody, all but some.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::future::BoxFuture;

use serde::Serialize;
use socketioxide::{SocketError, adapter::Emitter};
use socketioxide_core::{
    adapter::{
        BroadcastFlags, BroadcastOptions, CoreAdapter, CoreLocalAdapter, errors::BroadcastError,
    },
    packet::Packet,
};

use super::{
    IntoRooms, NamespaceHandle,
    arguments::{Arguments, EventArguments},
    namespace::NamespaceState,
    room_names::{EVERYONE, RoomNames, not_a_target},
};
use crate::{
    adapter::Elsewhere,
    client::{Client, Pending, full, is_full},
    error::EmitError,
    event::Event,
};

/// The clients a broadcast is for.
///
/// Made by [`Client::to`], [`Client::broadcast`], [`NamespaceHandle::to`] and their like, narrowed
/// with [`except`](Self::except), [`skip`](Self::skip) and [`include_self`](Self::include_self),
/// and used up by [`emit`](Self::emit) or [`send`](Self::send). Each client gets the event once, in
/// however many of the rooms it is. A room nobody is in is no error.
///
/// The sender is among the receivers, as in Flask-SocketIO and unlike `socket.to()` of Socket.IO in
/// JavaScript: `include_self(false)` leaves it out.
///
/// ```
/// # use hobnob::prelude::*;
/// # async fn handler(client: Client, muted: Vec<String>) -> Result {
/// client.broadcast().emit("news", "for everybody").await?;
/// client.to(["tea", "coffee"]).emit("news", "once for each client in one of them").await?;
/// client.to("tea").include_self(false).emit("news", "for the others in there").await?;
/// client.broadcast().except(muted).emit("news", "for all but those").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is sent before `.emit(..).await` or `.send(..).await`"]
pub struct Target {
    namespace: NamespaceHandle,
    sender: Option<Client>,
    include_self: bool,
    volatile: bool,
    local: bool,
    /// `None`: everybody in the namespace.
    rooms: Option<RoomNames>,
    except: RoomNames,
}

impl Target {
    pub(crate) fn new(namespace: NamespaceHandle, sender: Option<Client>) -> Self {
        Self {
            namespace,
            sender,
            include_self: true,
            volatile: false,
            local: false,
            rooms: None,
            except: RoomNames::new(),
        }
    }

    /// Adds the members of these rooms, or the client whose sid is given. A list of no rooms reaches
    /// nobody.
    pub fn to(mut self, rooms: impl IntoRooms) -> Self {
        let named = self.rooms.get_or_insert_default();
        named.extend(rooms.into_rooms());
        self
    }

    /// Leaves out whoever is in one of these rooms. Flask-SocketIO has no counterpart.
    pub fn except(mut self, rooms: impl IntoRooms) -> Self {
        self.except.extend(rooms.into_rooms());
        self
    }

    /// Leaves out these clients, by their sids. Flask-SocketIO: `skip_sid=`.
    pub fn skip(self, clients: impl IntoRooms) -> Self {
        self.except(clients)
    }

    /// Whether the sender gets the event too; it does unless told otherwise. Flask-SocketIO:
    /// `include_self=`.
    ///
    /// Without a sender, as from [`SocketIo::of`](crate::SocketIo::of), it makes no difference.
    pub fn include_self(mut self, include: bool) -> Self {
        self.include_self = include;
        self
    }

    /// Sends what may be lost: see [`Volatile`](crate::Volatile). The result says nobody missed it, as
    /// nobody knows. JavaScript: `io.volatile.to(room).emit(..)`.
    pub fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }

    /// Reaches the clients of this very server only, and no others of the cluster: for what each server
    /// tells its own. Flask-SocketIO: `ignore_queue=True`. JavaScript: `io.local`.
    pub fn local(mut self) -> Self {
        self.local = true;
        self
    }

    /// Sends `event` with `data`: `()` is no argument, a tuple one for each element, everything
    /// else one.
    ///
    /// `data` is serialized now; the event is sent when the future is awaited. The result says how
    /// many clients did not get it.
    ///
    /// # Errors
    ///
    /// If the data cannot be serialized, the name is reserved or no room's, the namespace does not
    /// exist or the rest of the cluster is out of reach. A receiver that is gone or too slow is no
    /// error of the sender's.
    pub fn emit<T: Serialize>(self, event: &str, data: T) -> Sending {
        self.send_arguments(event, &Arguments(&data))
    }

    /// Sends an event that knows its own name: see [`Event`]. Otherwise as [`emit`](Self::emit).
    pub fn send<E: Event>(self, event: E) -> Sending {
        self.send_arguments(event.name(), &EventArguments(&event))
    }

    fn send_arguments<T: Serialize>(self, event: &str, arguments: &T) -> Sending {
        let addressed = self.address(event, arguments);
        let nobody = self.rooms.is_some_and(|rooms| rooms.is_empty());
        let sender = self.sender;
        Sending(Box::pin(async move {
            let (namespace, packet, to) = addressed?;
            if nobody {
                return Ok(Delivery { missed: 0 });
            }
            match sender {
                Some(sender) if sender.state().is_connecting() => {
                    let broadcast = Pending::Broadcast(Box::new((packet, to)));
                    match sender.state().lane.postpone(broadcast) {
                        // It was opened this very moment.
                        Some(Pending::Broadcast(now)) => deliver(&namespace, now.0, now.1).await,
                        _ => Ok(Delivery { missed: 0 }),
                    }
                }
                _ => deliver(&namespace, packet, to).await,
            }
        }))
    }

    fn address<T: Serialize>(
        &self,
        event: &str,
        arguments: &T,
    ) -> Result<(Arc<NamespaceState>, Packet, BroadcastOptions), EmitError> {
        let namespace = self.namespace.state()?;
        let packet = namespace.adapter().event_packet(event, arguments)?;
        Ok((namespace.clone(), packet, self.options()?))
    }

    fn options(&self) -> Result<BroadcastOptions, EmitError> {
        let rooms = self.rooms.as_deref().unwrap_or(&[EVERYONE]);
        let named = self.rooms.as_deref().unwrap_or_default();
        if let Some(room) = not_a_target(named).or_else(|| not_a_target(&self.except)) {
            return Err(EmitError::InvalidRoom(room.to_string()));
        }
        let mut options = BroadcastOptions::default();
        options.rooms = rooms.into();
        options.except.clone_from(&self.except);
        if self.volatile {
            options.add_flag(BroadcastFlags::Volatile);
        }
        if self.local {
            options.add_flag(BroadcastFlags::Local);
        }
        if let (Some(sender), false) = (&self.sender, self.include_self) {
            // This is how the engine spells "but not this one".
            options.sid = Some(sender.state().engine_sid);
            options.add_flag(BroadcastFlags::Broadcast);
        }
        Ok(options)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("namespace", &self.namespace.path())
            .field("rooms", &self.rooms)
            .field("except", &self.except)
            .field("include_self", &self.include_self)
            .field("volatile", &self.volatile)
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}

/// A broadcast under way: `.await` it. It can be awaited elsewhere, as in `client.spawn(..)`.
#[must_use = "nothing is sent before it is awaited"]
pub struct Sending(BoxFuture<'static, Result<Delivery, EmitError>>);

impl Future for Sending {
    type Output = Result<Delivery, EmitError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

/// What became of a broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    missed: usize,
}

impl Delivery {
    /// How many clients of this server did not get the event because they read too slowly. Each is
    /// dealt with as the [policy](crate::SocketIoBuilder::slow_clients) says. Of a
    /// [volatile](Target::volatile) event nobody knows: 0.
    pub fn missed(self) -> usize {
        self.missed
    }

    fn and(self, other: Self) -> Self {
        Self {
            missed: self.missed + other.missed,
        }
    }
}

/// Hands a packet to the receivers of this server, then to the others'. Nobody here waits for them.
pub(crate) async fn deliver(
    namespace: &NamespaceState,
    packet: Packet,
    mut to: BroadcastOptions,
) -> Result<Delivery, EmitError> {
    let adapter = namespace.adapter();
    match adapter.elsewhere(&packet, &to) {
        Elsewhere::Nobody => Ok(deliver_here(namespace, adapter.get_local(), packet, to)),
        Elsewhere::Others(telling) => {
            let delivery = deliver_here(namespace, adapter.get_local(), packet, to);
            telling.await?;
            Ok(delivery)
        }
        Elsewhere::Unparted => {
            let slow = deliver_to_slow(namespace, &packet, &mut to);
            let receivers = to.clone();
            match adapter.broadcast(packet, to).await {
                Ok(()) => Ok(slow),
                Err(BroadcastError::Socket(errors)) => {
                    Ok(slow.and(missed(namespace, receivers, &errors)))
                }
                Err(BroadcastError::Serialize(error)) => {
                    Err(EmitError::Serialize(error.to_string()))
                }
                Err(BroadcastError::Adapter(error)) => Err(EmitError::Cluster(error.into())),
            }
        }
    }
}

/// Hands a packet to the receivers of this server, and deals with those that cannot keep up.
pub(crate) fn deliver_here(
    namespace: &NamespaceState,
    local: &CoreLocalAdapter<Emitter>,
    packet: Packet,
    mut to: BroadcastOptions,
) -> Delivery {
    if !to.has_flag(BroadcastFlags::Volatile) && namespace.slow.is_watched() {
        return deliver_one_by_one(namespace, local, &packet, to);
    }
    let slow = deliver_to_slow(namespace, &packet, &mut to);
    let receivers = to.clone();
    match local.broadcast(packet, to) {
        Ok(()) => slow,
        Err(errors) => slow.and(missed(namespace, receivers, &errors)),
    }
}

/// Sends to those who are known to be slow, each on its own, and takes them out of the receivers.
fn deliver_to_slow(
    namespace: &NamespaceState,
    packet: &Packet,
    to: &mut BroadcastOptions,
) -> Delivery {
    let mut missed = 0;
    if !to.has_flag(BroadcastFlags::Volatile) {
        for client in namespace.slow.take_from(to) {
            match client.send(packet.clone()) {
                Ok(()) => namespace.slow.taken_by(client.sid),
                Err(EmitError::Slow) => missed += 1,
                Err(_) => {}
            }
        }
    }
    Delivery { missed }
}

/// How many of the receivers missed it, once they are dealt with.
fn missed(
    namespace: &NamespaceState,
    receivers: BroadcastOptions,
    errors: &[SocketError],
) -> Delivery {
    let missed = full(errors);
    if missed > 0 {
        namespace.missed_by_some(receivers, missed);
    }
    Delivery { missed }
}

fn deliver_one_by_one(
    namespace: &NamespaceState,
    local: &CoreLocalAdapter<Emitter>,
    packet: &Packet,
    to: BroadcastOptions,
) -> Delivery {
    let mut missed = 0;
    for receiver in local.sockets(to) {
        let sent = local.broadcast(packet.clone(), BroadcastOptions::new(receiver));
        if sent.is_err_and(|errors| is_full(&errors)) {
            missed += 1;
            namespace.missed_by(receiver);
        }
    }
    Delivery { missed }
}
