//! A client for tests: in the same process, over a connection in memory.

mod answer;
mod builder;
mod connection;
mod error;
mod expect;
mod inbox;
mod packet;
mod received;
mod send;

use std::{fmt, sync::Arc, time::Duration};

use serde::Serialize;
use serde_json::Value as Json;
use tokio::time::{Instant, timeout_at};

pub use self::{
    builder::TestClientBuilder,
    error::TestError,
    received::{Received, ReceivedCall},
};
use self::{
    connection::Connection,
    inbox::{Inbox, Membership},
    packet::{Kind, frames},
};
use crate::{client::Client, server::SocketIo, sid::Sid};

/// A client of Socket.IO for tests, connected to one namespace of a [`SocketIo`] of the same process.
///
/// It needs no port: the connection is in memory. Everything else is as in earnest: the HTTP request,
/// which the [origins](crate::Origins) are checked of and the extractors of `on_connect` read, the
/// WebSocket, the heartbeat. So many clients of many servers can be in one process, in tests that
/// run side by side.
///
/// ```
/// use hobnob::prelude::*;
///
/// struct Chat;
///
/// #[namespace("/chat")]
/// impl Chat {
///     async fn on_join(&self, client: Client, room: String) -> Result<usize> {
///         client.join(&room)?;
///         client.to(&room).include_self(false).emit("joined", &room).await?;
///         Ok(client.namespace().room(&room).len().await?)
///     }
/// }
///
/// # /*
/// #[tokio::test]
/// # */
/// # #[tokio::main(flavor = "current_thread")]
/// async fn who_is_in_a_room_hears_who_joins_it() -> Result {
///     let socketio = SocketIo::builder().namespace(Chat).build().await?;
///     let anna = socketio.test_client().connect("/chat").await?;
///     let bert = socketio.test_client().connect("/chat").await?;
///
///     assert_eq!(anna.call::<usize>("join", "tea").await?, 1);
///     assert_eq!(bert.call::<usize>("join", "tea").await?, 2);
///
///     assert_eq!(anna.expect::<String>("joined").await?, "tea");
///     bert.expect_none().await?;
///     Ok(())
/// }
/// # who_is_in_a_room_hears_who_joins_it().unwrap();
/// ```
///
/// # Waiting
///
/// Nothing waits for ever: after 5 s, or what [`timeout`](TestClientBuilder::timeout) says, there is
/// a [`TestError`] that says what was awaited and what came instead. With paused time,
/// `#[tokio::test(start_paused = true)]` of tokio's feature `test-util`, waiting takes no time. What a test has to know there: time
/// jumps to the next timer as soon as nobody has anything to do, and whoever waits for a real socket
/// or a blocking task has nothing to do.
///
/// # Leaving
///
/// | | the server sees |
/// |---|---|
/// | [`disconnect`](Self::disconnect) | `client disconnect`: the client leaves this namespace |
/// | [`close`](Self::close), or dropping it | `transport close`: all namespaces of the connection |
/// | [`drop_connection`](Self::drop_connection) | `transport error`: the connection is gone without a word |
/// | [`stop_ponging`](Self::stop_ponging) | `ping timeout`, when its time has come |
///
/// Those that can be awaited return when `on_disconnect` is over, so a test can look at once at what
/// it has done. What came before can still be [taken](Self::received).
///
/// With the feature `test`. Flask-SocketIO: `SocketIOTestClient`.
pub struct TestClient {
    connection: Arc<Connection>,
    inbox: Arc<Inbox>,
    sid: Sid,
    /// The same client as the server sees it.
    there: Option<Client>,
    socketio: SocketIo,
    timeout: Duration,
}

impl TestClient {
    async fn enter(
        socketio: &SocketIo,
        connection: Arc<Connection>,
        namespace: &str,
        auth: &Json,
        timeout: Duration,
    ) -> Result<Self, TestError> {
        if !namespace.starts_with('/') || namespace.contains(',') {
            let wrong = format!("connect to `{namespace}`: a namespace begins with `/`");
            return Err(TestError::Invalid(wrong));
        }
        // In the frame a number would be that of an acknowledgement.
        if auth.is_number() {
            let wrong = format!("the auth object: {auth} is none");
            return Err(TestError::Invalid(wrong));
        }
        let Some(inbox) = connection.enter(namespace) else {
            let wrong = format!("connect to `{namespace}`, where it is connected already");
            return Err(TestError::Invalid(wrong));
        };
        let auth =
            (!auth.is_null()).then(|| socketioxide_core::Value::Str(auth.to_string().into(), None));
        connection.send(frames(Kind::Connect, namespace, None, auth));
        let what = format!("acceptance or refusal in `{namespace}`");
        let engine_sid = inbox
            .wait(&what, timeout, |contents| match &contents.membership {
                Membership::Connected(sid) => Some(Ok(*sid)),
                Membership::Refused(message) => Some(Err(TestError::Refused {
                    namespace: namespace.to_owned(),
                    message: message.clone(),
                })),
                Membership::Asked | Membership::Ended(_) => None,
            })
            .await??;
        let sid = Sid::of(engine_sid, namespace);
        let there = socketio.of(namespace).local_client(sid);
        let client = Self {
            connection,
            inbox,
            sid,
            there,
            socketio: socketio.clone(),
            timeout,
        };
        client.entered().await;
        Ok(client)
    }

