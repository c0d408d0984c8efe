//! A client in one namespace: what it emits, what it gets, what it answers.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::packet::{Kind, Packet, arguments};
use crate::{Ack, Closed, Connection};

/// A connection's membership in one namespace. Clones share what comes in.
///
/// Arguments are whatever serializes to a JSON array: `("tea", 2)`, `["tea"]`, `json!([..])`;
/// `()` is none. What is sent is on its way when the method returns, awaited or not, and after the
/// transport has ended goes nowhere.
#[derive(Clone, Debug)]
pub struct Socket {
    connection: Connection,
    namespace: String,
    sid: String,
}

impl Socket {
    pub(crate) fn new(connection: Connection, namespace: &str, sid: &str) -> Self {
        Self {
            connection,
            namespace: namespace.to_owned(),
            sid: sid.to_owned(),
        }
    }

    /// The id the server gave to the client in this namespace.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// The path of the namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The connection below, for other namespaces and raw frames.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Emits `event`, without asking for an ack.
    #[track_caller]
    pub fn emit(&self, event: &str, args: impl Serialize) {
        self.send(Kind::Event, None, Some(event), args, Vec::new());
    }

    /// Emits `event` with attachments, whose places in `args` are [placeholders](crate::placeholder).
    #[track_caller]
    pub fn emit_binary(&self, event: &str, args: impl Serialize, attachments: Vec<Bytes>) {
        self.send(Kind::Event, None, Some(event), args, attachments);
    }

    /// Emits `event`, asks for an ack, and returns the id [it will have](Self::expect_ack).
    #[track_caller]
    pub fn emit_with_id(&self, event: &str, args: impl Serialize) -> u64 {
        self.emit_binary_with_id(event, args, Vec::new())
    }

    /// Emits `event` with attachments, asks for an ack, and returns the id it will have.
    #[track_caller]
    pub fn emit_binary_with_id(
        &self,
        event: &str,
        args: impl Serialize,
        attachments: Vec<Bytes>,
    ) -> u64 {
        let id = self.connection.next_id();
        self.send(Kind::Event, Some(id), Some(event), args, attachments);
        id
    }

    /// Emits `event` and waits for its ack.
    ///
    /// # Panics
    ///
    /// If none comes in time.
    #[track_caller]
    pub fn call<A: Serialize>(
        &self,
        event: &str,
        args: A,
    ) -> impl Future<Output = Ack> + use<'_, A> {
        self.call_binary(event, args, Vec::new())
    }

    /// Emits `event` with attachments and waits for its ack.
    ///
    /// # Panics
    ///
    /// If none comes in time.
    #[track_caller]
    pub fn call_binary<A: Serialize>(
        &self,
        event: &str,
        args: A,
        attachments: Vec<Bytes>,
    ) -> impl Future<Output = Ack> + use<'_, A> {
        let id = self.emit_binary_with_id(event, args, attachments);
        self.wait_for_ack(id, &format!("the ack of {event:?}"))
    }

    /// Sends everything that `fill` sends back to back; over long polling in a single body.
    pub fn burst(&self, fill: impl FnOnce()) {
        self.connection.burst(fill);
    }

    /// Answers an event of the server that [asked for it](crate::Received::ack_id).
    #[track_caller]
    pub fn reply(&self, id: u64, args: impl Serialize) {
        self.send(Kind::Ack, Some(id), None, args, Vec::new());
    }

    /// Answers with attachments, whose places in `args` are [placeholders](crate::placeholder).
    #[track_caller]
    pub fn reply_binary(&self, id: u64, args: impl Serialize, attachments: Vec<Bytes>) {
        self.send(Kind::Ack, Some(id), None, args, attachments);
    }

    /// Leaves the namespace. The connection stays open.
    pub fn disconnect(&self) {
        self.connection
            .link()
            .send(self.packet(Kind::Disconnect).encode());
    }

    /// Ends the [connection](Connection::close) as a well-behaved client does.
    ///
    /// # Panics
    ///
    /// If the server does not let it end in time.
    #[track_caller]
    pub fn close(&self) -> impl Future<Output = Closed> {
        self.connection.close()
    }

    /// Drops the [connection](Connection::abort) without a word to the server.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    #[track_caller]
    pub fn abort(&self) -> impl Future<Output = Closed> {
        self.connection.abort()
    }

    #[track_caller]
    fn send(
        &self,
        kind: Kind,
        id: Option<u64>,
        event: Option<&str>,
        args: impl Serialize,
        attachments: Vec<Bytes>,
    ) {
        let data = event
            .map(Value::from)
            .into_iter()
            .chain(arguments(args))
            .collect();
        let packet = Packet {
            id,
            data: Some(data),
            attachments,
            ..self.packet(kind)
        };
        self.connection.link().send(packet.encode());
    }

    fn packet(&self, kind: Kind) -> Packet {
        Packet::new(kind, &self.namespace)
    }
}
