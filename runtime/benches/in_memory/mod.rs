//! Clients in memory, for both sides of a comparison: the HTTP request, the upgrade and the WebSocket are
//! as over a real socket. Everything runs on one thread, so that the clock of the thread tells all.

use axum::{Router, body::Body};
use futures_util::{SinkExt, StreamExt};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};
use tower_service::Service;

/// How much waits between client and server in each direction.
const BUFFER: usize = 64 * 1024;

/// How much a client reads at once. It clears as much each time, which is to be little beside the rest.
const READ: usize = 512;

const URL: &str = "ws://localhost/socket.io/?EIO=4&transport=websocket";

/// A runtime that is the thread it is used on.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// A client in the namespace `/`. It sends frames that are ready and hands out those that come.
pub(crate) struct Client {
    websocket: WebSocketStream<DuplexStream>,
}

impl Client {
    pub(crate) async fn connect(app: &Router) -> Self {
        let (client, server) = tokio::io::duplex(BUFFER);
        let app = app.clone();
        let service =
            service_fn(move |request: Request<Incoming>| app.clone().call(request.map(Body::new)));
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        tokio::spawn(serving.with_upgrades());

        let config = WebSocketConfig::default().read_buffer_size(READ);
        let connecting = client_async_with_config(URL, client, Some(config)).await;
        let (websocket, _) = connecting.expect("a WebSocket");
        let mut client = Self { websocket };
        client.send(&[Message::text("40")]).await;
        while !client.receive().await.to_string().starts_with("40") {}
        client
    }

    /// Sends all frames in one go.
    pub(crate) async fn send(&mut self, frames: &[Message]) {
        for frame in frames {
            let fed = self.websocket.feed(frame.clone()).await;
            fed.expect("an open connection");
        }
        let flushed = self.websocket.flush().await;
        flushed.expect("an open connection");
    }

    /// The next frame that is no heartbeat.
    pub(crate) async fn receive(&mut self) -> Message {
        loop {
            let frame = self.websocket.next().await;
            let frame = frame.expect("a frame").expect("an open connection");
            if frame != Message::text("2") {
                return frame;
            }
            self.send(&[Message::text("3")]).await;
        }
    }
}
