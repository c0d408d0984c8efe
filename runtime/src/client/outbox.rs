//! What `on_connect` did to its client: done once the client is connected, or never.

use std::sync::Arc;

use socketioxide_core::{
    adapter::{BroadcastOptions, Room},
    packet::Packet,
};

use super::ClientState;
use crate::emit::{deliver, room_names::EVERYONE};

/// One thing that waits for the connection.
pub(crate) enum Pending {
    Emit(Packet),
    Volatile(Packet),
    Broadcast(Box<(Packet, BroadcastOptions)>),
    Join(Vec<Room>),
    Leave(Vec<Room>),
    Disconnect,
}

/// The rooms a client is about to enter. As long as it is in none, nobody else reaches it, and what
/// `on_connect` sent it are the first things it gets.
struct Entrance {
    rooms: Vec<Room>,
}

impl ClientState {
    /// Called when the acceptance is on its way to the client: does what has been waiting, in
    /// order, and opens the line for events.
    pub(crate) fn open(self: &Arc<Self>) {
        let own = self.sid.to_string().into();
        let mut entrance = Entrance {
            rooms: vec![EVERYONE, own],
        };
        while let Some(pending) = self.lane.take_pending() {
            for action in pending {
                self.perform(action, &mut entrance);
            }
        }
        self.enter_rooms(&mut entrance);
        // Whatever came in between is in the outbox again; the line opens only on an empty one.
        while let Some(pending) = self.lane.open() {
            for action in pending {
                self.perform(action, &mut entrance);
            }
            self.enter_rooms(&mut entrance);
        }
        if !self.lane.is_closed() {
            self.forget_request();
        }
        self.kick();
    }

    fn perform(self: &Arc<Self>, action: Pending, entrance: &mut Entrance) {
        match action {
            Pending::Emit(packet) => {
                // An error has been dealt with: the client is gone or too slow.
                let _ = self.send(packet);
            }
            Pending::Volatile(packet) => self.send_volatile(packet),
            // It may be for the client as well, which must be where it is by now.
            Pending::Broadcast(broadcast) => {
                let (packet, to) = *broadcast;
                self.enter_rooms(entrance);
                self.broadcast_now(packet, to);
            }
            Pending::Join(rooms) => entrance.rooms.extend(rooms),
            Pending::Leave(rooms) => {
                entrance.rooms.retain(|room| !rooms.contains(room));
                self.local().del(self.engine_sid, rooms);
            }
            Pending::Disconnect => {
                self.enter_rooms(entrance);
                self.disconnect_now();
            }
        }
    }

    fn enter_rooms(&self, entrance: &mut Entrance) {
        let rooms = std::mem::take(&mut entrance.rooms);
        if !rooms.is_empty() {
            self.lane
                .unless_closed(|| self.local().add_all(self.engine_sid, rooms));
        }
    }

    /// Sends in place if it can be done in place, which it can unless there is a cluster.
    fn broadcast_now(self: &Arc<Self>, packet: Packet, to: BroadcastOptions) {
        let client = Arc::clone(self);
        let mut sending = Box::pin(async move {
            if let Err(error) = deliver(&client.namespace, packet, to).await {
                tracing::warn!(target: "hobnob::emit", %error, "a broadcast of on_connect failed");
            }
        });
        if futures_util::FutureExt::now_or_never(&mut sending).is_none() {
            self.socketio.runtime().spawn(sending);
        }
    }
}
