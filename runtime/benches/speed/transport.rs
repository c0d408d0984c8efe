//! What is in every figure of this program and is not measured by it: HTTP, WebSocket, memory. The server
//! here answers without knowing any protocol.

use axum::{Router, body::Body, routing::get};
use divan::Bencher;
use futures_util::{SinkExt, StreamExt};
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

use crate::round::{Round, answer, event};

fn upgrade(mut request: Request<Body>) -> Response<Body> {
    let key = request.headers()[header::SEC_WEBSOCKET_KEY].as_bytes();
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key));
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let connection = TokioIo::new(upgrading.await.expect("an upgrade"));
        answer_all(WebSocketStream::from_raw_socket(connection, Role::Server, None).await).await;
    });
    response.body(Body::empty()).expect("a response")
}

/// `42<id>[..]` is answered with `43<id>[1]`, what else comes with itself.
async fn answer_all(mut websocket: WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>) {
    while let Some(Ok(frame)) = websocket.next().await {
        let text = frame.to_text().unwrap_or_default();
        let id = text
            .strip_prefix("42")
            .and_then(|text| text.split('[').next());
        let answer = id.map_or(frame.clone(), |id| Message::text(format!("43{id}[1]")));
        if websocket.send(answer).await.is_err() {
            break;
        }
    }
}

#[divan::bench]
fn websocket_alone(bencher: Bencher<'_, '_>) {
    let app = async || Router::new().route("/socket.io/", get(async |request| upgrade(request)));
    Round::new(app, event("number", "1"), answer("1")).bench(bencher);
}
