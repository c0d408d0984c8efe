//! Connections in memory: requests and frames to a server of the same process, as a client sends them
//! that keeps to nothing.

use std::convert::Infallible;

use futures_util::FutureExt as _;
use hobnob::{
    SocketIo, SocketIoService,
    axum::{Router, body::Body, response::Response},
};
use http::{Request, header};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio_tungstenite::{WebSocketStream, client_async};
use tower_layer::Layer as _;
use tower_service::Service as _;

/// How much waits between client and server in each direction: as much as in a socket's buffer.
const BUFFER: usize = 64 * 1024;

pub type WebSocket = WebSocketStream<DuplexStream>;

/// Where connections are made.
#[derive(Clone)]
pub struct Memory(SocketIoService<Router>);

impl Memory {
    pub fn new(socketio: &SocketIo) -> Self {
        Self(socketio.layer().layer(Router::new()))
    }

    /// The answer to a request.
    pub async fn request(&self, request: Request<Body>) -> Response {
        let answer: Result<_, Infallible> = self.0.clone().call(request).await;
        answer.unwrap_or_else(|never| match never {})
    }

    /// A WebSocket to `/socket.io/` with this query, unless it is refused.
    pub async fn websocket(&self, query: &str) -> Option<WebSocket> {
        let (client, server) = tokio::io::duplex(BUFFER);
        let app = self.0.clone();
        let service =
            service_fn(move |request: Request<Incoming>| app.clone().call(request.map(Body::new)));
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        // It ends when the connection has become a WebSocket, or is dropped.
        tokio::spawn(serving.with_upgrades().map(drop));
        let request = Request::get(format!("ws://localhost/socket.io/?{query}"))
            .header(header::HOST, "localhost")
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, "AAAAAAAAAAAAAAAAAAAAAA==");
        let (websocket, _) = client_async(request.body(()).ok()?, client).await.ok()?;
        Some(websocket)
    }
}
