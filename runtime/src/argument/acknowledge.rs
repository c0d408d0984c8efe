//! Answering an event: the acknowledgement a client asked for.

use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeTuple};
use serde_json::Value as Json;
use socketioxide::{SendError, extract::AckSender, handler::FromMessageParts};
use socketioxide_core::Value;

use super::{args::Args, context::Incoming};
use crate::{client::Client, emit::arguments::Arguments, error::EventError};

impl Incoming {
    /// Answers, if the client asked for it.
    ///
    /// # Errors
    ///
    /// If the answer cannot be serialized. A client that has left meanwhile is none.
    pub(crate) fn acknowledge<T: Serialize>(
        &self,
        client: &Client,
        answer: &T,
    ) -> Result<(), EventError> {
        if self.ack.is_none() {
            return Ok(());
        }
        if !client.state().is_open() {
            return self.acknowledge_late(client, &Arguments(answer));
        }
        self.acknowledge_encoded(client, encode_answer(client, answer)?)
    }

    /// Answers with what is encoded already, if the client asked for an answer.
    pub(crate) fn acknowledge_encoded(
        &self,
        client: &Client,
        answer: Value,
    ) -> Result<(), EventError> {
        let Some(id) = self.ack else {
            return Ok(());
        };
        let state = client.state();
        if !state.is_open() {
            let answer = Args::of_answer(answer);
            return self.acknowledge_late(client, &AllAgain(&answer));
        }
        let packet = state.namespace.adapter().ack_packet(id, answer);
        // A client that is slow or gone has been dealt with, and there is nobody else to tell.
        let _ = state.send(packet);
        Ok(())
    }

    /// Answers a client that is out of the namespace already, if its connection is still there. Only
    /// the engine can do that, with its own encoder.
    fn acknowledge_late<T: Serialize>(
        &self,
        client: &Client,
        arguments: &T,
    ) -> Result<(), EventError> {
        let Some(socket) = client.state().socket() else {
            return Ok(());
        };
        // The engine takes a mutable value by signature only: an ack sender does not look at it.
        let mut none = Value::Bytes(Bytes::new());
        let Ok(sender) = AckSender::from_message_parts(&socket, &mut none, &self.ack);
        match sender.send(arguments) {
            Err(SendError::Serialize(error)) => Err(EventError::Reply(error.to_string())),
            Ok(()) | Err(SendError::Socket(_)) => Ok(()),
        }
    }
}

/// The arguments of an acknowledgement, encoded.
pub(crate) fn encode_answer<T: Serialize>(
    client: &Client,
    answer: &T,
) -> Result<Value, EventError> {
    let adapter = client.state().namespace.adapter();
    let encoded = adapter.encode_answer(&Arguments(answer));
    encoded.map_err(|error| EventError::Reply(error.to_string()))
}

/// What was encoded by us, for the engine to encode: with the attachments back in their places.
struct Again<'a> {
    value: &'a Json,
    attachments: &'a [Bytes],
}

impl Serialize for Again<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let again = |value| Again {
            value,
            attachments: self.attachments,
        };
        match self.value {
            Json::Object(entries) => match self.attachment() {
                Some(bytes) => serializer.serialize_bytes(bytes),
                None => {
                    serializer.collect_map(entries.iter().map(|(key, value)| (key, again(value))))
                }
            },
            Json::Array(values) => serializer.collect_seq(values.iter().map(again)),
            other => other.serialize(serializer),
        }
    }
}

impl Again<'_> {
    fn attachment(&self) -> Option<&[u8]> {
        self.value.get("_placeholder")?;
        let number = self.value.get("num")?.as_u64()?;
        let bytes = self.attachments.get(usize::try_from(number).ok()?)?;
        Some(bytes)
    }
}

/// The same for the whole list, which the engine takes for one argument unless it is a tuple.
struct AllAgain<'a>(&'a Args);

impl Serialize for AllAgain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (values, attachments) = (self.0.to_json(), self.0.attachments());
        let mut tuple = serializer.serialize_tuple(values.len())?;
        for value in &values {
            tuple.serialize_element(&Again {
                value,
                attachments: &attachments,
            })?;
        }
        tuple.end()
    }
}
