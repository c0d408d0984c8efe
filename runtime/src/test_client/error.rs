//! What goes wrong in a test, in words that say what was awaited and what came instead.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde_json::Value as Json;

use super::Received;
use crate::error::{ArgumentError, EmitError};

/// What a [`TestClient`](super::TestClient) could not do.
///
/// The text says what was awaited, how long, and what has come and was not taken. It is also what
/// `{:?}` and thereby `unwrap` show.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum TestError {
    /// `on_connect` refused the client, or nothing is mounted at the path.
    #[error("the client was refused in `{namespace}`: {message}")]
    Refused {
        /// The namespace it asked for.
        namespace: String,
        /// The reason the client is told.
        message: String,
    },
    /// The server answered the request that opens a connection with a status against it, as it does
    /// to a page of another origin.
    #[error("the connection was refused with status {status}: {body}")]
    Handshake {
        /// The status of the answer.
        status: StatusCode,
        /// Its body.
        body: String,
    },
    /// What the test asked for cannot be sent.
    #[error("the test cannot do this: {0}")]
    Invalid(String),
    /// It did not come in time.
    #[error("waited {waited:?} for {what}; {}", shown(.instead))]
    Timeout {
        /// What was awaited.
        what: String,
        /// For how long.
        waited: Duration,
        /// What has come and was not taken.
        instead: Vec<Received>,
    },
    /// It cannot come any more, or not be sent.
    #[error("{what}: {end}; {}", shown(.instead))]
    Disconnected {
        /// What does not come, or cannot be sent.
        what: String,
        /// How the client came to be disconnected.
        end: &'static str,
        /// What has come and was not taken.
        instead: Vec<Received>,
    },
    /// Something came where nothing was to come.
    #[error("expected that nothing comes in `{namespace}`; {}", shown(.came))]
    Unexpected {
        /// The namespace.
        namespace: String,
        /// What came. It is still there to be taken.
        came: Vec<Received>,
    },
    /// The handler failed: the answer to a [call](super::TestClient::call) is an object with a text
    /// `error`, for which the type that was asked for has no place.
    #[error("{what} is an error: {message}")]
    Failed {
        /// Which answer.
        what: String,
        /// Its `error`.
        message: String,
        /// All of it, with the `data` that the error may have had.
        answer: Json,
    },
    /// It came, and is not of the type that was asked for.
    #[error("{what} is not a `{expected}`: {error}")]
    Decode {
        /// What came.
        what: String,
        /// The name of the type.
        expected: &'static str,
        /// What is wrong with it.
        error: ArgumentError,
    },
    /// The data cannot be serialized.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

impl TestError {
    /// What the server told the client why it is [refused](Self::Refused).
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Refused { message, .. } => Some(message),
            _ => None,
        }
    }

    /// Why the handler [failed](Self::Failed), as its client is told.
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed { message, .. } => Some(message),
            _ => None,
        }
    }
}

impl fmt::Debug for TestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What has come and was not taken, in words.
fn shown(events: &[Received]) -> impl fmt::Display {
    /// How many a message shows.
    const SHOWN: usize = 10;
    fmt::from_fn(|f| {
        if events.is_empty() {
            return f.write_str("nothing has come");
        }
        f.write_str("there is ")?;
        for (i, event) in events.iter().take(SHOWN).enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{event}")?;
        }
        match events.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    })
}
