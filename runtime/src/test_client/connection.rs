//! One connection in memory: the same HTTP request and WebSocket as over a real socket, without one.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use axum::{Router, body::Body};
use futures_util::{FutureExt, SinkExt, StreamExt};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::{io::DuplexStream, sync::mpsc};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};
use tower_layer::Layer;
use tower_service::Service;

use super::{TestError, inbox::Inbox, packet::Packet};
use crate::server::SocketIo;

/// How much waits between client and server in each direction: as much as in a socket's buffer.
const BUFFER: usize = 64 * 1024;

const CLOSED_HERE: &str = "the test closed the connection";

type WebSocket = WebSocketStream<DuplexStream>;

/// An open connection. It ends, and its task with it, when this is dropped.
pub(super) struct Connection {
    orders: mpsc::UnboundedSender<Order>,
    shared: Arc<Shared>,
    last_id: AtomicI64,
}

/// What the connection's task is told to do.
enum Order {
    Send(Vec<Message>),
    /// Ends the connection with the WebSocket's own goodbye.
    Close,
    /// Ends it without.
    Abort,
}

/// What the task needs of the connection.
struct Shared {
    /// The last membership in each namespace.
    inboxes: Mutex<HashMap<String, Arc<Inbox>>>,
    /// Whether pings are answered.
    ponging: AtomicBool,
}

impl Connection {
    pub(super) async fn open(socketio: &SocketIo, request: Request<()>) -> Result<Self, TestError> {
        let (client, server) = tokio::io::duplex(BUFFER);
        let extensions = request.extensions().clone();
        // Through the layer and through HTTP, so that everything is looked at as it is in earnest.
        let app = socketio.layer().layer(Router::new());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().extend(extensions.clone());
            app.clone().call(request.map(Body::new))
        });
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        // It ends when the connection has become a WebSocket, or is dropped.
        tokio::spawn(serving.with_upgrades());

        let websocket = match client_async(request, client).await {
            Ok((websocket, _)) => websocket,
            Err(Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                return Err(TestError::Handshake {
                    status: answer.status(),
                    body: String::from_utf8_lossy(body).into_owned(),
                });
            }
            Err(error) => return Err(TestError::Invalid(error.to_string())),
        };
        let (orders, receiver) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            inboxes: Mutex::default(),
            ponging: AtomicBool::new(true),
        });
        tokio::spawn(carry(websocket, receiver, Arc::clone(&shared)));
        Ok(Self {
            orders,
            shared,
            last_id: AtomicI64::new(0),
        })
    }

    /// Makes an inbox for what comes in this namespace from now on, unless there is one in use.
    pub(super) fn enter(&self, namespace: &str) -> Option<Arc<Inbox>> {
        let mut inboxes = self.shared.inboxes.lock();
        if inboxes
            .get(namespace)
            .is_some_and(|inbox| inbox.is_connected())
        {
            return None;
        }
        let inbox = Arc::new(Inbox::new(namespace));
        if self.orders.is_closed() {
            inbox.leave("the connection is closed");
        }
        inboxes.insert(namespace.to_owned(), Arc::clone(&inbox));
        Some(inbox)
    }

    pub(super) fn send(&self, frames: Vec<Message>) {
        // One that has ended has told the inboxes.
        let _ = self.orders.send(Order::Send(frames));
    }

    /// A number that no acknowledgement on this connection has.
    pub(super) fn next_id(&self) -> i64 {
        self.last_id.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn close(&self) {
        self.end(Order::Close);
    }

    pub(super) fn abort(&self) {
        self.end(Order::Abort);
    }

    fn end(&self, order: Order) {
        self.shared.end(CLOSED_HERE);
        let _ = self.orders.send(order);
    }

    pub(super) fn stop_ponging(&self) {
        self.shared.ponging.store(false, Ordering::Relaxed);
    }
}

impl Shared {
    fn receive(&self, packet: Packet) {
        let inbox = self.inboxes.lock().get(&packet.namespace).cloned();
        if let Some(inbox) = inbox {
            inbox.receive(packet);
        }
    }

    fn end(&self, end: &'static str) {
        let inboxes: Vec<_> = self.inboxes.lock().values().cloned().collect();
        for inbox in inboxes {
            inbox.leave(end);
        }
    }
}

/// Carries frames both ways until the connection ends.
async fn carry(
    mut websocket: WebSocket,
    mut orders: mpsc::UnboundedReceiver<Order>,
    shared: Arc<Shared>,
) {
    let mut partial = None;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                // What cannot be written any more is answered by the end of what can be read.
                Some(Order::Send(frames)) => drop(send(&mut websocket, frames).await),
                Some(Order::Close) => drop(websocket.close(None).await),
                Some(Order::Abort) => break,
                None => {
                    // Nobody is left who could wait for it: what fits goes out now.
                    let _ = websocket.close(None).now_or_never();
                    break;
                }
            },
            message = websocket.next() => match message {
                Some(Ok(Message::Text(text))) => match text.as_str().split_at_checked(1) {
                    Some(("2", _)) if shared.ponging.load(Ordering::Relaxed) => {
                        drop(send(&mut websocket, vec![Message::text("3")]).await);
                    }
                    Some(("4", packet)) => match Packet::parse(packet) {
                        Ok(packet) if packet.is_complete() => shared.receive(packet),
                        Ok(packet) => partial = Some(packet),
                        Err(wrong) => {
                            tracing::error!(target: "hobnob::event", "a test client got {wrong}");
                            shared.end("the server sent what is no packet");
                            break;
                        }
                    },
                    _ => {}
                },
                Some(Ok(Message::Binary(bytes))) => {
                    if let Some(mut packet) = partial.take() {
                        packet.attachments.push_back(bytes);
                        if packet.is_complete() {
                            shared.receive(packet);
                        } else {
                            partial = Some(packet);
                        }
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    // Before the inboxes are told: who enters after that sees that it is closed.
    drop(orders);
    shared.end("the server closed the connection");
}

async fn send(websocket: &mut WebSocket, frames: Vec<Message>) -> Result<(), Error> {
    for frame in frames {
        websocket.feed(frame).await?;
    }
    websocket.flush().await
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("open", &!self.orders.is_closed())
            .finish_non_exhaustive()
    }
}
