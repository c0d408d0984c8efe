//! A server to start from: one namespace, one page.

mod board;
#[cfg(test)]
mod tests;

use std::env;

use axum::{Router, response::Html, routing::get};
use hobnob::prelude::*;

use crate::board::Board;

/// The server without its pages: what the tests talk to.
async fn server() -> Result<SocketIo> {
    let builder = SocketIo::builder().namespace(Board::default());
    Ok(builder.build().await?)
}

#[tokio::main]
async fn main() -> Result {
    let log = env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    tracing_subscriber::fmt().with_env_filter(log).init();

    let socketio = server().await?;
    let app = Router::new()
        .route("/", get(Html(include_str!("../static/index.html"))))
        .route("/health", get("ok"));
    let host = env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("{host}:{port}"), app).await
}
