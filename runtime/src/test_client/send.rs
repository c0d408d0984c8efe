//! What a client sends: events, questions, acknowledgements.

use serde::{Serialize, de::DeserializeOwned};
use socketioxide_core::Value;

use super::{
    Received, TestClient, TestError,
    answer::decode,
    packet::{Kind, frames},
};
use crate::{
    emit::{
        arguments::{Arguments, EventArguments},
        encode::encode,
    },
    event::Event,
};

impl TestClient {
    /// Sends `event` to the server: `()` is no argument, a tuple one for each element, everything
    /// else one. Bytes become attachments, as in [`Client::emit`](crate::Client::emit).
    ///
    /// It does not wait for the handler. Where the test has to know that the handler is done, it
    /// [calls](Self::call), or [expects](Self::expect) what the handler sends.
    ///
    /// Flask-SocketIO: `client.emit('event', data)`.
    ///
    /// # Errors
    ///
    /// If the client is not connected any more, or the data cannot be serialized.
    pub fn emit<T: Serialize>(&self, event: &str, data: T) -> Result<(), TestError> {
        let data = encode(Some(event), &Arguments(&data))?;
        self.send_packet(Kind::Event, None, data, || {
            format!("`{event}` cannot be sent")
        })
    }

    /// Sends an event that knows its own name: a type with `#[derive(Event)]`, text (event
    /// `message`) or JSON (event `json`). Otherwise as [`emit`](Self::emit).
    ///
    /// Flask-SocketIO: `client.send(data)`, `client.send(data, json=True)`.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    pub fn send<E: Event>(&self, event: E) -> Result<(), TestError> {
        let name = event.name();
        let data = encode(Some(name), &EventArguments(&event))?;
        self.send_packet(Kind::Event, None, data, || {
            format!("`{name}` cannot be sent")
        })
    }

    /// Sends `event` and waits for the acknowledgement: what the handler returned. The answer is
    /// decoded as that of [`Client::call`](crate::Client::call) is: the first value, a tuple for
    /// several, `()` if it does not matter. Whatever the handler sent to this client before it
    /// returned is [received](Self::received) when the answer is.
    ///
    /// Where the handler failed the answer is `{"error": text}`, and so the call fails, with
    /// [`TestError::Failed`]: unless `R` has a place for the field `error`, as a
    /// [`serde_json::Value`], a map, or a struct with that field has. `()` has none.
    ///
    /// ```
    /// # use hobnob::prelude::*;
    /// # struct Bar;
    /// # #[namespace]
    /// # impl Bar {
    /// #     fn on_order(&self, cups: u32) -> Result<u32> {
    /// #         if cups > 3 { Err(Error::public("no tea left"))? }
    /// #         Ok(3 - cups)
    /// #     }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// # let socketio = SocketIo::builder().namespace(Bar).build().await?;
    /// # let client = socketio.test_client().connect("/").await?;
    /// let left: u32 = client.call("order", 1).await?;
    /// assert_eq!(left, 2);
    ///
    /// let failed = client.call::<()>("order", 4).await.unwrap_err();
    /// assert_eq!(failed.failure(), Some("no tea left"));
    ///
    /// let answer: serde_json::Value = client.call("order", 4).await?;
    /// assert_eq!(answer["error"], "no tea left");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Flask-SocketIO: `client.emit('event', data, callback=True)`.
    ///
    /// # Errors
    ///
    /// If no answer comes in time, because the handler does not return or there is none; if the
    /// client is disconnected before; if the handler failed, or the answer is not an `R`; and as
    /// [`emit`](Self::emit).
    pub async fn call<R: DeserializeOwned>(
        &self,
        event: &str,
        data: impl Serialize,
    ) -> Result<R, TestError> {
        let what = format!("the answer to `{event}` in `{}`", self.namespace());
        let id = self.connection.next_id();
        let data = encode(Some(event), &Arguments(&data))?;
        self.send_packet(Kind::Event, Some(id), data, || {
            format!("`{event}` cannot be sent")
        })?;
        let answer = self
            .inbox
            .wait(&what, self.timeout, |contents| contents.answers.remove(&id));
        decode(&answer.await?, &what)
    }

    pub(super) fn acknowledge<T: Serialize>(
        &self,
        received: &Received,
        data: &T,
    ) -> Result<(), TestError> {
        let what = || format!("the answer to `{}` cannot be sent", received.event());
        let data = encode(None, &Arguments(data))?;
        self.send_packet(Kind::Ack, received.id, data, what)
    }

    fn send_packet(
        &self,
        kind: Kind,
        id: Option<i64>,
        data: Value,
        what: impl FnOnce() -> String,
    ) -> Result<(), TestError> {
        self.inbox.check(what)?;
        let frames = frames(kind, self.namespace(), id, Some(data));
        self.connection.send(frames);
        Ok(())
    }
}
