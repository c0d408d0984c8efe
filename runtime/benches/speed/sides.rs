//! The two that are compared, and a server of each with its defaults.

use axum::Router;
use hobnob::{Namespace, SocketIo, socketioxide};
use socketioxide::{adapter::LocalAdapter, extract::SocketRef};

/// Whose way it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    /// A class.
    Hobnob,
    /// Closures on socketioxide.
    Engine,
}

pub(crate) const BOTH: [Side; 2] = [Side::Engine, Side::Hobnob];

/// A server with one class.
pub(crate) async fn hobnob(class: impl Namespace) -> (Router, SocketIo) {
    let built = SocketIo::builder().namespace(class).build().await;
    let socketio = built.expect("a server");
    (Router::new().layer(socketio.layer()), socketio)
}

/// A server on which `on_connect` gives each client its closures.
pub(crate) fn engine(
    on_connect: fn(&SocketRef<LocalAdapter>),
) -> (Router, socketioxide::SocketIo<LocalAdapter>) {
    let (layer, io) = socketioxide::SocketIo::new_layer();
    io.ns("/", async move |socket: SocketRef| on_connect(&socket));
    (Router::new().layer(layer), io)
}
