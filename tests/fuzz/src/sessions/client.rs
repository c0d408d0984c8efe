//! The client that keeps to no rule.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, stream::SplitSink};
use hobnob::axum::{
    body::{Body, to_bytes},
    response::Response,
};
use http::{Method, Request, header};
use serde_json::Value;
use tokio::{
    task::{AbortHandle, JoinSet, yield_now},
    time,
};
use tokio_tungstenite::tungstenite::Message;

use super::{
    super::memory::{Memory, WebSocket},
    script::Step,
};

const POLLING: &str = "EIO=4&transport=polling";
const WEBSOCKET: &str = "EIO=4&transport=websocket";

/// How long it waits for an answer, of the time of the run.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the server may go on before the client does, where it lets it.
const TURNS: usize = 16;

pub(super) struct Client {
    memory: Memory,
    /// The id of the last session over polling.
    sid: String,
    websocket: Option<Open>,
    polls: JoinSet<()>,
}

/// A WebSocket whose frames are read, and forgotten.
struct Open {
    sink: SplitSink<WebSocket, Message>,
    reader: AbortHandle,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Client {
    pub(super) fn new(memory: Memory) -> Self {
        Self {
            memory,
            sid: String::new(),
            websocket: None,
            polls: JoinSet::new(),
        }
    }

    pub(super) async fn take(&mut self, step: &Step<'_>) {
        match step {
            Step::WebSocket => self.websocket = self.open(WEBSOCKET).await.map(read),
            Step::Polling => {
                self.websocket = None;
                self.polls.abort_all();
                self.handshake().await;
            }
            Step::Upgrade(last) => self.upgrade(last).await,
            Step::Text(text) => match std::str::from_utf8(text) {
                Ok(text) if self.websocket.is_some() => self.send(Message::text(text)).await,
                _ => self.post(text).await,
            },
            Step::Binary(bytes) if self.websocket.is_some() => {
                self.send(Message::binary(bytes.to_vec())).await;
            }
            Step::Binary(bytes) => self.post(bytes).await,
            Step::Poll => {
                let answering = self.begin(Method::GET, &self.polling(), Body::empty());
                self.polls.spawn(async move { drop(answering.await) });
            }
            Step::Request(parts) => self.ask_for(parts).await,
            Step::Yield => {
                for _ in 0..TURNS {
                    yield_now().await;
                }
            }
            Step::Sleep(millis) => time::sleep(Duration::from_millis(*millis)).await,
            Step::Close => match &mut self.websocket {
                Some(open) => drop(time::timeout(PATIENCE, open.sink.close()).await),
                None => self.post(b"1").await,
            },
            Step::Drop => self.drop_connection(),
        }
    }

    pub(super) fn drop_connection(&mut self) {
        self.websocket = None;
        self.polls.abort_all();
    }

    fn polling(&self) -> String {
        format!("{POLLING}&sid={}", self.sid)
    }

    async fn open(&self, query: &str) -> Option<WebSocket> {
        let opening = self.memory.websocket(query);
        time::timeout(PATIENCE, opening).await.ok().flatten()
    }

    async fn handshake(&mut self) {
        let body = self.request(Method::GET, POLLING, Body::empty()).await;
        let open: Option<Value> = body
            .strip_prefix(b"0")
            .and_then(|open| serde_json::from_slice(open).ok());
        if let Some(sid) = open.as_ref().and_then(|open| open["sid"].as_str()) {
            sid.clone_into(&mut self.sid);
        }
    }

    async fn upgrade(&mut self, last: &[u8]) {
        let query = format!("{WEBSOCKET}&sid={}", self.sid);
        let Some(mut websocket) = self.open(&query).await else {
            return;
        };
        let probing = async {
            let _ = websocket.send(Message::text("2probe")).await;
            drop(websocket.next().await);
            let last = String::from_utf8_lossy(last).into_owned();
            let _ = websocket.send(Message::text(last)).await;
        };
        if time::timeout(PATIENCE, probing).await.is_ok() {
            self.websocket = Some(read(websocket));
        }
    }

    async fn send(&mut self, message: Message) {
        if let Some(open) = &mut self.websocket {
            // Who is not read from any more finds out when nothing goes out.
            let sending = time::timeout(PATIENCE, open.sink.send(message));
            if !matches!(sending.await, Ok(Ok(()))) {
                self.websocket = None;
            }
        }
    }

    async fn post(&self, body: &[u8]) {
        let body = Body::from(body.to_vec());
        drop(self.request(Method::POST, &self.polling(), body).await);
    }

    async fn ask_for(&self, parts: &[u8]) {
        let mut parts = parts.splitn(3, |byte| *byte == b' ');
        let mut next = || parts.next().unwrap_or_default();
        let Ok(method) = Method::from_bytes(next()) else {
            return;
        };
        let query = String::from_utf8_lossy(next()).replace('$', &self.sid);
        let body = Body::from(next().to_vec());
        drop(self.request(method, &query, body).await);
    }

    async fn request(&self, method: Method, query: &str, body: Body) -> Bytes {
        let answering = self.begin(method, query, body);
        let answer = time::timeout(PATIENCE, answering).await;
        answer.ok().flatten().unwrap_or_default()
    }

    /// The body of the answer.
    fn begin(
        &self,
        method: Method,
        query: &str,
        body: Body,
    ) -> impl Future<Output = Option<Bytes>> + use<> {
        let memory = self.memory.clone();
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost/socket.io/?{query}"))
            .header(header::HOST, "localhost")
            .body(body);
        async move {
            let answer: Response = memory.request(request.ok()?).await;
            to_bytes(answer.into_body(), usize::MAX).await.ok()
        }
    }
}

fn read(websocket: WebSocket) -> Open {
    let (sink, mut stream) = websocket.split();
    let reading = tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
    Open {
        sink,
        reader: reading.abort_handle(),
    }
}
