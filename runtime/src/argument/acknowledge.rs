//! Answering an event: the acknowledgement a client asked for.

use bytes::Bytes;
use serde::Serialize;
use socketioxide::{SendError, SocketError, extract::AckSender, handler::FromMessageParts};
use socketioxide_core::Value;

use super::{context::Incoming, late::LateAnswer};
#[cfg(feature = "msgpack")]
use crate::emit::encode;
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
            return self.acknowledge_late(client, &answer);
        }
        #[cfg(feature = "msgpack")]
        let answer = self.in_its_form(answer)?;
        let packet = state.namespace.adapter().ack_packet(id, answer);
        // A client that is slow or gone has been dealt with, and there is nobody else to tell.
        let _ = state.send(packet);
        Ok(())
    }

    /// What a middleware answers is JSON, as it need not know who asked.
    #[cfg(feature = "msgpack")]
    fn in_its_form(&self, answer: Value) -> Result<Value, EventError> {
        if let (Value::Bytes(_), Value::Str(..)) = (&self.value, &answer) {
            let encoded = encode::msgpack::encode(None, &LateAnswer(&answer));
            return encoded.map_err(|error| EventError::Reply(error.to_string()));
        }
        Ok(answer)
    }

    /// Answers a client that is out of the namespace already, if its connection is still there. Only
    /// the engine can do that.
    fn acknowledge_late(&self, client: &Client, answer: &Value) -> Result<(), EventError> {
        let Some(socket) = client.state().socket() else {
            return Ok(());
        };
        // The engine takes a mutable value by signature only: an ack sender does not look at it.
        let mut none = Value::Bytes(Bytes::new());
        let Ok(sender) = AckSender::from_message_parts(&socket, &mut none, &self.ack);
        match sender.send(&LateAnswer(answer)) {
            Err(SendError::Serialize(error)) => Err(EventError::Reply(error.to_string())),
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                client.state().miss();
                Ok(())
            }
            Ok(()) | Err(SendError::Socket(SocketError::Closed)) => Ok(()),
        }
    }
}

/// The arguments of an acknowledgement, encoded.
pub(crate) fn encode_answer<T: Serialize>(
    client: &Client,
    answer: &T,
) -> Result<Value, EventError> {
    let adapter = client.state().namespace.adapter();
    let encoded = adapter.encode(None, &Arguments(answer));
    encoded.map_err(|error| EventError::Reply(error.to_string()))
}
