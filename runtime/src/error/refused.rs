//! Why a client may not connect.

use std::fmt;

use serde_json::{Value, json};

use super::{ArgumentError, EmitError, EventError, RoomError};

/// Why a client may not connect: `on_connect` returns it in an `Err`.
///
/// The text reaches the client as the `message` of its `connect_error`. Anything that can be shown
/// becomes one with [`new`](Self::new); text, what [`emit`](crate::Client::emit) and
/// [`join`](crate::Client::join) fail with, and [`Error`](crate::Error) with `?`, where of the latter only what is
/// public is shown.
///
/// Where `on_connect` does things that fail with errors of other kinds, a database say, let it return
/// hobnob's own [`Result`](crate::Result) instead: there `?` takes every error and hides it from the
/// client, and what it may see is said with [`Error::public`](crate::Error::public). A `ConnectionRefused`
/// stays what it is on that way.
///
/// Flask-SocketIO: `ConnectionRefusedError`.
///
/// ```
/// use hobnob::prelude::*;
///
/// fn check(nickname: &str) -> Result<(), ConnectionRefused> {
///     if nickname.is_empty() {
///         return Err(ConnectionRefused::new("a nickname, please"));
///     }
///     if nickname.len() > 24 {
///         Err("a shorter one, please")?;
///     }
///     Ok(())
/// }
///
/// assert_eq!(check("").unwrap_err().to_string(), "a nickname, please");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRefused {
    message: String,
    data: Option<Value>,
}

impl ConnectionRefused {
    /// The reason the client is to be told.
    pub fn new(message: impl fmt::Display) -> Self {
        Self::from(message.to_string())
    }

    /// Adds what the client is to get beside the text.
    ///
    /// The engine has room for a text only. So the message becomes JSON, `{"message": text, "data":
    /// data}`, and the client takes it apart:
    ///
    /// ```js
    /// socket.on("connect_error", (error) => {
    ///     const { message, data } = JSON.parse(error.message);
    /// });
    /// ```
    ///
    /// Flask-SocketIO: the further arguments of `ConnectionRefusedError`, which the client finds in
    /// `error.data`.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Value>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// What the client is told.
    pub(crate) fn to_message(&self) -> String {
        match &self.data {
            None => self.message.clone(),
            Some(data) => json!({ "message": self.message, "data": data }).to_string(),
        }
    }
}

/// `Connection rejected by server`, as when `on_connect` returns `false`.
impl Default for ConnectionRefused {
    fn default() -> Self {
        Self::new("Connection rejected by server")
    }
}

impl fmt::Display for ConnectionRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<&str> for ConnectionRefused {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for ConnectionRefused {
    fn from(message: String) -> Self {
        Self {
            message,
            data: None,
        }
    }
}

impl From<ArgumentError> for ConnectionRefused {
    fn from(error: ArgumentError) -> Self {
        Self::new(error)
    }
}

/// Shows the client what is public; the rest goes to the log. A refusal that became an error with `?` is
/// that refusal again.
impl From<crate::Error> for ConnectionRefused {
    fn from(error: crate::Error) -> Self {
        if let (None, Some(refused)) = (error.public_message(), error.downcast_ref::<Self>()) {
            return refused.clone();
        }
        if error.source().is_some() {
            tracing::warn!(target: "hobnob::connect", %error, "on_connect failed");
        }
        let refused = Self::new(error.public_message().unwrap_or("internal error"));
        let data = error.public_data().cloned();
        Self { data, ..refused }
    }
}

/// As an [`Error`](crate::Error) that became of it.
impl From<EmitError> for ConnectionRefused {
    fn from(error: EmitError) -> Self {
        crate::Error::from(error).into()
    }
}

/// As an [`Error`](crate::Error) that became of it.
impl From<RoomError> for ConnectionRefused {
    fn from(error: RoomError) -> Self {
        crate::Error::from(error).into()
    }
}

impl std::error::Error for ConnectionRefused {}

/// What refused a client, as the client is told.
impl From<EventError> for ConnectionRefused {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Refused(refused) => refused,
            EventError::Argument(error) => error.into(),
            EventError::Handler(error) => error.into(),
            EventError::Panic(_) | EventError::Reply(_) => Self::new("internal error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_public_error_refuses_with_its_text_and_its_data() {
        let refused = ConnectionRefused::from(Error::public("full").with_data(3));
        let message = json!({ "message": "full", "data": 3 }).to_string();
        assert_eq!(refused.to_message(), message);
    }

    #[test]
    fn what_fails_before_a_client_is_let_in_refuses_as_it_would_answer_later() {
        fn join() -> Result<(), ConnectionRefused> {
            Err(RoomError::InvalidRoom("~x".to_owned()))?
        }
        fn emit() -> Result<(), ConnectionRefused> {
            Err(EmitError::Slow)?
        }
        let text = |refused: Result<(), ConnectionRefused>| refused.map_err(|it| it.to_string());
        let room = RoomError::InvalidRoom("~x".to_owned()).to_string();
        assert_eq!(text(join()), Err(room));
        assert_eq!(text(emit()), Err("internal error".to_owned()));
    }
}
