//! The chat of the tutorial, step 7: the chat of step 6, with tests.
//!
//! ```text
//! cargo run -p tutorial-7
//! ```
//!
//! and open <http://127.0.0.1:5000> in two browsers, or in one and in a private window of it. The
//! password is "open sesame". `PORT` is another port.

mod chat;
mod login;
mod page;
mod rooms;
#[cfg(test)]
mod tests;

use std::env;

use axum::{Router, extract::State, routing::post};
use hobnob::prelude::*;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::{
    chat::{Chat, Notice, check_length},
    login::User,
};

async fn announce(user: User, State(socketio): State<SocketIo>, text: String) -> Result {
    check_length("an announcement", &text, 500)?;
    let announced = Notice::Announced {
        by: &user.nickname,
        text: &text,
    };
    socketio.of("/chat").send(announced).await?;
    Ok(())
}

// ANCHOR: server
/// The server without its pages: what the tests talk to.
async fn server() -> Result<SocketIo> {
    let builder = SocketIo::builder().namespace(Chat::default());
    Ok(builder.build().await?)
}
// ANCHOR_END: server

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = server().await?;
    // For https only, unless it is told otherwise.
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let app = Router::new()
        .route("/announce", post(announce))
        .with_state(socketio.clone())
        .merge(login::routes())
        .merge(page::routes()?)
        .layer(socketio.layer())
        .layer(sessions);
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("127.0.0.1:{port}"), app).await
}
