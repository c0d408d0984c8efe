//! The server that hobnob is measured with: four events in the namespace `/bench`, typed payloads,
//! all defaults on. It listens on `127.0.0.1:$PORT`.
//!
//! ```text
//! PORT=5001 cargo run --release -p bench-server
//! ```

use axum::Router;
use hobnob::prelude::*;

#[derive(Serialize, Deserialize)]
struct Message {
    n: u64,
    text: String,
}

#[derive(Serialize, Deserialize, Event)]
struct Say {
    p: u32,
    n: u64,
    text: String,
}

// ANCHOR: class
struct Bench;

#[namespace("/bench")]
impl Bench {
    /// Answered with what was sent.
    fn on_echo(&self, message: Message) -> Message {
        message
    }

    /// Sent back as an event.
    #[event("echo_emit")]
    fn echo_by_event(&self, client: Client, message: Message) -> Result {
        Ok(client.emit("echo", message)?)
    }

    fn on_join(&self, client: Client, room: String) -> Result<bool> {
        client.join(room)?;
        Ok(true)
    }

    /// Sent to everybody in the room, its sender included.
    async fn on_say(&self, client: Client, say: Say) -> Result {
        client.to("r").send(say).await?;
        Ok(())
    }
}
// ANCHOR_END: class

#[tokio::main]
async fn main() -> Result {
    let port = std::env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    let socketio = SocketIo::builder().namespace(Bench).build().await?;
    socketio
        .serve(format!("127.0.0.1:{port}"), Router::new())
        .await
}
