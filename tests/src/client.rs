//! How to connect: address, transport, path, query and headers, and the Engine.IO handshake.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::panic::Location;
use std::time::Duration;

use http::header::ORIGIN;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use crate::polling::Polling;
use crate::transport::Transport;
use crate::{Connection, DEADLINE, Refused, Socket, websocket};

/// A client that is about to connect.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) addr: SocketAddr,
    polling: bool,
    path: String,
    query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) patience: Duration,
}

impl Client {
    /// A client that speaks WebSocket from the start.
    pub fn websocket(addr: SocketAddr) -> Self {
        Self {
            addr,
            polling: false,
            path: "/socket.io/".to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            patience: DEADLINE,
        }
    }

    /// A client that speaks HTTP long polling, and goes on with it unless
    /// [told to upgrade](Connection::upgrade).
    pub fn polling(addr: SocketAddr) -> Self {
        Self {
            polling: true,
            ..Self::websocket(addr)
        }
    }

    /// Asks at `path` instead of `/socket.io/`.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Adds a parameter to the query of every request.
    #[must_use]
    pub fn query(mut self, key: &str, value: &str) -> Self {
        let _ = write!(self.query, "&{}={}", escaped(key), escaped(value));
        self
    }

    /// Adds a header to every request.
    ///
    /// # Panics
    ///
    /// If name or value is not allowed in a header.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the name of a header");
        let value = HeaderValue::try_from(value).expect("the value of a header");
        self.headers.append(name, value);
        self
    }

    /// Claims to come from a page of `origin`, for example `https://example.org`.
    ///
    /// # Panics
    ///
    /// If the value is not allowed in a header.
    #[must_use]
    #[track_caller]
    pub fn origin(self, origin: &str) -> Self {
        self.header(ORIGIN.as_str(), origin)
    }

    /// Waits up to `deadline` instead of [`DEADLINE`] for everything on this connection.
    #[must_use]
    pub fn patience(mut self, deadline: Duration) -> Self {
        self.patience = deadline;
        self
    }

    /// Does the Engine.IO handshake.
    ///
    /// # Panics
    ///
    /// If the server refuses it or does not answer in time.
    #[track_caller]
    pub fn open(&self) -> impl Future<Output = Connection> + use<> {
        let caller = Location::caller();
        let client = self.clone();
        async move {
            match client.handshake(caller).await {
                Ok(connection) => connection,
                Err(refused) => panic!("{caller}: the handshake was {refused:?}"),
            }
        }
    }

    /// Does the Engine.IO handshake, unless the server answers with an HTTP status against it.
    ///
    /// # Panics
    ///
    /// If the server does not answer in time, or not as a server of Engine.IO does.
    #[track_caller]
    pub fn try_open(&self) -> impl Future<Output = Result<Connection, HandshakeRefused>> + use<> {
        let caller = Location::caller();
        let client = self.clone();
        async move { client.handshake(caller).await }
    }

    /// Does the handshake and joins `namespace`.
    ///
    /// # Panics
    ///
    /// If the server refuses either or does not answer in time.
    #[track_caller]
    pub fn connect<A>(&self, namespace: &str, auth: A) -> impl Future<Output = Socket> + use<A>
    where
        A: Into<Option<Value>>,
    {
        let caller = Location::caller();
        let (client, namespace, auth) = (self.clone(), namespace.to_owned(), auth.into());
        async move {
            let connection = client.open().await;
            match connection.join(caller, &namespace, auth).await {
                Ok(socket) => socket,
                Err(refused) => panic!("{caller}: {namespace} {refused}"),
            }
        }
    }

    /// Does the handshake and asks to join `namespace`, which must be refused.
    ///
    /// # Panics
    ///
    /// If the server lets the client in or does not answer in time.
    #[track_caller]
    pub fn connect_refused<A>(
        &self,
        namespace: &str,
        auth: A,
    ) -> impl Future<Output = Refused> + use<A>
    where
        A: Into<Option<Value>>,
    {
        let caller = Location::caller();
        let (client, namespace, auth) = (self.clone(), namespace.to_owned(), auth.into());
        async move {
            let connection = client.open().await;
            match connection.join(caller, &namespace, auth).await {
                Ok(socket) => panic!("{caller}: not refused: {socket:?}"),
                Err(refused) => refused,
            }
        }
    }

    async fn handshake(self, caller: &Location<'_>) -> Result<Connection, HandshakeRefused> {
        let opening = async {
            if self.polling {
                let (polling, handshake) = Polling::open(&self).await?;
                Ok((Transport::Polling(Box::new(polling)), handshake))
            } else {
                let (websocket, handshake) = websocket::open(&self).await?;
                Ok((Transport::WebSocket(Box::new(websocket)), handshake))
            }
        };
        let Ok(opened) = timeout(self.patience, opening).await else {
            panic!("{caller}: waited {:?} for the handshake", self.patience);
        };
        match opened {
            Ok((transport, handshake)) => Ok(Connection::new(self, transport, handshake)),
            Err(OpenError::Refused(refused)) => Err(*refused),
            Err(OpenError::Broken(e)) => panic!("{caller}: the handshake failed: {e}"),
        }
    }

    /// Path and query of a request, of a session if there is one already.
    pub(crate) fn target(&self, transport: &str, sid: Option<&str>) -> String {
        let mut target = format!("{}?EIO=4&transport={transport}{}", self.path, self.query);
        if let Some(sid) = sid {
            let _ = write!(target, "&sid={}", escaped(sid));
        }
        target
    }
}

/// What the server told about the session in the Engine.IO handshake.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Handshake {
    /// The id of the session.
    pub sid: String,
    /// The transports it may be upgraded to.
    pub upgrades: Vec<String>,
    /// How often the server sends a ping, in milliseconds.
    pub ping_interval: u64,
    /// How long it waits for the answer, in milliseconds.
    pub ping_timeout: u64,
    /// The size of the largest body or message it takes, in bytes.
    pub max_payload: usize,
}

impl Handshake {
    /// Reads an Engine.IO packet of type `0`.
    pub(crate) fn parse(frame: &str) -> Result<Self, OpenError> {
        let data = frame.strip_prefix('0');
        let data = data.ok_or_else(|| OpenError::Broken(format!("not an open packet: {frame}")))?;
        serde_json::from_str(data).map_err(|e| OpenError::Broken(format!("{e} in {frame}")))
    }
}

/// The server's HTTP answer to a handshake it did not want.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HandshakeRefused {
    /// The status of the answer.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl From<Response<String>> for HandshakeRefused {
    fn from(response: Response<String>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

/// Why a handshake did not succeed.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// The server answered with an HTTP status against it.
    Refused(Box<HandshakeRefused>),
    /// Everything that no server of Engine.IO does.
    Broken(String),
}

/// `text` as it may stand in a query.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte.into());
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}
