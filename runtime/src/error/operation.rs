//! One error for each operation: emitting, calling, building, serving.

use std::io;

use super::ArgumentError;
use crate::{adapter::ClusterError, sid::Sid};

/// An event was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The client is no longer connected.
    #[error("the client is no longer connected")]
    Disconnected,
    /// The client reads too slowly: too many packets wait to go out to it.
    #[error("the client reads too slowly")]
    Slow,
    /// The data could not be serialized.
    #[error("the data cannot be serialized: {0}")]
    Serialize(String),
    /// The name belongs to the protocol, no client would take it for an event.
    #[error("`{0}` is a reserved name, not an event")]
    ReservedEvent(String),
    /// The name cannot be a room's.
    #[error(
        "`{0}` cannot be the name of a room: names with a leading `~` are the clients' own rooms"
    )]
    InvalidRoom(String),
    /// No class is mounted at this path.
    #[error("no namespace is mounted at `{0}`")]
    UnknownNamespace(String),
    /// The other servers of the cluster were not reached.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

/// The path at which no class is mounted: part of the errors of whatever goes through a handle.
pub(crate) struct UnknownNamespace(pub(crate) String);

impl From<UnknownNamespace> for EmitError {
    fn from(UnknownNamespace(path): UnknownNamespace) -> Self {
        Self::UnknownNamespace(path)
    }
}

impl From<UnknownNamespace> for RoomError {
    fn from(UnknownNamespace(path): UnknownNamespace) -> Self {
        Self::UnknownNamespace(path)
    }
}

impl From<UnknownNamespace> for CallError {
    fn from(unknown: UnknownNamespace) -> Self {
        Self::Emit(unknown.into())
    }
}

/// A client did not join or leave a room, or the rooms could not be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoomError {
    /// The client is no longer connected.
    #[error("the client is no longer connected")]
    Disconnected,
    /// The name cannot be a room's.
    #[error(
        "`{0}` cannot be the name of a room: names with a leading `~` are the clients' own rooms"
    )]
    InvalidRoom(String),
    /// No class is mounted at this path.
    #[error("no namespace is mounted at `{0}`")]
    UnknownNamespace(String),
    /// Some servers of the cluster did not say in time who of their clients is in the room.
    #[error(
        "{servers} of the cluster's servers did not answer in time, so not all clients are known"
    )]
    Incomplete {
        /// Those that are known.
        clients: Vec<Sid>,
        /// How many servers did not answer.
        servers: usize,
    },
    /// The other servers of the cluster were not reached.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

/// A client did not answer a call.
///
/// ```
/// # use hobnob::prelude::*;
/// # async fn handler(client: Client) -> Result<bool> {
/// match client.call("are you sure", ()).await {
///     Ok(sure) => Ok(sure),
///     Err(CallError::Timeout | CallError::Disconnected) => Ok(false),
///     Err(other) => Err(other.into()),
/// }
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The client left before it answered, or was not there.
    #[error("the client left before it answered")]
    Disconnected,
    /// No answer came in time.
    #[error("the client did not answer in time")]
    Timeout,
    /// `on_connect` cannot wait for an answer: its client is not connected before it returns.
    #[error("a client cannot answer before on_connect has returned")]
    Connecting,
    /// The answer is not what was expected.
    #[error("the answer cannot be decoded")]
    Decode(#[from] ArgumentError),
    /// The call was not sent.
    #[error(transparent)]
    Emit(EmitError),
}

impl From<EmitError> for CallError {
    fn from(error: EmitError) -> Self {
        match error {
            EmitError::Disconnected => Self::Disconnected,
            other => Self::Emit(other),
        }
    }
}

/// The server could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A namespace's path cannot be one.
    #[error("`{path}` cannot be the path of a namespace: {reason}")]
    InvalidPath {
        /// The path as it was given.
        path: String,
        /// What to write instead.
        reason: &'static str,
    },
    /// Two classes are mounted at one path.
    #[error(
        "two namespaces are mounted at `{path}`: give one of them another path with `namespace_at`"
    )]
    DuplicateNamespace {
        /// The path they share.
        path: String,
    },
    /// Two functions are there for the same, or two of them are.
    #[error(
        "two functions are there for `{event}` in the namespace `{path}`: leave one of them out"
    )]
    DuplicateFunction {
        /// The path they share.
        path: String,
        /// The event they share.
        event: String,
    },
    /// Two functions are there for one event of other servers.
    #[error("two functions are there for `{event}` of other servers: leave one of them out")]
    DuplicateServerSide {
        /// The event they share.
        event: String,
    },
    /// A function is there for an event that is none.
    #[error("`{event}` in the namespace `{path}` is no event: {reason}")]
    ReservedEvent {
        /// The path it was given.
        path: String,
        /// The name it was given.
        event: String,
        /// What to write instead.
        reason: &'static str,
    },
    /// A function takes a session that the clients of its namespace do not have.
    #[error(
        "the function for `{event}` in the namespace `{path}` takes a `Session<{taken}>`, but `on_connect` there returns `{session}`"
    )]
    OtherSession {
        /// The path of the namespace.
        path: String,
        /// What the function is there for.
        event: String,
        /// The type it takes.
        taken: &'static str,
        /// The type there is.
        session: &'static str,
    },
    /// A function lets clients in with a session that the class of the namespace does not have.
    #[error(
        "the class in the namespace `{path}` takes a `Session<{taken}>`, but the function that is `on_connect` there returns `{session}`"
    )]
    OtherSessionOfClass {
        /// The path of the namespace.
        path: String,
        /// The type that the class takes.
        taken: &'static str,
        /// The type there is.
        session: &'static str,
    },
    /// A middleware is there for a namespace that is not.
    #[error("a middleware is there for the namespace `{path}`, where nothing is mounted")]
    UnknownNamespace {
        /// The path it was given.
        path: String,
    },
    /// An option has a value that cannot work.
    #[error("the option `{option}` cannot be {value}: {reason}")]
    InvalidOption {
        /// The option's method on the builder.
        option: &'static str,
        /// The value it was given.
        value: String,
        /// What to write instead.
        reason: &'static str,
    },
    /// The server could not join the cluster.
    #[error("the server could not join the cluster")]
    Join(#[source] ClusterError),
    /// A namespace could not join the cluster.
    #[error("the namespace `{path}` could not join the cluster")]
    Cluster {
        /// The path of the namespace.
        path: String,
        /// What went wrong.
        #[source]
        source: ClusterError,
    },
}

/// The server could not listen, or stopped listening.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address could not be bound: taken, not this machine's, or not allowed.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address as it was given.
        address: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The listener failed.
    #[error("the server stopped")]
    Io(#[from] io::Error),
}
