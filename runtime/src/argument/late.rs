//! An answer to a client that is out of the namespace: encoded here, in words that the engine's
//! encoder repeats as they are.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeTuple},
};
use serde_json::Value as Json;
use socketioxide_core::Value;

use super::{attachments::attachment, wire::Wire};

/// The values of an encoded answer, as a tuple.
pub(super) struct LateAnswer<'a>(pub(super) &'a Value);

impl Serialize for LateAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (values, attachments) = Wire::values(self.0, false).map_err(Error::custom)?;
        let attachments = attachments.as_deref();
        let mut tuple = serializer.serialize_tuple(values.len())?;
        for value in &values {
            tuple.serialize_element(&Part { value, attachments })?;
        }
        tuple.end()
    }
}

struct Part<'a> {
    value: &'a Json,
    attachments: Option<&'a VecDeque<Bytes>>,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attachments = self.attachments;
        if let Some(bytes) = attachment(self.value, attachments) {
            return serializer.serialize_bytes(bytes.map_err(Error::custom)?);
        }
        let part = |value| Part { value, attachments };
        match self.value {
            Json::Array(values) => serializer.collect_seq(values.iter().map(part)),
            Json::Object(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, part(value))))
            }
            leaf => leaf.serialize(serializer),
        }
    }
}
