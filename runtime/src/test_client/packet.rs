//! The packets of Socket.IO as they are on a WebSocket: a text, and attachments behind it.

use std::{collections::VecDeque, fmt::Write as _};

use bytes::Bytes;
use serde_json::Value as Json;
use socketioxide_core::Value;
use tokio_tungstenite::tungstenite::Message;

/// What a packet is for. A binary packet is of the kind its text packet would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
}

/// A packet from the server.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) id: Option<i64>,
    pub(super) data: Json,
    pub(super) attachments: VecDeque<Bytes>,
    /// How many attachments it has when it is complete.
    announced: usize,
}

impl Packet {
    /// Reads the text of a packet, without the `4` of the transport. Its attachments come later.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (kind, binary) = match text.bytes().next() {
            Some(b'0') => (Kind::Connect, false),
            Some(b'1') => (Kind::Disconnect, false),
            Some(b'2') => (Kind::Event, false),
            Some(b'3') => (Kind::Ack, false),
            Some(b'4') => (Kind::ConnectError, false),
            Some(b'5') => (Kind::Event, true),
            Some(b'6') => (Kind::Ack, true),
            _ => return Err(format!("a packet of no known kind: {text}")),
        };
        let invalid = |what: &str| format!("a packet without {what}: {text}");
        let mut rest = &text[1..];
        let mut announced = 0;
        if binary {
            let (count, after) = rest.split_once('-').ok_or_else(|| invalid("attachments"))?;
            announced = count.parse().map_err(|_| invalid("attachments"))?;
            rest = after;
        }
        let mut namespace = "/";
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (id, rest) = rest.split_at(digits);
        let data = if rest.is_empty() {
            Json::Null
        } else {
            serde_json::from_str(rest).map_err(|wrong| format!("{wrong}: {text}"))?
        };
        Ok(Self {
            kind,
            namespace: namespace.to_owned(),
            id: id.parse().ok(),
            data,
            attachments: VecDeque::new(),
            announced,
        })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.attachments.len() >= self.announced
    }
}

/// The frames of a packet of this kind, with what `encode` has made of the arguments.
pub(super) fn frames(
    kind: Kind,
    namespace: &str,
    id: Option<i64>,
    data: Option<Value>,
) -> Vec<Message> {
    let (text, attachments) = match data {
        Some(Value::Str(text, attachments)) => (text, attachments.unwrap_or_default()),
        _ => ("".into(), VecDeque::new()),
    };
    let digit = match (kind, attachments.is_empty()) {
        (Kind::Connect, _) => 0,
        (Kind::Disconnect, _) => 1,
        (Kind::Event, true) => 2,
        (Kind::Ack, true) => 3,
        (Kind::ConnectError, _) => 4,
        (Kind::Event, false) => 5,
        (Kind::Ack, false) => 6,
    };
    let mut head = format!("4{digit}");
    if !attachments.is_empty() {
        let _ = write!(head, "{}-", attachments.len());
    }
    if namespace != "/" {
        let _ = write!(head, "{namespace},");
    }
    if let Some(id) = id {
        let _ = write!(head, "{id}");
    }
    head.push_str(&text);
    let mut frames = vec![Message::text(head)];
    frames.extend(attachments.into_iter().map(Message::Binary));
    frames
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::emit::{arguments::Arguments, encode::encode};

    fn texts(kind: Kind, namespace: &str, id: Option<i64>, data: Option<Value>) -> Vec<String> {
        let frames = frames(kind, namespace, id, data);
        frames.into_iter().map(|frame| frame.to_string()).collect()
    }

    #[test]
    fn packets_are_written_as_the_protocol_says() {
        let event = |data: &_| encode(Some("e"), &Arguments(data)).ok();
        assert_eq!(texts(Kind::Connect, "/", None, None), ["40"]);
        assert_eq!(texts(Kind::Disconnect, "/a", None, None), ["41/a,"]);
        let bytes = Bytes::from_static(b"x");
        assert_eq!(
            texts(Kind::Event, "/a", Some(7), event(&bytes)),
            [r#"451-/a,7["e",{"_placeholder":true,"num":0}]"#, "x"]
        );
        let number = encode(Some("e"), &Arguments(&1)).ok();
        assert_eq!(texts(Kind::Event, "/", None, number), [r#"42["e",1]"#]);
    }

    #[test]
    fn packets_are_read_as_they_are_written() {
        let packet = Packet::parse(r#"51-/a,7["e",1]"#).unwrap();
        assert_eq!((packet.kind, packet.id), (Kind::Event, Some(7)));
        assert_eq!((&*packet.namespace, packet.data), ("/a", json!(["e", 1])));
        let packet = Packet::parse(r#"2["/a,",1]"#).unwrap();
        assert_eq!((&*packet.namespace, packet.id), ("/", None));
        assert!(packet.is_complete());
        assert!(!Packet::parse(r#"51-["e"]"#).unwrap().is_complete());
        assert_eq!(Packet::parse("1/a,").unwrap().namespace, "/a");
        for wrong in ["", "9", "5[]", r#"2["e""#] {
            assert!(Packet::parse(wrong).is_err(), "{wrong}");
        }
    }
}
