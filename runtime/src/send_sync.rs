//! Every handle and every error can be kept by one thread and used by another, as the documentation of
//! the crate promises. It is the compiler that tests it.

use std::error::Error as StdError;

use crate::middleware::{Answer, Next, Trigger};
use crate::{
    Args, ArgumentError, BuildError, Call, CallError, Client, ClusterError, ConnectionRefused,
    Cookie, Counters, Delivery, DisconnectReason, EmitError, Error, EventError, EventName,
    InvalidSid, NamespaceHandle, Origins, Panic, RemoteClient, Request, Room, RoomError, Sending,
    ServeError, Session, Sid, SocketIo, SocketIoBuilder, SocketIoLayer, SocketIoService, Target,
};

const fn is_send<T: Send + 'static>() {}
const fn is_handle<T: Send + Sync + 'static>() {}
const fn is_error<T: StdError + Send + Sync + 'static>() {}

const _: () = {
    is_handle::<SocketIo>();
    is_handle::<SocketIoLayer>();
    is_handle::<SocketIoService<axum::Router>>();
    is_handle::<NamespaceHandle>();
    is_handle::<Room>();
    is_handle::<RemoteClient>();
    is_handle::<Client>();
    is_handle::<Session<String>>();
    is_handle::<Request>();
    is_handle::<Target>();
    is_handle::<Sid>();
    is_handle::<EventName>();
    is_handle::<Args>();
    is_handle::<DisconnectReason>();
    is_handle::<Delivery>();
    is_handle::<Counters>();
    is_handle::<Cookie>();
    is_handle::<Origins>();
    is_handle::<Trigger>();
    is_handle::<Answer>();

    // What is used up where it is.
    is_send::<SocketIoBuilder>();
    is_send::<Call<String>>();
    is_send::<Sending>();
    is_send::<Next>();

    is_handle::<Error>();
    is_error::<ArgumentError>();
    is_error::<BuildError>();
    is_error::<CallError>();
    is_error::<ClusterError>();
    is_error::<ConnectionRefused>();
    is_error::<EmitError>();
    is_error::<EventError>();
    is_error::<InvalidSid>();
    is_error::<Panic>();
    is_error::<RoomError>();
    is_error::<ServeError>();
};

#[cfg(feature = "test")]
const _: () = {
    use crate::{Received, TestClient, TestClientBuilder, TestError};
    is_handle::<TestClient>();
    is_handle::<TestClientBuilder>();
    is_handle::<Received>();
    is_error::<TestError>();
};
