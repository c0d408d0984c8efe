//! The smallest program with a page: one event, its answer, and a message to everybody.
//!
//! ```text
//! cargo run -p hello
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs.

// ANCHOR: program
use axum::{Router, response::Html, routing::get};
use hobnob::prelude::*;

// ANCHOR: class
struct Hello;

#[namespace]
impl Hello {
    async fn on_hello(&self, client: Client, name: String) -> Result<String> {
        client.broadcast().send(format!("{name} is here")).await?;
        Ok(format!("Hello, {name}!"))
    }
}
// ANCHOR_END: class

// ANCHOR: main
#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder().namespace(Hello).build().await?;
    let page = Router::new().route("/", get(Html(include_str!("page.html"))));
    socketio.serve("127.0.0.1:5000", page).await
}
// ANCHOR_END: main
// ANCHOR_END: program
