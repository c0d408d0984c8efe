//! One Engine.IO session: namespaces are joined on it, raw frames go over it.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::client::{Client, Handshake};
use crate::link::{Closed, Link, Order};
use crate::packet::{Frame, Kind, Packet};
use crate::transport::Transport;
use crate::websocket;
use crate::{Refused, Socket};

/// An open Engine.IO session. Clones are the same session; it is dropped like by
/// [`abort`](Self::abort), but without a reset, when the last of them and of its sockets is.
#[derive(Clone, Debug)]
pub struct Connection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: Client,
    handshake: Handshake,
    link: Arc<Link>,
    last_id: AtomicU64,
    transport: JoinHandle<()>,
}

impl Connection {
    pub(crate) fn new(client: Client, transport: Transport, handshake: Handshake) -> Self {
        let (link, orders) = Link::new(client.patience);
        let link = Arc::new(link);
        let transport = tokio::spawn(transport.run(Arc::clone(&link), orders));
        let last_id = AtomicU64::new(0);
        Self {
            inner: Arc::new(Inner {
                client,
                handshake,
                link,
                last_id,
                transport,
            }),
        }
    }

    /// What the server told in the Engine.IO handshake.
    pub fn handshake(&self) -> &Handshake {
        &self.inner.handshake
    }

    /// Joins `namespace`, unless the server refuses it.
    ///
    /// From then on the socket gets every packet of that namespace; those of a namespace never
    /// joined in this way go to [`recv_raw`](Self::recv_raw).
    ///
    /// # Panics
    ///
    /// If the server does not answer in time.
    #[track_caller]
    pub fn connect(
        &self,
        namespace: &str,
        auth: impl Into<Option<Value>>,
    ) -> impl Future<Output = Result<Socket, Refused>> {
        self.join(Location::caller(), namespace, auth.into())
    }

    pub(crate) async fn join(
        &self,
        caller: &'static Location<'static>,
        namespace: &str,
        auth: Option<Value>,
    ) -> Result<Socket, Refused> {
        let link = self.link();
        link.mail()
            .namespaces
            .entry(namespace.to_owned())
            .or_default()
            .clear();
        link.send(
            Packet {
                data: auth,
                ..Packet::new(Kind::Connect, namespace)
            }
            .encode(),
        );
        let what = format!("the server's decision on joining {namespace}");
        let decision = link.wait_at(caller, what, |mail| {
            mail.take(namespace, |p| {
                matches!(p.kind, Kind::Connect | Kind::ConnectError)
            })
        });
        let decision = decision.await;
        if decision.kind == Kind::ConnectError {
            link.mail().namespaces.remove(namespace);
            return Err(decision.into());
        }
        match decision.data.as_ref().and_then(|data| data["sid"].as_str()) {
            Some(sid) => Ok(Socket::new(self.clone(), namespace, sid)),
            None => panic!("{caller}: accepted without a sid: {decision:?}"),
        }
    }

    /// Sends `text` as it is: an Engine.IO packet, well-formed or not, such as `42["said","hi"]`.
    pub fn send_raw(&self, text: impl Into<String>) {
        self.link().send(vec![Frame::Text(text.into())]);
    }

    /// Sends `bytes` as a binary frame.
    pub fn send_raw_binary(&self, bytes: impl Into<Bytes>) {
        self.link().send(vec![Frame::Binary(bytes.into())]);
    }

    /// The next frame that belongs to no namespace [joined](Self::connect) here: in a connection
    /// without sockets, every frame after the handshake. The heartbeat's are left out.
    ///
    /// # Panics
    ///
    /// If none comes in time.
    #[track_caller]
    pub fn recv_raw(&self) -> impl Future<Output = Frame> {
        self.link()
            .wait("a raw frame".to_owned(), |mail| mail.raw.pop_front())
    }

    /// Sends everything that `fill` sends back to back; over long polling in a single body.
    pub fn burst(&self, fill: impl FnOnce()) {
        self.link().burst(fill);
    }

