//! What a connection and its transport share: the mail that came in, sorted by namespace, and the
//! orders that are to go out.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::{self, Write as _};
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use crate::packet::{Frame, Packet};
use crate::websocket::WebSocket;

/// How a transport ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// The server sent the Engine.IO packet `1`, and then the transport ended.
    Packet,
    /// The server closed the WebSocket with a close frame of this code, if it had one.
    Frame(Option<u16>),
    /// The server answered a request of long polling with this status and body.
    Status(u16, String),
    /// The TCP connection ended without a goodbye.
    Dropped(String),
    /// This side ended it.
    Here,
}

/// What the transport is told to do, in this order.
#[derive(Debug)]
pub(crate) enum Order {
    /// Sends these frames back to back, over long polling in one body.
    Send(Vec<Frame>),
    /// Reports that everything before has been sent, over long polling that it has been answered.
    Flush(oneshot::Sender<()>),
    /// Leaves long polling for this WebSocket and reports when that is done.
    Upgrade(Box<WebSocket>, oneshot::Sender<()>),
    /// Ends the transport as a well-behaved client does.
    Close,
}

/// What has come in and not been taken.
#[derive(Default)]
pub(crate) struct Mail {
    /// The packets of the namespaces this connection has asked to join.
    pub(crate) namespaces: BTreeMap<String, VecDeque<Packet>>,
    /// Every other frame, but for the heartbeat's.
    pub(crate) raw: VecDeque<Frame>,
    /// How many pings have come.
    pub(crate) pings: usize,
    /// How the transport ended, once it has.
    pub(crate) closed: Option<Closed>,
    /// The packet whose attachments are still coming.
    partial: Option<Packet>,
    /// Whether the server has sent the Engine.IO packet `1`.
    said_goodbye: bool,
}

/// The middle between a connection and its transport.
#[derive(Debug)]
pub(crate) struct Link {
    mail: Mutex<Mail>,
    changed: watch::Sender<()>,
    orders: mpsc::UnboundedSender<Order>,
    /// The frames of a burst that is being put together.
    held: Mutex<Option<Vec<Frame>>>,
    /// Whether pings are answered.
    pub(crate) pong: watch::Sender<bool>,
    /// Whether the transport reads what the server sends.
    pub(crate) reading: watch::Sender<bool>,
    /// Tells the transport to drop everything.
    pub(crate) aborted: Notify,
    patience: Duration,
}

impl Link {
    /// A link and the orders for the transport at its other end.
    pub(crate) fn new(patience: Duration) -> (Self, mpsc::UnboundedReceiver<Order>) {
        let (orders, receiver) = mpsc::unbounded_channel();
        let link = Self {
            mail: Mutex::default(),
            changed: watch::Sender::default(),
            orders,
            held: Mutex::default(),
            pong: watch::Sender::new(true),
            reading: watch::Sender::new(true),
            aborted: Notify::new(),
            patience,
        };
        (link, receiver)
    }

