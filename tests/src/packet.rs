//! The bytes on the wire: Engine.IO frames and the Socket.IO packets in them.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

/// One Engine.IO packet as the transport carries it: the digit of its type and its content, or a
/// binary attachment.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text packet, with the digit of its type in front: `42["said","hi"]` is a message (`4`).
    Text(String),
    /// A binary packet, without any prefix.
    Binary(Bytes),
}

impl Frame {
    /// The text of this frame.
    ///
    /// # Panics
    ///
    /// If it is a binary frame.
    #[track_caller]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Binary(_) => panic!("expected a text frame, got {self:?}"),
        }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&shortened(text)),
            Self::Binary(bytes) => write!(f, "<{} bytes>", bytes.len()),
        }
    }
}

impl PartialEq<str> for Frame {
    fn eq(&self, other: &str) -> bool {
        matches!(self, Self::Text(text) if text == other)
    }
}

impl PartialEq<&str> for Frame {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// The place of attachment `number` in a tree of arguments: `{"_placeholder":true,"num":number}`.
pub fn placeholder(number: usize) -> Value {
    json!({ "_placeholder": true, "num": number })
}

/// What a Socket.IO packet is for. A binary packet is of the kind its text packet would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
}

/// A Socket.IO packet.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) kind: Kind,
    pub(crate) namespace: String,
    pub(crate) id: Option<u64>,
    pub(crate) data: Option<Value>,
    pub(crate) attachments: Vec<Bytes>,
    /// How many attachments follow or have followed; `None` in a packet that is not binary.
    pub(crate) announced: Option<usize>,
    /// The text it came as.
    pub(crate) raw: String,
}

impl Packet {
    /// A packet to send.
    pub(crate) fn new(kind: Kind, namespace: &str) -> Self {
        Self {
            kind,
            namespace: namespace.to_owned(),
            id: None,
            data: None,
            attachments: Vec::new(),
            announced: None,
            raw: String::new(),
        }
    }

    /// Reads the text frame of a packet. Its attachments come later.
    pub(crate) fn parse(frame: &str) -> Result<Self, String> {
        let text = frame.strip_prefix('4').ok_or("not an Engine.IO message")?;
        let (kind, binary) = match text.bytes().next() {
            Some(b'0') => (Kind::Connect, false),
            Some(b'1') => (Kind::Disconnect, false),
            Some(b'2') => (Kind::Event, false),
            Some(b'3') => (Kind::Ack, false),
            Some(b'4') => (Kind::ConnectError, false),
            Some(b'5') => (Kind::Event, true),
            Some(b'6') => (Kind::Ack, true),
            _ => return Err("not a type of packet".to_owned()),
        };
        let mut rest = &text[1..];
        let mut packet = Self::new(kind, "/");
        frame.clone_into(&mut packet.raw);
        if binary {
            let (count, after) = rest.split_once('-').ok_or("no number of attachments")?;
            let count = count
                .parse()
                .map_err(|e| format!("number of attachments: {e}"))?;
            packet.announced = Some(count);
            rest = after;
        }
        if rest.starts_with('/') {
            let (namespace, after) = rest.split_once(',').unwrap_or((rest, ""));
            namespace.clone_into(&mut packet.namespace);
            rest = after;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            packet.id = Some(rest[..digits].parse().map_err(|e| format!("ack id: {e}"))?);
            rest = &rest[digits..];
        }
        if !rest.is_empty() {
            packet.data = Some(serde_json::from_str(rest).map_err(|e| format!("data: {e}"))?);
        }
        packet.check()?;
        Ok(packet)
    }

    /// Whether the data is of the form that packets of this kind have.
    fn check(&self) -> Result<(), String> {
        let array = self.data.as_ref().and_then(Value::as_array);
        match self.kind {
            Kind::Event if !array.is_some_and(|a| a.first().is_some_and(Value::is_string)) => {
                Err("an event without a name".to_owned())
            }
            Kind::Ack if array.is_none() => Err("an ack without an array of arguments".to_owned()),
            Kind::Ack if self.id.is_none() => Err("an ack without an id".to_owned()),
            _ => Ok(()),
        }
    }

    /// Whether attachments are still to come.
    pub(crate) fn is_partial(&self) -> bool {
        self.announced
            .is_some_and(|announced| self.attachments.len() < announced)
    }

    /// Whether this answers the event with this id.
    pub(crate) fn is_ack_of(&self, id: u64) -> bool {
        self.kind == Kind::Ack && self.id == Some(id)
    }

    /// The frames of this packet.
    pub(crate) fn encode(self) -> Vec<Frame> {
        let binary = !self.attachments.is_empty();
        let digit = match (self.kind, binary) {
            (Kind::Connect, _) => 0,
            (Kind::Disconnect, _) => 1,
            (Kind::Event, false) => 2,
            (Kind::Ack, false) => 3,
            (Kind::ConnectError, _) => 4,
            (Kind::Event, true) => 5,
            (Kind::Ack, true) => 6,
        };
        let mut text = format!("4{digit}");
        if binary {
            let _ = write!(text, "{}-", self.attachments.len());
        }
        if self.namespace != "/" {
            let _ = write!(text, "{},", self.namespace);
        }
        if let Some(id) = self.id {
            let _ = write!(text, "{id}");
        }
        if let Some(data) = self.data {
            let _ = write!(text, "{data}");
        }
        let mut frames = vec![Frame::Text(text)];
        frames.extend(self.attachments.into_iter().map(Frame::Binary));
        frames
    }

    /// The data of an event or an ack, which [`check`](Self::check) has seen to be an array.
    pub(crate) fn into_array(self) -> Vec<Value> {
        match self.data {
            Some(Value::Array(array)) => array,
            other => unreachable!("checked when parsed: {other:?}"),
        }
    }
}

impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortened(&self.raw))?;
        if let Some(announced) = self.announced {
            write!(
                f,
                " ({} of {announced} attachments)",
                self.attachments.len()
            )?;
        }
        Ok(())
    }
}

/// The arguments of an event or an ack: whatever serializes to a JSON array, such as a tuple, an
/// array or `json!([..])`; `()` is no argument.
#[track_caller]
pub(crate) fn arguments(args: impl Serialize) -> Vec<Value> {
    match serde_json::to_value(args) {
        Ok(Value::Array(args)) => args,
        Ok(Value::Null) => Vec::new(),
        Ok(other) => panic!("arguments are an array or a tuple, not {other}: write `(x,)`"),
        Err(e) => panic!("arguments that cannot be serialized: {e}"),
    }
}

/// `text`, cut where a message would become unreadable.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
