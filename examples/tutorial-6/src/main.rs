//! The chat of the tutorial, step 6: a login over HTTP, and an announcement from outside.
//!
//! ```text
//! cargo run -p tutorial-6
//! ```
//!
//! and open <http://127.0.0.1:5000> in two browsers, or in one and in a private window of it. The
//! password is "open sesame". `PORT` is another port.

mod chat;
mod login;
mod page;
mod rooms;

use std::env;

use axum::{Router, extract::State, routing::post};
use hobnob::prelude::*;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::{
    chat::{Chat, Notice, check_length},
    login::User,
};

// ANCHOR: announce
async fn announce(user: User, State(socketio): State<SocketIo>, text: String) -> Result {
    check_length("an announcement", &text, 500)?;
    let announced = Notice::Announced {
        by: &user.nickname,
        text: &text,
    };
    socketio.of("/chat").send(announced).await?;
    Ok(())
}
// ANCHOR_END: announce

// ANCHOR: main
#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder()
        .namespace(Chat::default())
        .build()
        .await?;
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
// ANCHOR_END: main
