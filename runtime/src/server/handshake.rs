//! How a session over long polling begins: which upgrades it is offered, and its cookie. The engine
//! offers the upgrade to a WebSocket whatever its options are, and knows no cookies.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Map, Value};
use socketioxide::TransportType;

use super::{Cookie, Options};

/// What the options change about it. There is none where they change nothing.
pub(super) struct Handshake {
    upgrades: bool,
    cookie: Option<Cookie>,
}

/// A request that a [`Handshake`] has to do with.
pub(super) enum Step {
    /// Begins a session.
    Open(Arc<Handshake>),
    /// Is for an upgrade that there is not.
    Refused,
}

impl Handshake {
    pub(super) fn of(options: &Options) -> Option<Arc<Self>> {
        let upgrades = options.upgrades
            && options.allows(TransportType::Polling)
            && options.allows(TransportType::Websocket);
        let cookie = options.cookie.clone();
        (!upgrades || cookie.is_some()).then(|| Arc::new(Self { upgrades, cookie }))
    }

    pub(super) fn step(self: &Arc<Self>, request: &Request<Body>) -> Option<Step> {
        // As the engine reads it: the first of each name, and nothing is escaped.
        let query = request.uri().query().unwrap_or_default();
        let mut pairs = query.split('&');
        let has_session = pairs.clone().any(|pair| pair.starts_with("sid="));
        let transport = pairs.find_map(|pair| pair.strip_prefix("transport="))?;
        let transport = transport.split('=').next()?.parse().ok()?;
        match (transport, has_session) {
            (TransportType::Polling, false) if request.method() == Method::GET => {
                Some(Step::Open(Arc::clone(self)))
            }
            (TransportType::Websocket, true) if !self.upgrades => Some(Step::Refused),
            _ => None,
        }
    }

    /// Rewrites the answer that begins a session.
    pub(super) async fn complete(&self, answer: Response) -> Response {
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
