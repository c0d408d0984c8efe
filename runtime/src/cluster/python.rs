//! Messages of Python workers: what python-socketio's write-only `RedisManager` and Flask-SocketIO's
//! `SocketIO(message_queue=..)` publish. Every server gets each, and does it for its own clients.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use serde::{
    Deserialize, Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq, SerializeTuple},
};
use serde_json::Value;
use socketioxide_core::adapter::{BroadcastOptions, Room};

use super::{namespace::SharedNamespace, node::Node};
use crate::{
    client::Client,
    emit::room_names::{EVERYONE, not_a_target, not_joinable},
    sid::Sid,
};

/// How pickled objects begin. They are not opened: whoever made them could have anything run.
const PICKLE: u8 = 0x80;

#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
enum Method {
    Emit(Emit),
    Disconnect(Whom),
    EnterRoom(Whom),
    LeaveRoom(Whom),
    CloseRoom(Whom),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Emit {
    event: String,
    data: Value,
    #[serde(default)]
    binary: bool,
    namespace: Option<String>,
    room: Option<Names>,
    skip_sid: Option<Names>,
    callback: Option<Value>,
}

#[derive(Deserialize)]
struct Whom {
    namespace: Option<String>,
    sid: Option<Sid>,
    room: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    fn rooms(self) -> Vec<Room> {
        match self {
            Self::One(name) => vec![name.into()],
            Self::Several(names) => names.into_iter().map(Room::from).collect(),
        }
    }
}

pub(super) fn receive(node: &Node, message: &Bytes) {
    if let Err(reason) = perform(node, message) {
        tracing::warn!(
            target: "hobnob::cluster",
            "a message of a Python worker is ignored: {reason}",
        );
    }
}

/// The error says why nothing was done.
fn perform(node: &Node, message: &[u8]) -> Result<(), String> {
    if message.first() == Some(&PICKLE) {
        return Err(
            "it is pickled; python-socketio 5.14 and later send JSON, upgrade the worker to one of them"
                .to_owned(),
        );
    }
    let method = serde_json::from_slice(message).map_err(|error| error.to_string())?;
    match method {
        Method::Emit(message) => emit(node, message),
        Method::Disconnect(whom) => {
            let namespace = find(node, whom.namespace.as_deref())?;
            let gone = client(&namespace, whom.sid)?.map(|client| client.disconnect());
            // Who is leaving already does so.
            let _ = gone;
            Ok(())
        }
        Method::EnterRoom(whom) => {
            let namespace = find(node, whom.namespace.as_deref())?;
            let room = whom.room.ok_or("it names no room")?;
            match client(&namespace, whom.sid)?.map(|client| client.join(room)) {
                Some(Err(error)) => Err(error.to_string()),
                _ => Ok(()),
            }
        }
        Method::LeaveRoom(whom) => {
            let namespace = find(node, whom.namespace.as_deref())?;
            let room = whom.room.ok_or("it names no room")?;
            match client(&namespace, whom.sid)?.map(|client| client.leave(room)) {
                Some(Err(error)) => Err(error.to_string()),
                _ => Ok(()),
            }
        }
        Method::CloseRoom(whom) => {
            let namespace = find(node, whom.namespace.as_deref())?;
            let room = Room::from(whom.room.ok_or("it names no room")?);
            if not_joinable(std::slice::from_ref(&room)).is_some() {
                return Err(format!("`{room}` cannot be closed"));
            }
            let mut members = BroadcastOptions::default();
            members.rooms.push(room.clone());
            namespace.close_here(members, room);
            Ok(())
        }
        Method::Other => Err("its method means nothing here".to_owned()),
    }
}

fn find(node: &Node, path: Option<&str>) -> Result<Arc<SharedNamespace>, String> {
    let path = path.unwrap_or("/");
    let namespace = node.namespace(path);
    namespace.ok_or_else(|| format!("no namespace is mounted at `{path}`"))
}

/// `None` if it is connected to another server.
fn client(namespace: &SharedNamespace, sid: Option<Sid>) -> Result<Option<Client>, &'static str> {
    let sid = sid.ok_or("it names no client")?;
    Ok(namespace.state().and_then(|state| state.client(sid)))
}

fn emit(node: &Node, message: Emit) -> Result<(), String> {
    let namespace = find(node, message.namespace.as_deref())?;
    if message.callback.is_some() {
        return Err("it asks for an answer, and a worker cannot get one".to_owned());
    }
    let mut to = BroadcastOptions::default();
    let rooms = message.room.map(Names::rooms);
    let skipped = message.skip_sid.map(Names::rooms);
    to.except = skipped.unwrap_or_default().into();
    let named = rooms.as_deref().unwrap_or_default();
    if let Some(room) = not_a_target(named).or_else(|| not_a_target(&to.except)) {
        return Err(format!("`{room}` is neither a room nor a sid"));
    }
    to.rooms = rooms.unwrap_or_else(|| vec![EVERYONE]).into();
    let arguments = Arguments::of(message.data, message.binary)?;
    let state = namespace.state().ok_or("the server is about to start")?;
    let packet = state.adapter().event_packet(&message.event, &arguments);
    let packet = packet.map_err(|error| error.to_string())?;
    namespace.deliver(packet, to);
    Ok(())
}

/// The arguments of an event: values in which objects stand for bytes.
struct Arguments {
    values: Vec<Value>,
    attachments: Vec<Vec<u8>>,
}

impl Arguments {
    /// Binary data is a list of the values and of the bytes in them, as text.
    fn of(data: Value, binary: bool) -> Result<Self, String> {
        let mut attachments = Vec::new();
        let values = if binary {
            let Value::Array(list) = data else {
                return Err("its binary data is no list".to_owned());
            };
            let mut list = list.into_iter();
            let values = list.next().ok_or("its binary data is empty")?;
            for text in list {
                let text = text.as_str().ok_or("an attachment is no text")?;
                let bytes = BASE64.decode(text).map_err(|error| error.to_string())?;
                attachments.push(bytes);
            }
            values
        } else {
            data
        };
        let values = match values {
            Value::Array(values) => values,
            one => vec![one],
        };
        Ok(Self {
            values,
            attachments,
        })
    }
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_tuple(self.values.len())?;
        for value in &self.values {
            list.serialize_element(&Argument {
                value,
                attachments: &self.attachments,
            })?;
        }
        list.end()
    }
}

struct Argument<'a> {
    value: &'a Value,
    attachments: &'a [Vec<u8>],
}

impl Argument<'_> {
    fn of<'a>(&'a self, value: &'a Value) -> Argument<'a> {
        Argument {
            value,
            attachments: self.attachments,
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        if self.value.get("_placeholder")? != &Value::Bool(true) {
            return None;
        }
        let number = usize::try_from(self.value.get("num")?.as_u64()?).ok()?;
        self.attachments.get(number).map(Vec::as_slice)
    }
}

impl Serialize for Argument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(bytes) = self.bytes() {
            return serializer.serialize_bytes(bytes);
        }
        match self.value {
            Value::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&self.of(value))?;
                }
                list.end()
            }
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, &self.of(value))?;
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}
