//! The errors of hobnob: one type for what a handler returns, and one for each operation.

mod application;
mod event;
mod operation;
mod refused;
mod response;

pub(crate) use self::event::Position;
pub(crate) use self::operation::UnknownNamespace;
pub use self::{
    application::{Error, Result},
    event::{ArgumentError, EventError, Panic},
    operation::{BuildError, CallError, EmitError, RoomError, ServeError},
    refused::ConnectionRefused,
};
