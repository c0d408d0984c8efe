//! The chat of the tutorial, step 9: two nodes, with Redis between them.
//!
//! ```text
//! export CHAT_PASSWORD="open sesame"
//! PORT=5000 cargo run -p tutorial-9 &
//! PORT=5001 cargo run -p tutorial-9
//! ```
//!
//! with a Redis server beside it. Then open <http://127.0.0.1:5000> in one browser and
//! <http://127.0.0.1:5001> in another, or in a private window. `config.rs` says what else can be set.

mod chat;
mod config;
mod login;
mod page;
mod sessions;
mod store;

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use hobnob::{Redis, prelude::*};
use tower_sessions::SessionManagerLayer;

use crate::{
    chat::{Chat, Notice, check_length},
    config::Config,
    login::User,
    sessions::Sessions,
    store::Store,
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

/// For whoever looks after the program: it answers, and this many are in the chat.
async fn health(State(socketio): State<SocketIo>) -> Result<String> {
    let clients = socketio.of("/chat").clients().await?.len();
    Ok(format!("{clients} clients\n"))
}

// ANCHOR: main
#[tokio::main]
async fn main() -> Result {
    let config = Config::from_env()?;
    tracing_subscriber::fmt().with_env_filter(config.log).init();
    let store = Store::connect(&config.redis).await?;
    let socketio = SocketIo::builder()
        .namespace(Chat::new(store.clone()))
        .cluster(Redis::connect(&config.redis).await?)
        .max_message_size(16 * 1024)
        .max_waiting_events(256)
        .max_waiting_packets(1024)
        .max_namespaces(1)
        .shutdown_timeout(Duration::from_secs(8))
        .build()
        .await?;
    let sessions = SessionManagerLayer::new(Sessions(store)).with_secure(config.https);
    // ANCHOR_END: main
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
