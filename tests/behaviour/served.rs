//! What the tests of a client's life share: a server on a free port, clients over both transports,
//! and a log of what a class has seen.

use std::{net::SocketAddr, panic::Location};

use hobnob::{SocketIo, SocketIoBuilder};
use serde_json::Value;
use tests::{Client as Browser, DEADLINE};
use tokio::{net::TcpListener, sync::watch, time::timeout};

pub(crate) const NO_AUTH: Option<Value> = None;

/// Serves what `builder` builds until the test ends.
pub(crate) async fn serve(builder: SocketIoBuilder) -> (SocketIo, SocketAddr) {
    let socketio = builder.build().await.expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let serving = socketio.clone();
    tokio::spawn(async move { serving.serve_on(listener, axum::Router::new()).await });
    (socketio, address)
}

/// A client over WebSocket and one over long polling.
pub(crate) fn both(address: SocketAddr) -> [Browser; 2] {
    [Browser::websocket(address), Browser::polling(address)]
}

/// What a class has seen, in order. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(watch::Sender<Vec<String>>);

impl Log {
    pub(crate) fn note(&self, what: impl Into<String>) {
        self.0.send_modify(|log| log.push(what.into()));
    }

    /// What is in it, and empties it.
    pub(crate) fn take(&self) -> Vec<String> {
        let mut taken = Vec::new();
        self.0.send_modify(|log| std::mem::swap(log, &mut taken));
        taken
    }

    /// Waits until it is `expected`, and empties it.
    #[track_caller]
    pub(crate) fn becomes<'a>(&'a self, expected: &'a [&str]) -> impl Future<Output = ()> + 'a {
        let caller = Location::caller();
        async move {
            let mut log = self.0.subscribe();
            let complete = log.wait_for(|log| log == expected);
            if timeout(DEADLINE, complete).await.is_err() {
                let log = self.take();
                let same = log.iter().zip(expected).take_while(|(a, b)| a == b).count();
                let (log, expected) = (&log[same..], &expected[same..]);
                panic!("{caller}: after {same} lines expected {expected:#?}, there is {log:#?}");
            }
            self.take();
        }
    }
}
