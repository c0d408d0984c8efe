//! The options that concern HTTP: transports, upgrades, the cookie, compression.

use std::time::Duration;

use socketioxide::TransportType;

use super::{Cookie, SocketIoBuilder, options::FOREVER};
use crate::error::BuildError;

impl SocketIoBuilder {
    /// Whether pages of other origins may send cookies and passwords with long polling: they may, if
    /// [`origins`](Self::origins) lets them connect. It is the header
    /// `Access-Control-Allow-Credentials`; without it a browser hides the answers from a page that
    /// sent them. A WebSocket has its cookies either way.
    ///
    /// Flask-SocketIO: `cors_credentials`.
    pub fn cors_credentials(mut self, allowed: bool) -> Self {
        self.options.cors_credentials = allowed;
        self
    }

    /// Over which transports clients may connect: long polling and WebSocket. On the others they are
    /// refused with status 400.
    ///
    /// The JavaScript client begins with long polling. Where there is only WebSocket, it has to be
    /// told with its own option `transports`.
    ///
    /// Flask-SocketIO: `transports`.
    ///
    /// ```
    /// use hobnob::{SocketIo, TransportType};
    ///
    /// SocketIo::builder().transports([TransportType::Websocket]);
    /// ```
    pub fn transports(mut self, transports: impl IntoIterator<Item = TransportType>) -> Self {
        self.options.transports = transports.into_iter().collect();
        self
    }

    /// Whether a session that began with long polling may go on over a WebSocket: it may. Without,
    /// clients are not offered it, and who asks all the same is refused with status 400. A session
    /// may still begin with a WebSocket, unless [`transports`](Self::transports) has none.
    ///
    /// Flask-SocketIO: `allow_upgrades`.
    pub fn upgrades(mut self, allowed: bool) -> Self {
        self.options.upgrades = allowed;
        self
    }

    /// How long such an upgrade may take: 10 s. Then the session is closed.
    pub fn upgrade_timeout(mut self, timeout: Duration) -> Self {
        self.upgrade_timeout = timeout.min(FOREVER);
        self
    }

    /// A cookie for load balancers that keep a client with its server, set when a session begins over
    /// long polling: there is none. See [`Cookie`].
    ///
    /// Flask-SocketIO: `cookie`.
    pub fn cookie(mut self, cookie: impl Into<Cookie>) -> Self {
        self.options.cookie = Some(cookie.into());
        self
    }

    /// Compresses what long polling answers, from this many bytes on, with gzip or deflate if the
    /// client takes them: it is off. A WebSocket is not concerned.
    ///
    /// It costs time for each answer, and saves most for text that repeats itself.
    ///
    /// With the feature `compression` of this crate.
    ///
    /// Flask-SocketIO: `http_compression` and `compression_threshold`; there it is on, from 1024 bytes.
    ///
    /// ```
    /// use hobnob::SocketIo;
    ///
    /// SocketIo::builder().http_compression(1024);
    /// ```
    #[cfg(feature = "compression")]
    pub fn http_compression(mut self, threshold_bytes: usize) -> Self {
        let threshold = threshold_bytes.try_into().unwrap_or(u64::MAX);
        self.options.http_compression = Some(threshold);
        self
    }

    pub(super) fn check_http(&self) -> Result<(), BuildError> {
        if self.options.transports.is_empty() {
            return Err(BuildError::InvalidOption {
                option: "transports",
                value: "empty".to_owned(),
                reason: "nobody could connect; it is `Polling`, `Websocket` or both",
            });
        }
        self.options.cookie.as_ref().map_or(Ok(()), Cookie::check)
    }
}
