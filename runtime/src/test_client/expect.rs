//! What a test expects of a client: that something comes, or that nothing does.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Received, ReceivedCall, TestClient, TestError};

/// How long nothing has to come until it is believed.
const SILENCE: Duration = Duration::from_millis(100);

impl TestClient {
    /// Takes all events that have come and were not taken yet, in the order they came. It does not
    /// wait; what handlers sent is there for certain after a [`call`](Self::call) that they have
    /// answered, or after an event that they sent later. It goes on working when the client has
    /// left.
    ///
    /// Flask-SocketIO: `client.get_received()`.
    ///
    /// ```
    /// # use hobnob::{Received, TestError, prelude::*};
    /// # struct Echo;
    /// # #[namespace]
    /// # impl Echo {
    /// #     fn on_count(&self, client: Client) -> Result { client.emit("count", 1)?; client.emit("count", 2)?; Ok(()) }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// # let client = SocketIo::builder().namespace(Echo).build().await?.test_client().connect("/").await?;
    /// client.call::<()>("count", ()).await?;
    /// assert_eq!(client.received(), [Received::new("count", 1), Received::new("count", 2)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn received(&self) -> Vec<Received> {
        self.inbox.contents().events.drain(..).collect()
    }

    /// Waits for the next event of this name, takes it and decodes its arguments: the first as it is,
    /// a tuple for several, `()` if they do not matter.
    ///
    /// Events of other names that came before it are kept, for other `expect`s and for
    /// [`received`](Self::received). So two `expect`s of different names do not say which came
    /// first; [`received`](Self::received) does. An event that came earlier counts: `expect` takes
    /// the first one that was not taken yet.
    ///
    /// # Errors
    ///
    /// If it does not come in time, or cannot come any more because the client has left; or if its
    /// arguments are not a `T`.
    pub async fn expect<T: DeserializeOwned>(&self, event: &str) -> Result<T, TestError> {
        let what = format!("the event `{event}` in `{}`", self.namespace());
        let received = self.take(&what, |received| received.event() == event);
        received.await?.decode()
    }

    /// Waits for the next event of this name that the server sent with
    /// [`Client::call`](crate::Client::call), so that it can be [answered](ReceivedCall::answer).
    /// Other events are kept, as with [`expect`](Self::expect).
    ///
    /// A handler that calls its own client returns only when it is answered, so a test waits for
    /// both at a time:
    ///
    /// ```
    /// use hobnob::{TestError, prelude::*};
    ///
    /// struct Hall;
    ///
    /// #[namespace]
    /// impl Hall {
    ///     async fn on_greet(&self, client: Client) -> Result<String> {
    ///         let name: String = client.call("name", "please").await?;
    ///         Ok(format!("hello, {name}"))
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// # let socketio = SocketIo::builder().namespace(Hall).build().await?;
    /// # let client = socketio.test_client().connect("/").await?;
    /// let answering = async {
    ///     let question = client.expect_call("name").await?;
    ///     assert_eq!(question.get::<String>(0)?, "please");
    ///     question.answer("anna")
    /// };
    /// let (greeting, answered) = tokio::join!(client.call::<String>("greet", ()), answering);
    /// answered?;
    /// assert_eq!(greeting?, "hello, anna");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If it does not come in time, or cannot come any more.
    pub async fn expect_call(&self, event: &str) -> Result<ReceivedCall<'_>, TestError> {
        let what = format!("a call of `{event}` in `{}`", self.namespace());
        let called = self.take(&what, |received| {
            received.is_call() && received.event() == event
        });
        Ok(ReceivedCall::new(self, called.await?))
    }

    /// Waits 100 ms, in which nothing may come, nor may there be an event that was not taken yet. In
    /// a test with paused time these take no time at all, and everything that the server does
    /// without waiting is done by then.
    ///
    /// # Errors
    ///
    /// If there is an event. The error shows it, and it is kept.
    pub async fn expect_none(&self) -> Result<(), TestError> {
        let what = "an event";
        let came = self.inbox.wait(what, SILENCE, |contents| {
            (!contents.events.is_empty()).then(|| contents.came())
        });
        match came.await {
            Ok(came) => Err(TestError::Unexpected {
                namespace: self.namespace().to_owned(),
                came,
            }),
            // Or disconnected, after which nothing comes either.
            Err(_) => Ok(()),
        }
    }

    async fn take(
        &self,
        what: &str,
        wanted: impl Fn(&Received) -> bool,
    ) -> Result<Received, TestError> {
        self.inbox
            .wait(what, self.timeout, |contents| contents.take(&wanted))
            .await
    }
}
