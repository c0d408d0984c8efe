//! The chat of the tutorial, step 1: whatever somebody says is sent to everybody.
//!
//! ```text
//! cargo run -p tutorial-1
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `PORT` is another port.

mod page;

use std::env;

use hobnob::prelude::*;

// ANCHOR: class
struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, client: Client, text: String) -> Result {
        client.broadcast().emit("said", text).await?;
        Ok(())
    }
}
// ANCHOR_END: class

// ANCHOR: main
#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder().namespace(Chat).build().await?;
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    let address = format!("127.0.0.1:{port}");
    socketio.serve(address, page::routes()?).await
}
// ANCHOR_END: main
