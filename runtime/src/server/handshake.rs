//! How a session over long polling begins: how much it may send at once, which upgrades it is offered, and
//! its cookie. The engine has no say in the first, offers the upgrade to a WebSocket whatever its options
//! are, and knows no cookies.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    response::{IntoResponse, Response},
};
use futures_util::future::{BoxFuture, ready};
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Map, Value};
use socketioxide::TransportType;
use tower_service::Service;

use super::{
    Cookie, Options,
    layer::{Engine, refused},
};

/// The engine, with what the options change about how a session begins.
#[derive(Clone)]
pub(super) struct Handshaking {
    engine: Engine,
    changes: Arc<Changes>,
}

struct Changes {
    max_payload: u64,
    upgrades: bool,
    cookie: Option<Cookie>,
}

/// What a request is to the changes.
enum Step {
    /// It begins a session.
    Open,
    /// It is for an upgrade that there is not.
    Refused,
    /// They have nothing to do with it.
    Other,
}

impl Handshaking {
    pub(super) fn new(engine: Engine, max_payload: u64, options: &Options) -> Self {
        let upgrades = options.upgrades
            && options.allows(TransportType::Polling)
            && options.allows(TransportType::Websocket);
        let changes = Arc::new(Changes {
            max_payload,
            upgrades,
            cookie: options.cookie.clone(),
        });
        Self { engine, changes }
    }
}

impl Service<Request<Body>> for Handshaking {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self.changes.step(&request) {
            Step::Open => {
                let changes = Arc::clone(&self.changes);
                let answering = self.engine.call(request);
                Box::pin(async move { Ok(changes.complete(answering.await?).await) })
            }
            Step::Refused => {
                tracing::debug!(
                    target: "hobnob::server",
                    "an upgrade is refused: the options `upgrades` and `transports` allow none",
                );
                let refused = refused(StatusCode::BAD_REQUEST, 3, "Bad request");
                Box::pin(ready(Ok(refused)))
            }
            Step::Other => self.engine.call(request),
        }
    }
}

impl Changes {
    fn step(&self, request: &Request<Body>) -> Step {
        // As the engine reads it: the first of each name, and nothing is escaped.
        let query = request.uri().query().unwrap_or_default();
        let mut pairs = query.split('&');
        let has_session = pairs.clone().any(|pair| pair.starts_with("sid="));
        let transport = pairs.find_map(|pair| pair.strip_prefix("transport="));
        let transport = transport.and_then(|value| value.split('=').next()?.parse().ok());
        match transport {
            Some(TransportType::Polling) if !has_session && request.method() == Method::GET => {
                Step::Open
            }
            Some(TransportType::Websocket) if has_session && !self.upgrades => Step::Refused,
            _ => Step::Other,
        }
    }

    /// Rewrites the answer that begins a session.
    async fn complete(&self, answer: Response) -> Response {
        if answer.status() != StatusCode::OK {
            return answer;
        }
        let (mut head, body) = answer.into_parts();
        // The engine's own, which is short and complete.
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let Some(mut open) = parse(&body) else {
            return Response::from_parts(head, body.into());
        };

        let sid = open.get("sid").and_then(Value::as_str);
        let cookie = self.cookie.as_ref().zip(sid);
        if let Some(cookie) = cookie.and_then(|(cookie, sid)| cookie.header(sid)) {
            head.headers.append(header::SET_COOKIE, cookie);
        }
        open.insert("maxPayload".to_owned(), self.max_payload.into());
        if !self.upgrades {
            open.insert("upgrades".to_owned(), Value::Array(Vec::new()));
        }
        let packet = format!("0{}", Value::Object(open));
        let length = HeaderValue::from(packet.len());
        head.headers.insert(header::CONTENT_LENGTH, length);
        Response::from_parts(head, packet.into())
    }
}

/// The open packet of Engine.IO: a zero, then an object.
fn parse(packet: &Bytes) -> Option<Map<String, Value>> {
    serde_json::from_slice(packet.strip_prefix(b"0")?).ok()
}
