//! A client that is about to connect: what its request and its auth object are.

use std::{fmt::Display, net::SocketAddr, sync::Arc, time::Duration};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderName, HeaderValue, Request, header};
use serde::Serialize;
use serde_json::Value as Json;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;

use super::{TestClient, TestError, connection::Connection};
use crate::server::{FOREVER, SocketIo};

/// The name of the server in its clients' requests.
const HOST: &str = "localhost";

impl SocketIo {
    /// Begins a client for a test: tell what its request is like, then
    /// [`connect`](TestClientBuilder::connect). It needs no port and no `serve`. See [`TestClient`].
    ///
    /// With the feature `test`. Flask-SocketIO: `socketio.test_client(app)`.
    pub fn test_client(&self) -> TestClientBuilder {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 0))));
        TestClientBuilder {
            socketio: self.clone(),
            query: String::new(),
            headers: http::HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(HOST))]),
            extensions,
            auth: Json::Null,
            timeout: Duration::from_secs(5),
            wrong: None,
        }
    }
}

/// How a [`TestClient`] connects. Got from [`SocketIo::test_client`].
///
/// It connects as many clients as it is told to, each over a connection of its own.
///
/// ```
/// # use hobnob::{TestError, prelude::*};
/// # #[derive(Deserialize)] struct Login { nickname: String }
/// # struct Chat;
/// # #[namespace("/chat")]
/// # impl Chat {
/// #     fn on_connect(&self, login: Login) -> Result<(), ConnectionRefused> {
/// #         if login.nickname.is_empty() { Err("a nickname, please")?; }
/// #         Ok(())
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// # let socketio = SocketIo::builder().namespace(Chat).build().await?;
/// use serde_json::json;
///
/// let visitor = socketio.test_client().query("lang=en").cookie("id", "7");
/// let anna = visitor.clone().auth(json!({ "nickname": "anna" })).connect("/chat").await?;
/// let bert = visitor.clone().auth(json!({ "nickname": "bert" })).connect("/chat").await?;
/// assert_ne!(anna.sid(), bert.sid());
///
/// let nobody = visitor.auth(json!({ "nickname": "" })).connect("/chat").await;
/// assert_eq!(nobody.unwrap_err().refusal(), Some("a nickname, please"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a client is connected with `.connect(\"/\").await`"]
pub struct TestClientBuilder {
    socketio: SocketIo,
    query: String,
    headers: http::HeaderMap,
    extensions: Extensions,
    auth: Json,
    timeout: Duration,
    /// The first mistake, for `connect` to tell.
    wrong: Option<String>,
}

impl TestClientBuilder {
    /// Adds to the query of the request: `a=b`, or `a=b&c=d`, encoded as in a URL. A leading `?` is
    /// left out.
    pub fn query(mut self, query: &str) -> Self {
        self.query.push('&');
        self.query.push_str(query.trim_start_matches(['?', '&']));
        self
    }

    /// Adds a header to the request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            // There can be one only.
            (Ok(header::HOST), Ok(value)) => {
                self.headers.insert(header::HOST, value);
            }
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
            }
            (Err(wrong), _) => self.note(format_args!("the header `{name}`: {wrong}")),
            (_, Err(wrong)) => self.note(format_args!("the header `{name}`: {wrong}")),
        }
        self
    }

    /// Adds a cookie to the request.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        let before = self.headers.remove(header::COOKIE);
        let before = before.as_ref().and_then(|before| before.to_str().ok());
        let cookies = match before {
            Some(before) => format!("{before}; {name}={value}"),
            None => format!("{name}={value}"),
        };
        self.header(header::COOKIE.as_str(), &cookies)
    }

    /// Lets the request come from a page of this site, as a browser says it: `https://example.com`.
    /// Without it the client is no browser, and [`Origins`](crate::Origins) let it through. The
    /// server is `localhost`, unless the header `host` says otherwise, so `http://localhost` is the
    /// same origin.
    pub fn origin(self, origin: &str) -> Self {
        self.header(header::ORIGIN.as_str(), origin)
    }

    /// Lets the request come from this address. The default is `127.0.0.1:0`.
    pub fn remote_addr(self, address: SocketAddr) -> Self {
        self.extension(ConnectInfo(address))
    }

    /// Adds an extension to the request, as a layer in front of the server would: the user it has
    /// found to a token, for example.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.insert(value);
        self
    }

    /// The auth object, which `on_connect` takes as its argument. `()` is none.
    pub fn auth(mut self, auth: impl Serialize) -> Self {
        match serde_json::to_value(auth) {
            Ok(auth) => self.auth = auth,
            Err(wrong) => self.note(format_args!("the auth object: {wrong}")),
        }
        self
    }

    /// How long the client waits for anything: 5 s. Time that is paused stands still as long as the
    /// server or the test has something to do.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(FOREVER);
        self
    }

    /// Connects to a namespace, over a connection of its own, and returns when the client is
    /// connected on both sides: what is sent from then on reaches it.
    ///
    /// # Errors
    ///
    /// [`TestError::Refused`] if `on_connect` refuses or nothing is mounted there,
    /// [`TestError::Handshake`] if the connection is refused before that,
    /// [`TestError::Timeout`] if `on_connect` takes longer than the client waits, and
    /// [`TestError::Invalid`] if a header, the query or the auth object cannot be sent.
    pub async fn connect(&self, namespace: &str) -> Result<TestClient, TestError> {
        let request = self.request()?;
        let opening = Connection::open(&self.socketio, request);
        let connection = tokio::time::timeout(self.timeout, opening)
            .await
            .map_err(|_| TestError::Timeout {
                what: "the answer to the request".to_owned(),
                waited: self.timeout,
                instead: Vec::new(),
            })??;
        let connection = Arc::new(connection);
        TestClient::enter(
            &self.socketio,
            connection,
            namespace,
            &self.auth,
            self.timeout,
        )
        .await
    }

    fn request(&self) -> Result<Request<()>, TestError> {
        if let Some(wrong) = &self.wrong {
            return Err(TestError::Invalid(wrong.clone()));
        }
        let path = &self.socketio.options().path;
        let query = &self.query;
        let uri = format!("ws://{HOST}{path}/?EIO=4&transport=websocket{query}");
        let request = Request::get(uri)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, generate_key())
            .body(());
        let mut request =
            request.map_err(|wrong| TestError::Invalid(format!("the query `{query}`: {wrong}")))?;
        request.headers_mut().extend(self.headers.clone());
        *request.extensions_mut() = self.extensions.clone();
        Ok(request)
    }

    fn note(&mut self, wrong: impl Display) {
        self.wrong.get_or_insert_with(|| wrong.to_string());
    }
}