    /// The acceptance is sent a moment before the server puts the client into its rooms, perhaps on
    /// another thread. The test must not get in between.
    async fn entered(&self) {
        while self
            .there
            .as_ref()
            .is_some_and(|there| there.state().is_connecting() && self.is_connected())
        {
            tokio::task::yield_now().await;
        }
    }

    /// Connects to one more namespace over the same connection, as a browser does that asks for
    /// several. `auth` is the auth object there; `()` is none.
    ///
    /// Each of the two leaves for itself. The connection ends when it is [closed](Self::close) or
    /// all its clients are dropped.
    ///
    /// ```
    /// # use hobnob::prelude::*;
    /// # struct Chat;
    /// # #[namespace("/chat")] impl Chat { fn on_ping(&self) {} }
    /// # struct News;
    /// # #[namespace("/news")] impl News { fn on_ping(&self) {} }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// # let socketio = SocketIo::builder().namespace(Chat).namespace(News).build().await?;
    /// let chat = socketio.test_client().connect("/chat").await?;
    /// let news = chat.also("/news", ()).await?;
    /// chat.disconnect().await?;
    /// assert!(news.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If it is refused there, or is connected there already over this connection.
    pub async fn also(&self, namespace: &str, auth: impl Serialize) -> Result<Self, TestError> {
        let auth = serde_json::to_value(auth)
            .map_err(|wrong| TestError::Invalid(format!("the auth object: {wrong}")))?;
        let connection = Arc::clone(&self.connection);
        Self::enter(&self.socketio, connection, namespace, &auth, self.timeout).await
    }

    /// The namespace it is or was connected to.
    pub fn namespace(&self) -> &str {
        &self.inbox.namespace
    }

    /// The public id that the server knows it by: what [`Client::sid`](crate::Client::sid) is in a
    /// handler. With it the test reaches the client through the server:
    /// `socketio.of("/chat").to(client.sid())`, or
    /// [`local_client`](crate::NamespaceHandle::local_client).
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// Whether it is connected to its namespace, as far as it knows.
    pub fn is_connected(&self) -> bool {
        self.inbox.is_connected()
    }

    /// Leaves the namespace. Other namespaces of the connection are not concerned. Once it has left,
    /// it does nothing.
    ///
    /// # Errors
    ///
    /// If `on_disconnect` is not over in time.
    pub async fn disconnect(&self) -> Result<(), TestError> {
        if self.is_connected() {
            let leave = frames(Kind::Disconnect, self.namespace(), None, None);
            self.connection.send(leave);
            self.inbox.leave("the test disconnected the client");
        }
        self.disconnected().await
    }

    /// Closes the connection with the WebSocket's own goodbye, as a browser does with a page that is
    /// left. All its namespaces are left; those of other clients on it may still be in their
    /// `on_disconnect` when this returns.
    ///
    /// # Errors
    ///
    /// If `on_disconnect` is not over in time.
    pub async fn close(&self) -> Result<(), TestError> {
        self.connection.close();
        self.disconnected().await
    }

    /// Drops the connection without a word, as a network does that fails. Otherwise as
    /// [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// If `on_disconnect` is not over in time.
    pub async fn drop_connection(&self) -> Result<(), TestError> {
        self.connection.abort();
        self.disconnected().await
    }

    /// Answers no more pings of the server, as a client that hangs. The server takes notice after its
    /// [ping interval](crate::SocketIoBuilder::ping_interval) and
    /// [timeout](crate::SocketIoBuilder::ping_timeout), 45 s at most by default: a test that waits
    /// for it pauses the time, and has to be patient enough.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use hobnob::prelude::*;
    /// # async fn test(socketio: SocketIo) -> Result {
    /// // in a #[tokio::test(start_paused = true)]
    /// let patient = socketio.test_client().timeout(Duration::from_secs(60));
    /// let client = patient.connect("/chat").await?;
    /// client.stop_ponging();
    /// client.disconnected().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stop_ponging(&self) {
        self.connection.stop_ponging();
    }

    /// Returns when the client is not connected any more, whoever ended it, and `on_disconnect` is
    /// over.
    ///
    /// # Errors
    ///
    /// If that is not so in time.
    pub async fn disconnected(&self) -> Result<(), TestError> {
        let until = Instant::now() + self.timeout;
        let what = format!("the end in `{}`", self.namespace());
        let ended = self.inbox.wait(&what, self.timeout, |contents| {
            contents.end().is_some().then_some(())
        });
        ended.await?;
        let seen_off = timeout_at(until, self.seen_off()).await;
        seen_off.map_err(|_| {
            let what = format!("the end of on_disconnect in `{}`", self.namespace());
            self.inbox.timeout(&what, self.timeout)
        })
    }

    /// Returns when the server has let go of the client.
    async fn seen_off(&self) {
        let Some(there) = &self.there else { return };
        let namespace = &there.state().namespace;
        loop {
            let left = namespace.left();
            if namespace.client(self.sid).as_ref() != Some(there) {
                return;
            }
            left.await;
        }
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("namespace", &self.namespace())
            .field("sid", &self.sid)
            .field("connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}