    /// The mail, to look at or to change.
    pub(crate) fn mail(&self) -> MutexGuard<'_, Mail> {
        lock(&self.mail)
    }

    /// Gives an order. A transport that has ended ignores it.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// Sends `frames`, or holds them if a burst is being put together.
    pub(crate) fn send(&self, frames: Vec<Frame>) {
        match &mut *lock(&self.held) {
            Some(held) => held.extend(frames),
            None => self.order(Order::Send(frames)),
        }
    }

    /// Sends everything that `fill` sends back to back.
    pub(crate) fn burst(&self, fill: impl FnOnce()) {
        *lock(&self.held) = Some(Vec::new());
        fill();
        if let Some(frames) = lock(&self.held).take() {
            self.order(Order::Send(frames));
        }
    }

    /// Takes in a frame from the server.
    pub(crate) fn receive(&self, frame: Frame) {
        let mut mail = self.mail();
        if frame == "2" {
            mail.pings += 1;
            if *self.pong.borrow() {
                self.order(Order::Send(vec![Frame::Text("3".to_owned())]));
            }
        } else {
            mail.sort(frame);
        }
        drop(mail);
        self.changed.send_replace(());
    }

    /// Notes that the transport has ended, and how.
    pub(crate) fn close(&self, how: Closed) {
        let mut mail = self.mail();
        let how = if mail.said_goodbye {
            Closed::Packet
        } else {
            how
        };
        mail.closed.get_or_insert(how);
        drop(mail);
        self.changed.send_replace(());
    }

    /// Waits until `take` finds `what` in the mail.
    #[track_caller]
    pub(crate) fn wait<T>(
        &self,
        what: String,
        take: impl FnMut(&mut Mail) -> Option<T>,
    ) -> impl Future<Output = T> {
        self.wait_at(Location::caller(), what, take)
    }

    /// Waits until `take` finds `what` in the mail, for the line `caller` of a test.
    pub(crate) async fn wait_at<T>(
        &self,
        caller: &Location<'_>,
        what: String,
        mut take: impl FnMut(&mut Mail) -> Option<T>,
    ) -> T {
        let end = Instant::now() + self.patience;
        let mut changes = self.changed.subscribe();
        loop {
            let closed = {
                let mut mail = self.mail();
                if let Some(taken) = take(&mut mail) {
                    return taken;
                }
                mail.closed.is_some()
            };
            assert!(
                !closed,
                "{caller}: waited for {what}, but the transport ended\n{self}"
            );
            let change = timeout_at(end, changes.changed()).await;
            assert!(
                change.is_ok(),
                "{caller}: waited {:?} for {what}\n{self}",
                self.patience
            );
        }
    }
}

/// The untaken mail, as the end of a panic's message.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.mail())
    }
}

impl Mail {
    /// Takes the first packet of `namespace` that is `wanted`.
    pub(crate) fn take(
        &mut self,
        namespace: &str,
        wanted: impl Fn(&Packet) -> bool,
    ) -> Option<Packet> {
        let packets = self.namespaces.get_mut(namespace)?;
        let place = packets.iter().position(wanted)?;
        packets.remove(place)
    }

    /// Puts `frame` where it will be looked for.
    fn sort(&mut self, frame: Frame) {
        match (self.partial.take(), frame) {
            (Some(mut packet), Frame::Binary(bytes)) => {
                packet.attachments.push(bytes);
                self.deliver(packet);
            }
            (partial, frame) => {
                self.partial = partial;
                self.said_goodbye |= frame == "1";
                let packet = match &frame {
                    Frame::Text(text) => Packet::parse(text).ok(),
                    Frame::Binary(_) => None,
                };
                match packet {
                    Some(packet) if self.namespaces.contains_key(&packet.namespace) => {
                        self.deliver(packet);
                    }
                    _ => self.raw.push_back(frame),
                }
            }
        }
    }

    /// Puts `packet` into the box of its namespace, as soon as it is complete.
    fn deliver(&mut self, packet: Packet) {
        if packet.is_partial() {
            self.partial = Some(packet);
        } else {
            self.namespaces
                .entry(packet.namespace.clone())
                .or_default()
                .push_back(packet);
        }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// How many packets a message shows.
        const SHOWN: usize = 12;
        let mut lines = String::from("  what has come and not been taken:\n");
        let boxes = self.namespaces.iter().map(|(namespace, packets)| {
            let packets = packets.iter().map(|packet| format!("{packet:?}"));
            (namespace.as_str(), packets.collect::<Vec<_>>())
        });
        let raw = self.raw.iter().map(|frame| format!("{frame:?}")).collect();
        for (name, items) in boxes.chain([("raw", raw)]) {
            writeln!(lines, "    {name}: {} packets", items.len())?;
            for item in items.iter().take(SHOWN) {
                writeln!(lines, "      {item}")?;
            }
        }
        if let Some(partial) = &self.partial {
            writeln!(lines, "    incomplete: {partial:?}")?;
        }
        write!(
            lines,
            "    pings: {}, closed: {:?}",
            self.pings, self.closed
        )?;
        f.write_str(&lines)
    }
}

/// The content of a mutex, also after a panic in a test.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
