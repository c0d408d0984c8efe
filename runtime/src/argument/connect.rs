//! The arguments of `on_connect`: the auth object, the handshake request, and the client to be.

use std::future::Future;

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::request::Parts;
use serde::de::DeserializeOwned;
use socketioxide_core::Value;

use super::{FromContext, FromWire, wire::decode_auth};
use crate::{
    client::Client,
    error::{ArgumentError, ConnectionRefused, Position},
    server::SocketIo,
};

/// A type that `on_connect` may take as an argument.
///
/// There is the auth object, decoded; there is whatever axum can extract from the head of a request;
/// and there are [`Client`] and [`SocketIo`]. As with [`Argument`](super::Argument) the mark `M` says
/// where a type comes from.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of `on_connect`",
    label = "`on_connect` cannot take it",
    note = "`on_connect` takes the auth object that the client sent, as a type that owns its data and is `Deserialize`: `#[derive(Deserialize)]`",
    note = "besides it takes `Client`, `SocketIo` and every axum extractor that needs no more than the head of a request (`FromRequestParts<()>`)",
    note = "it takes no `Session`, which is what it returns, and nothing of an event, as there is none"
)]
pub trait ConnectArgument<M>: Sized {
    #[doc(hidden)]
    fn from_context(
        context: &mut ConnectContext,
    ) -> impl Future<Output = Result<Self, ConnectionRefused>> + Send;
}

/// Marks what axum extracts from the handshake request.
#[derive(Debug)]
pub enum FromRequest {}

/// A client that wants to connect.
#[derive(Debug)]
pub struct ConnectContext {
    client: Client,
    auth: Option<Value>,
    auth_taken: bool,
    /// A copy of the handshake request, for extractors, which want to own it.
    parts: Option<Box<Parts>>,
}

impl ConnectContext {
    pub(crate) fn new(client: Client, auth: Option<Value>) -> Self {
        Self {
            client,
            auth,
            auth_taken: false,
            parts: None,
        }
    }

    pub(super) fn auth<T: DeserializeOwned>(&mut self) -> Result<T, ArgumentError> {
        if std::mem::replace(&mut self.auth_taken, true) {
            return Err(ArgumentError {
                position: Position::Auth,
                path: String::new(),
                message: "there is one auth object, on_connect takes a second".to_owned(),
            });
        }
        decode_auth(self.auth.as_ref())
    }

    fn parts(&mut self) -> Result<&mut Parts, ConnectionRefused> {
        if self.parts.is_none() {
            let request = self.client.request();
            self.parts = request.map(|request| Box::new(request.parts().clone()));
        }
        self.parts
            .as_deref_mut()
            .ok_or_else(|| ConnectionRefused::new("the client has left"))
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> ConnectArgument<FromWire> for T {
    async fn from_context(context: &mut ConnectContext) -> Result<Self, ConnectionRefused> {
        Ok(context.auth()?)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromRequestParts<()>> ConnectArgument<FromRequest> for T {
    async fn from_context(context: &mut ConnectContext) -> Result<Self, ConnectionRefused> {
        let parts = context.parts()?;
        // Not held across an await, as nobody says that a rejection is `Send`.
        let rejected = match T::from_request_parts(parts, &()).await {
            Ok(extracted) => return Ok(extracted),
            Err(rejection) => rejection.into_response(),
        };
        Err(refusal(rejected).await)
    }
}

#[diagnostic::do_not_recommend]
impl ConnectArgument<FromContext> for Client {
    async fn from_context(context: &mut ConnectContext) -> Result<Self, ConnectionRefused> {
        Ok(context.client.clone())
    }
}

#[diagnostic::do_not_recommend]
impl ConnectArgument<FromContext> for SocketIo {
    async fn from_context(context: &mut ConnectContext) -> Result<Self, ConnectionRefused> {
        Ok(context.client.socketio())
    }
}

/// What an extractor would have answered over HTTP, as the message of a refusal.
async fn refusal(response: Response) -> ConnectionRefused {
    const LONGEST: usize = 4096;
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), LONGEST).await;
    let text = body
        .map(|body| String::from_utf8_lossy(&body).into_owned())
        .unwrap_or_default();
    if text.is_empty() {
        ConnectionRefused::new(status)
    } else {
        ConnectionRefused::new(text)
    }
}
