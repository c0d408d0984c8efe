//! Events that may be lost: they wait for nobody, and nobody waits for them.

use std::fmt;

use serde::Serialize;

use super::arguments::{Arguments, EventArguments};
use crate::{client::Client, error::EmitError, event::Event};

/// Sends to a client what may be lost: positions, who is typing, all that the next event makes old.
/// Made by [`Client::volatile`]; for rooms and broadcasts there is
/// [`Target::volatile`](crate::Target::volatile).
///
/// A volatile event takes no place among the packets that wait for a client, so however many there
/// are, they make no client slow. It goes out when nothing else waits. Meanwhile the next one takes its
/// place, **whatever its name**: of many in a row a client gets the last, and some of those before it. What
/// belongs together is sent as one event. A volatile event may be overtaken by others that were emitted
/// after it.
///
/// What a client did not get is not counted, as the engine does not tell. [`Client::call`] is never
/// volatile.
///
/// JavaScript: `socket.volatile`. Flask-SocketIO has no counterpart.
///
/// ```
/// # use hobnob::prelude::*;
/// # async fn handler(client: Client) -> Result {
/// client.volatile().emit("position", (3, 4))?;
/// client.to("game").volatile().emit("position", (3, 4)).await?;
/// client.namespace().volatile().emit("tick", ()).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `.emit(..)` or `.send(..)`"]
pub struct Volatile<'a> {
    client: &'a Client,
}

impl<'a> Volatile<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Sends `event` with `data`, as [`Client::emit`] does. `Ok` means that the client is connected, not
    /// that it will get the event.
    ///
    /// # Errors
    ///
    /// If the client has left, the data cannot be serialized, or the name is reserved.
    pub fn emit<T: Serialize>(self, event: &str, data: T) -> Result<(), EmitError> {
        self.client.state().emit_volatile(event, &Arguments(&data))
    }

    /// Sends an event that knows its own name: see [`Event`]. Otherwise as [`emit`](Self::emit).
    pub fn send<E: Event>(self, event: E) -> Result<(), EmitError> {
        let arguments = EventArguments(&event);
        self.client.state().emit_volatile(event.name(), &arguments)
    }
}

impl fmt::Debug for Volatile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Volatile").field(&self.client).finish()
    }
}
