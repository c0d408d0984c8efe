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
    Broadcast(Packet, BroadcastOptions),
    Join(Vec<Room>),
    Leave(Vec<Room>),
    Disconnect,
}

impl ClientState {
    /// Called when the acceptance is on its way to the client: does what has been waiting, in
    /// order, and opens the line for events.
    pub(crate) fn open(self: &Arc<Self>) {
        let mut visible = false;
        while let Some(pending) = self.lane.take_pending() {
            for action in pending {
                self.perform(action, &mut visible);
            }
        }
        if !visible {
            self.show();
        }
        // Whatever came in between is in the outbox again; the lane opens only on an empty one.
        while let Some(pending) = self.lane.open() {
            for action in pending {
                self.perform(action, &mut visible);
            }
        }
        self.kick();
    }

    fn perform(self: &Arc<Self>, action: Pending, visible: &mut bool) {
        let local = self.local();
        match action {
            // Nobody else can reach the client yet, so these are the first things it gets.
            Pending::Emit(packet) => {
                let to = BroadcastOptions::new(self.engine_sid);
                if local.broadcast(packet, to).is_err() {
                    self.close_if_slow();
                }
            }
            Pending::Broadcast(packet, to) => {
                if !std::mem::replace(visible, true) {
                    self.show();
                }
                self.broadcast_now(packet, to);
            }
            Pending::Join(rooms) => local.add_all(self.engine_sid, rooms),
            Pending::Leave(rooms) => local.del(self.engine_sid, rooms),
            Pending::Disconnect => {
                if let Some(socket) = self.socket() {
                    // An error says that it is gone already.
                    let _ = socket.disconnect();
                }
            }
        }
    }

    /// From here on others reach this client.
    fn show(&self) {
        let own = self.sid.to_string().into();
        self.local().add_all(self.engine_sid, vec![EVERYONE, own]);
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
            tokio::spawn(sending);
        }
    }
}
