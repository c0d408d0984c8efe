//! The transport over HTTP long polling: a GET that waits for frames on one TCP connection, POSTs
//! that bring frames on another.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use http::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Handshake, OpenError};
use crate::http::HttpConnection;
use crate::link::{Closed, Link, Order};
use crate::packet::Frame;
use crate::payload;
use crate::websocket::WebSocket;

/// A session over long polling.
#[derive(Debug)]
pub(crate) struct Polling {
    gets: HttpConnection,
    posts: HttpConnection,
    requests: Requests,
    max_payload: usize,
}

/// What all requests have in common.
#[derive(Debug)]
struct Requests {
    client: Client,
    sid: Option<String>,
}

impl Polling {
    /// Does the Engine.IO handshake.
    pub(crate) async fn open(client: &Client) -> Result<(Self, Handshake), OpenError> {
        let mut gets = HttpConnection::new(client.addr);
        let mut requests = Requests {
            client: client.clone(),
            sid: None,
        };
        let answer = gets.send(requests.get()).await.map_err(OpenError::Broken)?;
        if answer.status() != StatusCode::OK {
            return Err(OpenError::Refused(Box::new(answer.into())));
        }
        let handshake = Handshake::parse(answer.body())?;
        requests.sid = Some(handshake.sid.clone());
        let posts = HttpConnection::new(client.addr);
        Ok((
            Self {
                gets,
                posts,
                requests,
                max_payload: handshake.max_payload,
            },
            handshake,
        ))
    }

    /// Carries frames both ways until the session ends, or is to go on over a WebSocket.
    pub(crate) async fn pump(
        &mut self,
        link: &Link,
        orders: &mut UnboundedReceiver<Order>,
    ) -> Result<WebSocket, Closed> {
        let leaving = AtomicBool::new(false);
        let Self {
            gets,
            posts,
            requests,
            max_payload,
        } = self;
        let reading = poll(gets, requests, link, &leaving);
        let writing = async {
            let upgraded = write(posts, requests, *max_payload, orders).await;
            leaving.store(true, Ordering::Relaxed);
            upgraded
        };
        let ((), (mut websocket, done)) = tokio::try_join!(reading, writing)?;
        websocket
            .send(Message::text("5"))
            .await
            .map_err(|e| Closed::Dropped(e.to_string()))?;
        let _ = done.send(());
        Ok(*websocket)
    }

    /// Resets the TCP connections.
    pub(crate) async fn reset(&mut self) {
        self.gets.reset().await;
        self.posts.reset().await;
    }
}

impl Requests {
    fn get(&self) -> Request<String> {
        self.request(Method::GET, String::new())
    }

    fn post(&self, body: String) -> Request<String> {
        self.request(Method::POST, body)
    }

    fn request(&self, method: Method, body: String) -> Request<String> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        let target = self.client.target("polling", self.sid.as_deref());
        *request.uri_mut() = target.parse().expect("path and query were escaped");
        request.headers_mut().extend(self.client.headers.clone());
        request
    }
}

/// Polls until told to stop.
async fn poll(
    gets: &mut HttpConnection,
    requests: &Requests,
    link: &Link,
    leaving: &AtomicBool,
) -> Result<(), Closed> {
    let mut allowed = link.reading.subscribe();
    while !leaving.load(Ordering::Relaxed) {
        let _ = allowed.wait_for(|reading| *reading).await;
        let answer = gets.send(requests.get()).await.map_err(Closed::Dropped)?;
        let body = accepted(answer)?;
        let unreadable = |e| Closed::Dropped(format!("unreadable: {e} in {body}"));
        for frame in payload::split(&body).map_err(unreadable)? {
            let goodbye = frame == "1";
            if frame != "6" {
                link.receive(frame);
            }
            if goodbye {
                return Err(Closed::Packet);
            }
        }
    }
    Ok(())
}

/// Carries out orders until one is to leave for a WebSocket, which it then makes ready.
async fn write(
    posts: &mut HttpConnection,
    requests: &Requests,
    max_payload: usize,
    orders: &mut UnboundedReceiver<Order>,
) -> Result<(Box<WebSocket>, oneshot::Sender<()>), Closed> {
    let mut put_back = None;
    loop {
        let order = match put_back.take() {
            Some(order) => order,
            None => orders.recv().await.ok_or(Closed::Here)?,
        };
        match order {
            Order::Send(mut frames) => {
                let mut size = payload::size(&frames);
                while let Ok(next) = orders.try_recv() {
                    match next {
                        Order::Send(more) if size + payload::size(&more) <= max_payload => {
                            size += payload::size(&more);
                            frames.extend(more);
                        }
                        other => {
                            put_back = Some(other);
                            break;
                        }
                    }
                }
                post(posts, requests, &frames).await?;
            }
            Order::Flush(done) => {
                let _ = done.send(());
            }
            Order::Upgrade(mut websocket, done) => {
                probe(&mut websocket).await.map_err(Closed::Dropped)?;
                return Ok((websocket, done));
            }
            Order::Close => {
                post(posts, requests, &[Frame::Text("1".to_owned())]).await?;
                return Err(Closed::Here);
            }
        }
    }
}

/// Sends `frames` in one body.
async fn post(
    posts: &mut HttpConnection,
    requests: &Requests,
    frames: &[Frame],
) -> Result<(), Closed> {
    if frames.is_empty() {
        return Ok(());
    }
    let request = requests.post(payload::join(frames));
    let answer = posts.send(request).await.map_err(Closed::Dropped)?;
    accepted(answer).map(drop)
}

/// The body of `answer`, unless its status is against the request.
fn accepted(answer: Response<String>) -> Result<String, Closed> {
    match answer.status() {
        StatusCode::OK => Ok(answer.into_body()),
        status => Err(Closed::Status(status.as_u16(), answer.into_body())),
    }
}

/// Asks whether the session can go on over `websocket`.
async fn probe(websocket: &mut WebSocket) -> Result<(), String> {
    websocket
        .send(Message::text("2probe"))
        .await
        .map_err(|e| e.to_string())?;
    match websocket.next().await {
        Some(Ok(Message::Text(text))) if text == "3probe" => Ok(()),
        other => Err(format!("instead of 3probe: {other:?}")),
    }
}