    /// Waits until everything sent so far has left, and over long polling been answered.
    ///
    /// # Panics
    ///
    /// If that takes too long, or the transport ended before.
    #[track_caller]
    pub fn flush(&self) -> impl Future<Output = ()> {
        self.order_and_wait("what was sent to have left", Order::Flush)
    }

    /// Takes the session from long polling to WebSocket: `2probe`, `3probe`, `5`.
    ///
    /// # Panics
    ///
    /// If the server does not go along in time, or the transport is a WebSocket already.
    #[track_caller]
    pub fn upgrade(&self) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            let Inner {
                client, handshake, ..
            } = &*self.inner;
            let dialing = websocket::dial(client, Some(&handshake.sid));
            let websocket = match timeout(client.patience, dialing).await {
                Ok(Ok(websocket)) => Box::new(websocket),
                other => panic!("{caller}: no WebSocket to upgrade to: {other:?}"),
            };
            let upgrade = |done| Order::Upgrade(websocket, done);
            self.order_and_wait_at(caller, "the upgrade", upgrade).await;
        }
    }

    /// How many pings of the heartbeat have come.
    pub fn pings(&self) -> usize {
        self.link().mail().pings
    }

    /// Leaves the server's pings unanswered from now on.
    pub fn stop_ponging(&self) {
        self.link().pong.send_replace(false);
    }

    /// Leaves what the server sends in the TCP connection from now on; over long polling, asks for
    /// nothing more. One frame or poll that is already awaited is still taken.
    pub fn stop_reading(&self) {
        self.link().reading.send_replace(false);
    }

    /// Reads again what the server sends.
    pub fn resume_reading(&self) {
        self.link().reading.send_replace(true);
    }

    /// Ends the transport as a well-behaved client does, with a close frame, over long polling with
    /// the Engine.IO packet `1`, and waits for the end.
    ///
    /// # Panics
    ///
    /// If the server does not let it end in time.
    #[track_caller]
    pub fn close(&self) -> impl Future<Output = Closed> {
        self.link().order(Order::Close);
        self.expect_closed()
    }

    /// Sends the Engine.IO packet `1`.
    pub fn close_engine(&self) {
        self.send_raw("1");
    }

    /// Resets the TCP connection, with whatever was still to be sent, and without a word to the
    /// server. Over long polling the server hears of it only by the missing pongs.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    #[track_caller]
    pub fn abort(&self) -> impl Future<Output = Closed> {
        self.link().aborted.notify_one();
        self.expect_closed()
    }

    /// Waits until the transport has ended, and returns how.
    ///
    /// # Panics
    ///
    /// If it does not end in time.
    #[track_caller]
    pub fn expect_closed(&self) -> impl Future<Output = Closed> {
        self.link().wait("the transport to end".to_owned(), |mail| {
            mail.closed.clone()
        })
    }

    /// How the transport ended, if it has.
    pub fn closed(&self) -> Option<Closed> {
        self.link().mail().closed.clone()
    }

    pub(crate) fn link(&self) -> &Link {
        &self.inner.link
    }

    /// A number for an ack that no other event of this connection has.
    pub(crate) fn next_id(&self) -> u64 {
        self.inner.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    #[track_caller]
    fn order_and_wait(
        &self,
        what: &'static str,
        order: impl FnOnce(oneshot::Sender<()>) -> Order,
    ) -> impl Future<Output = ()> {
        self.order_and_wait_at(Location::caller(), what, order)
    }

    fn order_and_wait_at(
        &self,
        caller: &'static Location<'static>,
        what: &'static str,
        order: impl FnOnce(oneshot::Sender<()>) -> Order,
    ) -> impl Future<Output = ()> {
        let (done, carried_out) = oneshot::channel();
        self.link().order(order(done));
        async move {
            let link = self.link();
            let patience = self.inner.client.patience;
            let Ok(carried_out) = timeout(patience, carried_out).await else {
                panic!("{caller}: waited {patience:?} for {what}\n{link}");
            };
            assert!(
                carried_out.is_ok(),
                "{caller}: {what}: the transport cannot\n{link}"
            );
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.transport.abort();
    }
}
