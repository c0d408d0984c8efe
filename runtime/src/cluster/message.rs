//! What the servers of a cluster say to each other. Requests and answers are the engine's own; around
//! them is who sent them.

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use socketioxide_core::{Sid, Uid};

use crate::adapter::ClusterError;

/// Goes up when servers of two versions would not understand each other.
const VERSION: u8 = 1;

/// A message and its sender.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Envelope<R> {
    version: u8,
    pub(super) from: Uid,
    pub(super) message: Message<R>,
}

/// `R` is a request, as it goes out or as it comes in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message<R> {
    /// A server has come, or can hear again. Whoever is there says so.
    Hello,
    /// A server is there.
    Here,
    /// A server goes.
    Bye,
    /// For a namespace.
    Request { namespace: String, request: R },
    /// To a request, or to an event that asked for answers.
    Answer { question: Sid, answer: Bytes },
    /// For the server itself. With a question its answer is waited for.
    Event {
        name: String,
        data: Bytes,
        question: Option<Sid>,
    },
}

/// Of a message without a request.
pub(super) type Plain = Message<()>;

pub(super) fn encode<R: Serialize>(from: Uid, message: Message<R>) -> Result<Bytes, ClusterError> {
    let envelope = Envelope {
        version: VERSION,
        from,
        message,
    };
    pack(&envelope)
}

pub(super) fn pack(value: &impl Serialize) -> Result<Bytes, ClusterError> {
    let packed = rmp_serde::to_vec(value).map_err(ClusterError::unreachable)?;
    Ok(packed.into())
}

pub(super) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, rmp_serde::decode::Error> {
    rmp_serde::from_slice(bytes)
}

/// `None` for what a server of another version has sent.
pub(super) fn decode<R: DeserializeOwned>(
    bytes: &[u8],
) -> Result<Option<Envelope<R>>, rmp_serde::decode::Error> {
    // The version comes first, whatever comes behind.
    let version = bytes.get(1).copied();
    if version != Some(VERSION) {
        return Ok(None);
    }
    unpack(bytes).map(Some)
}

#[cfg(test)]
mod tests {
    use socketioxide_core::{
        Str, Value,
        adapter::{
            BroadcastOptions,
            remote_packet::{RequestIn, RequestOut, RequestTypeIn, RequestTypeOut},
        },
        packet::Packet,
    };

    use super::*;

    fn broadcast(value: Value) -> (Uid, Bytes) {
        let packet = Packet::event(Str::from("/chat"), value);
        let mut to = BroadcastOptions::default();
        to.rooms.push("tea".into());
        let from = Uid::new();
        let request = RequestOut::new(from, RequestTypeOut::Broadcast(&packet), &to);
        let namespace = "/chat".to_owned();
        let message = Message::Request { namespace, request };
        (from, encode(from, message).unwrap())
    }

    #[test]
    fn a_request_comes_in_as_it_went_out() {
        let attachments = [Bytes::from_static(b"\xff\x00")].into();
        let values = [
            Value::Str(r#"["e",1]"#.into(), None),
            Value::Str(r#"["e",{}]"#.into(), Some(attachments)),
            Value::Bytes(Bytes::from_static(b"\x80")),
        ];
        for value in values {
            let (from, bytes) = broadcast(value.clone());
            let envelope = decode::<RequestIn>(&bytes).unwrap().unwrap();
            assert_eq!(envelope.from, from);
            let Message::Request { namespace, request } = envelope.message else {
                panic!("{envelope:?}");
            };
            assert_eq!(namespace, "/chat");
            assert_eq!(request.opts.unwrap().rooms[0], "tea");
            let RequestTypeIn::Broadcast(packet) = request.r#type else {
                panic!("{:?}", request.r#type);
            };
            assert_eq!(packet, Packet::event(Str::from("/chat"), value));
        }
    }

    #[test]
    fn what_another_version_says_is_left_alone() {
        let (_, bytes) = broadcast(Value::Str(r#"["e"]"#.into(), None));
        let mut other = bytes.to_vec();
        assert_eq!(other[1], VERSION);
        other[1] = VERSION + 1;
        assert!(decode::<RequestIn>(&other).unwrap().is_none());
        assert!(decode::<RequestIn>(b"").unwrap().is_none());
        assert!(decode::<RequestIn>(&bytes[..bytes.len() / 2]).is_err());
    }
}
