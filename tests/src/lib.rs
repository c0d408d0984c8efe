//! The support library of the behaviour tests: a small raw client of Engine.IO v4 and Socket.IO
//! (protocol version 5), over WebSocket and over HTTP long polling.
//!
//! It knows nothing of the framework it tests, and it does nothing on its own but answer the
//! heartbeat. Whatever waits, waits [no longer than a deadline](DEADLINE) and then panics with
//! what it waited for, from which line of the test, and what came instead.
//!
//! ```ignore
//! let anna = Client::polling(addr).connect("/chat", json!({ "nickname": "anna" })).await;
//! let bert = Client::websocket(addr).connect("/chat", json!({ "nickname": "bert" })).await;
//!
//! assert_eq!(anna.call("join", ("tea",)).await.only(), 1);
//! assert_eq!(bert.call("join", ("tea",)).await.only(), 2);
//! assert_eq!(anna.expect("message").await, ["bert has entered the room."]);
//! anna.expect_nothing_until_ack("fence").await;
//!
//! bert.abort().await;
//! assert_eq!(anna.expect("message").await, ["bert has left the room."]);
//! ```
//!
//! A [`Client`] describes how to connect, a [`Connection`] is one Engine.IO session, a [`Socket`]
//! is a connection's membership in one namespace.

mod client;
mod connection;
mod deadline;
mod expect;
pub mod http;
mod link;
mod packet;
mod payload;
mod polling;
mod program;
mod received;
mod socket;
mod transport;
mod websocket;

pub use client::{Client, Handshake, HandshakeRefused};
pub use connection::Connection;
pub use deadline::{DEADLINE, Settled, deadline, eventually};
pub use link::Closed;
pub use packet::{Frame, placeholder};
pub use program::Program;
pub use received::{Ack, Received, Refused};
pub use socket::Socket;

/// The Rust in README and book: compiled, and where it claims an answer, run.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../book/src/introduction.md")]
    mod introduction {}
    #[doc = include_str!("../../book/src/quick-start.md")]
    mod quick_start {}
    #[doc = include_str!("../../book/src/namespaces.md")]
    mod namespaces {}
    #[doc = include_str!("../../book/src/events.md")]
    mod events {}
    #[doc = include_str!("../../book/src/answers.md")]
    mod answers {}
    #[doc = include_str!("../../book/src/emitting.md")]
    mod emitting {}
    #[doc = include_str!("../../book/src/rooms.md")]
    mod rooms {}
    #[doc = include_str!("../../book/src/connecting.md")]
    mod connecting {}
    #[doc = include_str!("../../book/src/sessions.md")]
    mod sessions {}
    #[doc = include_str!("../../book/src/errors.md")]
    mod errors {}
    #[doc = include_str!("../../book/src/order.md")]
    mod order {}
    #[doc = include_str!("../../book/src/middleware.md")]
    mod middleware {}
    #[doc = include_str!("../../book/src/http.md")]
    mod http {}
    #[doc = include_str!("../../book/src/typed-events.md")]
    mod typed_events {}
    #[doc = include_str!("../../book/src/testing.md")]
    mod testing {}
    #[doc = include_str!("../../book/src/limits.md")]
    mod limits {}
    #[doc = include_str!("../../book/src/deploying.md")]
    mod deploying {}
    #[doc = include_str!("../../book/src/more-than-one-machine.md")]
    mod more_than_one_machine {}
    #[doc = include_str!("../../book/src/tutorial-1.md")]
    mod tutorial_1 {}
    #[doc = include_str!("../../book/src/tutorial-2.md")]
    mod tutorial_2 {}
    #[doc = include_str!("../../book/src/tutorial-3.md")]
    mod tutorial_3 {}
    #[doc = include_str!("../../book/src/tutorial-4.md")]
    mod tutorial_4 {}
    #[doc = include_str!("../../book/src/tutorial-5.md")]
    mod tutorial_5 {}
    #[doc = include_str!("../../book/src/tutorial-6.md")]
    mod tutorial_6 {}
    #[doc = include_str!("../../book/src/tutorial-7.md")]
    mod tutorial_7 {}
    #[doc = include_str!("../../book/src/tutorial-8.md")]
    mod tutorial_8 {}
    #[doc = include_str!("../../book/src/tutorial-9.md")]
    mod tutorial_9 {}
    #[doc = include_str!("../../book/src/coming-from-flask-socketio.md")]
    mod coming_from_flask_socketio {}
    #[doc = include_str!("../../book/src/coming-from-javascript.md")]
    mod coming_from_javascript {}
    #[doc = include_str!("../../book/src/how-it-works.md")]
    mod how_it_works {}
    #[doc = include_str!("../../book/src/reference.md")]
    mod reference {}
    #[doc = include_str!("../../book/src/troubleshooting.md")]
    mod troubleshooting {}
    #[doc = include_str!("../../book/src/performance.md")]
    mod performance {}
}
