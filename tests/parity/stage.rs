//! What all tests stand on: a server on a port, a log of what handlers have noted, the moment at which
//! nothing moves any more.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use hobnob::{Received, SocketIoBuilder, TestClient, prelude::*};
use serde_json::Value;
use tokio::net::TcpListener;

/// What handlers have noted, in order. Clones are the same log.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, what: impl Into<String>) {
        self.0.lock().expect("no panic").push(what.into());
    }

    pub(crate) fn note_event(&self, event: &str, args: &Args) {
        self.note(format!("{event} {}", Value::from(args.to_json())));
    }

    /// What is in it, and empties it.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

/// Waits until nobody has anything to do any more: where time is paused, it passes only then.
pub(crate) async fn quiet() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// All that has come to the client once it is [`quiet`].
pub(crate) async fn received(client: &TestClient) -> Vec<Received> {
    quiet().await;
    client.received()
}

/// Serves what `builder` builds on a free port until the test ends.
pub(crate) async fn serve(builder: SocketIoBuilder) -> Result<SocketAddr> {
    serve_app(&builder.build().await?, Router::new()).await
}

/// Serves a server that is built, with routes beside it.
pub(crate) async fn serve_app(socketio: &SocketIo, app: Router) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let socketio = socketio.clone();
    tokio::spawn(async move { socketio.serve_on(listener, app).await });
    Ok(address)
}
