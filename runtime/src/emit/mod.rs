//! Sending: to one client, to rooms, to everybody; and asking a client for an answer.

pub(crate) mod arguments;
mod call;
pub(crate) mod encode;
mod namespace;
mod room;
pub(crate) mod room_names;
mod slow;
mod target;
mod volatile;

#[cfg(feature = "cluster")]
pub(crate) use self::target::deliver_here;
pub use self::{
    call::Call,
    namespace::NamespaceHandle,
    room::{RemoteClient, Room},
    room_names::{IntoRoom, IntoRooms},
    target::{Delivery, Sending, Target},
    volatile::Volatile,
};
pub(crate) use self::{namespace::NamespaceState, target::deliver};
