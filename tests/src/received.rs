//! What comes from the server: events, acknowledgements, refusals.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::packet::Packet;

/// An event from the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The name of the event.
    pub event: String,
    /// Its arguments, [placeholders](crate::placeholder) where the attachments belong.
    pub args: Vec<Value>,
    /// Its attachments.
    pub attachments: Vec<Bytes>,
    /// What to [answer](crate::Socket::reply) with, if the server asked for an answer.
    pub ack_id: Option<u64>,
    /// The text frame it came in.
    pub raw: String,
}

impl Received {
    /// The only argument.
    ///
    /// # Panics
    ///
    /// If there is not exactly one.
    #[track_caller]
    pub fn only(self) -> Value {
        only(self.args, &self.raw)
    }

    /// The id to [answer](crate::Socket::reply) with.
    ///
    /// # Panics
    ///
    /// If the server did not ask for an answer.
    #[track_caller]
    pub fn id(&self) -> u64 {
        match self.ack_id {
            Some(id) => id,
            None => panic!("the server asked for no answer: {}", self.raw),
        }
    }
}

impl From<Packet> for Received {
    fn from(mut packet: Packet) -> Self {
        let attachments = std::mem::take(&mut packet.attachments);
        let raw = std::mem::take(&mut packet.raw);
        let ack_id = packet.id;
        let mut args = packet.into_array();
        let event = match args.remove(0) {
            Value::String(event) => event,
            other => unreachable!("checked when parsed: {other}"),
        };
        Self {
            event,
            args,
            attachments,
            ack_id,
            raw,
        }
    }
}

/// The server's answer to an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Ack {
    /// Its arguments, [placeholders](crate::placeholder) where the attachments belong.
    pub args: Vec<Value>,
    /// Its attachments.
    pub attachments: Vec<Bytes>,
    /// The text frame it came in.
    pub raw: String,
}

impl Ack {
    /// The only argument.
    ///
    /// # Panics
    ///
    /// If there is not exactly one.
    #[track_caller]
    pub fn only(self) -> Value {
        only(self.args, &self.raw)
    }
}

impl From<Packet> for Ack {
    fn from(mut packet: Packet) -> Self {
        let attachments = std::mem::take(&mut packet.attachments);
        let raw = std::mem::take(&mut packet.raw);
        Self {
            args: packet.into_array(),
            attachments,
            raw,
        }
    }
}

/// The server did not let the client into the namespace.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The reason it gave.
    pub message: String,
    /// All the data it gave, the message within.
    pub data: Value,
    /// The text frame it came in.
    pub raw: String,
}

impl From<Packet> for Refused {
    fn from(packet: Packet) -> Self {
        let data = packet.data.unwrap_or_default();
        let message = match data.get("message").unwrap_or(&data) {
            Value::String(message) => message.clone(),
            other => other.to_string(),
        };
        Self {
            message,
            data,
            raw: packet.raw,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused: {}", self.raw)
    }
}

impl std::error::Error for Refused {}

/// The only one of `args`, which came in `raw`.
#[track_caller]
fn only(args: Vec<Value>, raw: &str) -> Value {
    match <[Value; 1]>::try_from(args) {
        Ok([value]) => value,
        Err(args) => panic!("expected one argument, got {}: {raw}", args.len()),
    }
}
