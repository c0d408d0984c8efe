//! Why a client left.

use std::fmt;

/// Why a client left: an argument of `on_disconnect`.
///
/// As text it is what Flask-SocketIO says, and reasons that it does not have.
///
/// ```
/// use hobnob::DisconnectReason;
///
/// assert_eq!(DisconnectReason::ClientDisconnect.to_string(), "client disconnect");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The client left the namespace: `client disconnect`.
    ClientDisconnect,
    /// The server told it to go, as with [`Client::disconnect`](crate::Client::disconnect):
    /// `server disconnect`.
    ServerDisconnect,
    /// The connection was closed, or the client went away: `transport close`.
    TransportClose,
    /// The connection broke or was misused: `transport error`.
    TransportError,
    /// The client did not answer the ping in time: `ping timeout`.
    PingTimeout,
    /// The client sent what is no packet: `parse error`.
    ParseError,
    /// Too many packets waited to go out to it: `slow client`.
    SlowClient,
    /// Too many of its events waited to be handled: `too many events`.
    TooManyEvents,
    /// The server is going down: `server shutting down`.
    ServerShutdown,
}

impl DisconnectReason {
    /// The reason as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientDisconnect => "client disconnect",
            Self::ServerDisconnect => "server disconnect",
            Self::TransportClose => "transport close",
            Self::TransportError => "transport error",
            Self::PingTimeout => "ping timeout",
            Self::ParseError => "parse error",
            Self::SlowClient => "slow client",
            Self::TooManyEvents => "too many events",
            Self::ServerShutdown => "server shutting down",
        }
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<socketioxide::socket::DisconnectReason> for DisconnectReason {
    fn from(reason: socketioxide::socket::DisconnectReason) -> Self {
        use socketioxide::socket::DisconnectReason as Engine;
        match reason {
            Engine::TransportClose => Self::TransportClose,
            Engine::TransportError | Engine::MultipleHttpPollingError => Self::TransportError,
            Engine::HeartbeatTimeout => Self::PingTimeout,
            Engine::PacketParsingError => Self::ParseError,
            Engine::ClientNSDisconnect => Self::ClientDisconnect,
            Engine::ServerNSDisconnect => Self::ServerDisconnect,
            Engine::ClosingServer => Self::ServerShutdown,
        }
    }
}
