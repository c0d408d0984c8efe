//! Asking a client: an event whose acknowledgement is waited for.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    time::Duration,
};

use futures_util::StreamExt;
use serde::{Serialize, de::DeserializeOwned};
use socketioxide::{AckError, SocketError};
use socketioxide_core::{
    adapter::{BroadcastOptions, CoreAdapter},
    packet::Packet,
};

use super::{NamespaceHandle, arguments::Arguments};
use crate::{
    argument::decode_answer,
    client::Client,
    error::{CallError, EmitError},
    server::FOREVER,
    sid::Sid,
};

/// A question to a client, answered when awaited. Made by [`Client::call`].
///
/// The answer is `R`: the first value the client acknowledges with, a tuple for several, `()` if it
/// does not matter.
#[must_use = "nothing is sent before it is awaited"]
pub struct Call<R> {
    to: Result<(NamespaceHandle, Receiver, Packet), CallError>,
    timeout: Option<Duration>,
    answer: PhantomData<fn() -> R>,
}

enum Receiver {
    /// Connected to this server: if it leaves, the call ends at once.
    Here(Client),
    /// Perhaps connected to another.
    Elsewhere(Sid),
}

impl<R> Call<R> {
    pub(crate) fn local<T: Serialize>(client: &Client, event: &str, data: &T) -> Self {
        let namespace = client.namespace();
        let to = if client.state().is_connecting() {
            Err(CallError::Connecting)
        } else {
            pack(&namespace, event, data)
                .map(|packet| (namespace, Receiver::Here(client.clone()), packet))
        };
        Self {
            to,
            timeout: None,
            answer: PhantomData,
        }
    }

    pub(super) fn remote<T: Serialize>(
        namespace: &NamespaceHandle,
        sid: Sid,
        event: &str,
        data: &T,
    ) -> Self {
        if let Some(client) = namespace.local_client(sid) {
            return Self::local(&client, event, data);
        }
        let to = pack(namespace, event, data)
            .map(|packet| (namespace.clone(), Receiver::Elsewhere(sid), packet));
        Self {
            to,
            timeout: None,
            answer: PhantomData,
        }
    }

    /// How long to wait for the answer: 60 s unless told otherwise here or with
    /// [`SocketIoBuilder::call_timeout`](crate::SocketIoBuilder::call_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

fn pack<T: Serialize>(
    namespace: &NamespaceHandle,
    event: &str,
    data: &T,
) -> Result<Packet, CallError> {
    let state = namespace.state()?;
    Ok(state.adapter().event_packet(event, &Arguments(data))?)
}

impl<R: DeserializeOwned> IntoFuture for Call<R> {
    type Output = Result<R, CallError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { to, timeout, .. } = self;
        Box::pin(async move {
            let (namespace, receiver, packet) = to?;
            let answer = match receiver {
                Receiver::Here(client) => {
                    if client.state().lane.is_closed() {
                        return Err(CallError::Disconnected);
                    }
                    let one = BroadcastOptions::new(client.state().engine_sid);
                    let answer = tokio::select! {
                        biased;
                        answer = ask(&namespace, one, packet, timeout) => answer,
                        () = client.disconnected() => Err(CallError::Disconnected),
                    };
                    if let Err(CallError::Emit(EmitError::Slow)) = answer {
                        client.state().miss();
                    }
                    answer?
                }
                Receiver::Elsewhere(sid) => {
                    let mut own = BroadcastOptions::default();
                    own.rooms.push(sid.to_string().into());
                    ask_elsewhere(&namespace, own, packet, timeout).await?
                }
            };
            Ok(decode_answer(&answer)?)
        })
    }
}

/// A server that hangs does not say that the client is not there: that must not take longer than the
/// client may.
async fn ask_elsewhere(
    namespace: &NamespaceHandle,
    to: BroadcastOptions,
    packet: Packet,
    timeout: Option<Duration>,
) -> Result<socketioxide_core::Value, CallError> {
    let server = namespace.state()?.server.upgrade();
    let timeout = timeout.or_else(|| Some(server?.options.call_timeout));
    let asking = ask(namespace, to, packet, timeout);
    match tokio::time::timeout(timeout.unwrap_or(FOREVER).min(FOREVER), asking).await {
        Ok(answer) => answer,
        Err(_) => Err(CallError::Timeout),
    }
}

async fn ask(
    namespace: &NamespaceHandle,
    to: BroadcastOptions,
    packet: Packet,
    timeout: Option<Duration>,
) -> Result<socketioxide_core::Value, CallError> {
    let state = namespace.state()?;
    let timeout = timeout.or_else(|| Some(state.server.upgrade()?.options.call_timeout));
    let asked = state
        .adapter()
        .broadcast_with_ack(packet, to, timeout)
        .await;
    let mut answers = asked.map_err(EmitError::Cluster)?;
    match answers.next().await {
        Some((_, Ok(answer))) => Ok(answer),
        Some((_, Err(AckError::Timeout))) => Err(CallError::Timeout),
        Some((_, Err(AckError::Socket(SocketError::InternalChannelFull)))) => {
            Err(CallError::Emit(EmitError::Slow))
        }
        None | Some((_, Err(AckError::Socket(SocketError::Closed)))) => {
            Err(CallError::Disconnected)
        }
        Some((_, Err(AckError::Decode(error)))) => {
            Err(CallError::Emit(EmitError::Serialize(error.to_string())))
        }
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
