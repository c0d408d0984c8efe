#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

#[doc(hidden)]
pub mod __private;
mod adapter;
mod argument;
mod client;
mod emit;
mod error;
mod event;
mod lane;
mod mount;
mod namespace;
pub mod prelude;
mod reason;
mod reply;
mod server;
mod session;
mod sid;
mod work;

pub use axum;
pub use bytes::Bytes;
#[doc(inline)]
pub use hobnob_macros::{Event, namespace};

pub use crate::{
    adapter::{Adapter, ClusterError},
    argument::{Args, Argument, ConnectArgument, EventName},
    client::{Client, Request},
    emit::{
        Call, Delivery, IntoRoom, IntoRooms, NamespaceHandle, RemoteClient, Room, Sending, Target,
    },
    error::{
        ArgumentError, BuildError, CallError, ConnectionRefused, EmitError, Error, EventError,
        Panic, Result, RoomError, ServeError,
    },
    event::Event,
    namespace::Namespace,
    reason::DisconnectReason,
    reply::Reply,
    server::{
        Counters, Origins, SlowClientPolicy, SocketIo, SocketIoBuilder, SocketIoLayer,
        SocketIoService, Unhandled,
    },
    session::Session,
    sid::{InvalidSid, Sid},
};
