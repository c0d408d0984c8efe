//! The chat of the tutorial, step 8: limits, configuration, a log, an orderly end.
//!
//! ```text
//! CHAT_PASSWORD="open sesame" cargo run -p tutorial-8
//! ```
//!
//! and open <http://127.0.0.1:5000> in two browsers, or in one and in a private window of it.
//! `config.rs` says what else can be set.

mod chat;
mod config;
mod login;
mod page;
mod rooms;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use hobnob::prelude::*;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::{
    chat::{Chat, Notice, check_length},
    config::Config,
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

// ANCHOR: health
/// For whoever looks after the program: it answers, and this many are in the chat.
async fn health(State(socketio): State<SocketIo>) -> Result<String> {
    let clients = socketio.of("/chat").clients().await?.len();
    Ok(format!("{clients} clients\n"))
}
// ANCHOR_END: health

// ANCHOR: server
/// The server without its pages: what the tests talk to.
async fn server() -> Result<SocketIo> {
    let builder = SocketIo::builder()
        .namespace(Chat::default())
        .max_message_size(16 * 1024)
        .max_waiting_events(256)
        .max_waiting_packets(1024)
        .max_namespaces(1)
        .shutdown_timeout(Duration::from_secs(8));
    Ok(builder.build().await?)
}
// ANCHOR_END: server

// ANCHOR: main
#[tokio::main]
async fn main() -> Result {
    let config = Config::from_env()?;
    tracing_subscriber::fmt().with_env_filter(config.log).init();
    let socketio = server().await?;
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(config.https);
    let app = Router::new()
        .route("/announce", post(announce))
        .route("/health", get(health))
        .with_state(socketio.clone())
        .merge(login::routes(&config.password))
        .merge(page::routes()?)
        .layer(socketio.layer())
        .layer(sessions);
    socketio.serve(config.address, app).await?;
    tracing::info!("everybody has left");
    Ok(())
}
// ANCHOR_END: main
