//! Class-based [Socket.IO](https://socket.io) namespaces: a struct is a namespace, its `on_*` methods
//! are the event handlers, what a method returns is the acknowledgement.
//!
//! It mirrors the `Namespace` classes of Flask-SocketIO, runs on socketioxide, axum, tokio and serde,
//! and speaks to every client of Socket.IO v3 and v4.
//!
//! ```no_run
//! use hobnob::prelude::*;
//!
//! struct Chat;
//!
//! #[derive(Serialize, Event)]
//! struct Said<'a> {
//!     text: &'a str,
//! }
//!
//! #[namespace("/chat")]
//! impl Chat {
//!     fn on_join(&self, client: Client, room: String) -> Result {
//!         client.join(&room)?;
//!         Ok(())
//!     }
//!
//!     async fn on_say(&self, client: Client, room: String, text: String) -> Result<&'static str> {
//!         client.to(&room).send(Said { text: &text }).await?;
//!         Ok("sent")
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result {
//!     let socketio = SocketIo::builder().namespace(Chat).build().await?;
//!     socketio.serve("127.0.0.1:5000", axum::Router::new()).await
//! }
//! ```
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | **Handlers** | |
//! | what methods and arguments a class can have | [`#[namespace]`](macro@namespace) |
//! | handlers that are functions | [`SocketIoBuilder::on`], [`Handler`], [`concurrent`](fn@concurrent) |
//! | what can be an argument | [`Argument`], [`ConnectArgument`] |
//! | an event as it came | [`EventName`], [`Args`] |
//! | what can be returned | [`Reply`] |
//! | what runs around handlers | [`Middleware`], [`middleware`] |
//! | **Clients** | |
//! | what a handler does with its client | [`Client`]: emit, call, join, disconnect |
//! | who a client is | [`Session`], [`Sid`], [`Request`] |
//! | why it left | [`DisconnectReason`] |
//! | **Sending** | |
//! | whom a broadcast reaches | [`Target`] |
//! | events that know their names | [`Event`], [`#[derive(Event)]`](derive@Event) |
//! | asking a client | [`Client::call`], [`Call`] |
//! | sending from routes and tasks | [`SocketIo::of`], [`NamespaceHandle`], [`Room`], [`RemoteClient`] |
//! | sending from threads that are not async | [`SocketIo::block_on`] |
//! | **The server** | |
//! | several servers as one | [`SocketIoBuilder::cluster`], [`Cluster`] |
//! | options and their defaults | [`SocketIoBuilder`] |
//! | which pages may connect | [`Origins`] |
//! | serving, shutting down | [`SocketIo::serve`], [`SocketIo::layer`], [`SocketIo::shutdown`] |
//! | background tasks | [`SocketIo::spawn`], [`Client::spawn`] |
//! | what the limits did | [`SocketIo::counters`] |
//! | **Errors** | |
//! | what a handler returns | [`Error`], [`Result`] |
//! | refusing a client | [`ConnectionRefused`] |
//! | what `on_error` gets | [`EventError`], [`ArgumentError`], [`Panic`] |
//! | one for each operation | [`EmitError`], [`RoomError`], [`CallError`], [`BuildError`], [`ServeError`] |
//! | **Tests** | |
//! | clients for your own tests | `TestClient`, with the feature `test` |
//!
//! The names that nearly every program needs are in the [`prelude`]. Tutorials, deployment, and both sides
//! of everything for those who come from Flask-SocketIO or from JavaScript are in
//! [the book](https://github.com/hobnob-rs/hobnob/blob/main/book/src/SUMMARY.md), whole programs in
//! [the examples](https://github.com/hobnob-rs/hobnob/tree/main/examples).
//!
//! # The life of a client
//!
//! `on_connect` runs first and may refuse. What it sends waits until the client knows that it is
//! connected, and comes first then. After that the events of one client in one namespace are handled
//! in the order they came, one at a time; different clients do not wait for each other. Whatever
//! ends the connection, `on_disconnect` runs once for everybody whom `on_connect` let in, last of
//! all, with rooms and session still there.
//!
//! # Features
//!
//! All off by default.
//!
//! | feature | what it adds | what it costs |
//! |---|---|---|
//! | `compression` | `SocketIoBuilder::http_compression` for long polling | flate2 and its like |
//! | `cluster` | several servers as one, with a `PubSub` of your own between them: [`SocketIoBuilder::cluster`] | base64, rmp-serde |
//! | `redis`, `postgres`, `mongodb` | the same, with these between them | the client of each, and what it brings |
//! | `garde` | `Valid<T>`, an argument that is checked | the crate of its name |
//! | `msgpack` | clients that speak msgpack: `Parser::MsgPack` in [`SocketIoBuilder::parser`] | rmp |
//! | `test` | `SocketIo::test_client()`: clients for your own tests, without a port | hyper and `tungstenite`, for your tests alone: turn it on in `[dev-dependencies]` |
//!
//! # Threads
//!
//! Every handle is `Send` and `Sync`, cheap to clone where it is `Clone`, and holds nobody up: it may be
//! kept in a state, moved into a task, used from any thread. That is so for [`SocketIo`], [`Client`],
//! [`NamespaceHandle`], [`Room`], [`RemoteClient`], [`Target`], [`Session`] and [`Request`], and for all
//! errors. What is awaited, as a [`Call`], is `Send`.
//!
//! # Logging
//!
//! Through [`tracing`], under these targets: `hobnob::server` (what is mounted, where it listens),
//! `hobnob::connect` (who comes, goes and is refused), `hobnob::event` (a span for each event, and
//! what went wrong), `hobnob::emit` (what did not get through), `hobnob::cluster` (servers that come and
//! go, and what is between them). At the level `info` there are a few
//! lines at the start and the end; mistakes of clients are logged at `debug`, faults of the server at
//! `error`.
//!
//! # Versions
//!
//! It needs Rust 1.94. A newer one is asked for only by a new minor version, as is everything else
//! that breaks a program. What is promised, and what is not, is in
//! [the book's reference](https://github.com/hobnob-rs/hobnob/blob/main/book/src/reference.md#versions).
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
mod adapter;
mod anywhere;
mod argument;
mod client;
mod cluster;
mod dispatch;
mod emit;
mod error;
mod event;
mod failure;
mod farewell;
mod function;
mod lane;
pub mod middleware;
mod mount;
mod namespace;
pub mod prelude;
mod rate;
mod reason;
mod reply;
#[cfg(test)]
mod send_sync;
mod server;
mod session;
mod sid;
#[cfg(feature = "test")]
mod test_client;
mod work;

pub use axum;
pub use bytes::Bytes;
/// An argument that is checked before the handler sees it, by the rules that
/// [garde](https://docs.rs/garde) finds on its type; with the feature `garde`.
///
/// What breaks a rule is answered as what cannot be decoded: with the number of the argument, the field
/// and the rule. In `on_connect` it is the auth object that is checked.
///
/// ```
/// use garde::Validate;
/// use hobnob::{Valid, prelude::*};
///
/// #[derive(Deserialize, Validate)]
/// struct Message {
///     #[garde(length(chars, min = 1, max = 500))]
///     text: String,
/// }
///
/// struct Chat;
///
/// #[namespace("/chat")]
/// impl Chat {
///     fn on_say(&self, message: Valid<Message>) -> usize {
///         message.text.len()
///     }
/// }
/// ```
#[cfg(feature = "garde")]
pub use garde::Valid;
#[doc(inline)]
pub use hobnob_macros::{Event, namespace};
#[doc(no_inline)]
pub use socketioxide::{self, TransportType};

#[cfg(feature = "mongodb")]
pub use crate::cluster::{ConnectMongoDb, MongoDb};
#[cfg(feature = "postgres")]
pub use crate::cluster::{ConnectPostgres, Postgres};
#[cfg(feature = "redis")]
pub use crate::cluster::{ConnectRedis, Redis};
#[cfg(feature = "cluster")]
pub use crate::cluster::{Emitter, EmitterTarget, Inbox, PubSub, ServerAnswers};
#[cfg(feature = "test")]
pub use crate::test_client::{Received, ReceivedCall, TestClient, TestClientBuilder, TestError};
pub use crate::{
    adapter::{Adapter, ClusterError},
    argument::{Args, Argument, ConnectArgument, EventName},
    client::{Client, Request},
    cluster::Cluster,
    emit::{
        Call, Delivery, IntoRoom, IntoRooms, NamespaceHandle, RemoteClient, Room, Sending, Target,
        Volatile,
    },
    error::{
        ArgumentError, BuildError, CallError, ConnectionRefused, EmitError, Error, EventError,
        Panic, Result, RoomError, ServeError,
    },
    event::Event,
    function::{
        Admission, Concurrent, ConnectHandler, DisconnectHandler, FunctionReply, Handler,
        concurrent,
    },
    middleware::Middleware,
    namespace::Namespace,
    reason::DisconnectReason,
    reply::Reply,
    server::{
        Cookie, Counters, Origins, Parser, SameSite, SlowClientPolicy, SocketIo, SocketIoBuilder,
        SocketIoLayer, SocketIoService, Unhandled,
    },
    session::Session,
    sid::{InvalidSid, Sid},
};
