//! The chat of the tutorial, step 2: typed arguments, answers, errors.
//!
//! ```text
//! cargo run -p tutorial-2
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `PORT` is another port.

mod page;

use std::env;

use hobnob::prelude::*;

// ANCHOR: message
/// What the page sends, and what everybody gets.
#[derive(Deserialize, Serialize)]
struct Message {
    from: String,
    text: String,
}
// ANCHOR_END: message

struct Chat;

#[namespace("/chat")]
impl Chat {
    // ANCHOR: say
    /// Answers how many people are there to read it.
    async fn on_say(&self, client: Client, message: Message) -> Result<usize> {
        if !(1..=500).contains(&message.text.chars().count()) {
            return Err(Error::public("a message has 1 to 500 characters"));
        }
        client.broadcast().emit("said", message).await?;
        Ok(client.namespace().clients().await?.len())
    }
    // ANCHOR_END: say
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder().namespace(Chat).build().await?;
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    let address = format!("127.0.0.1:{port}");
    socketio.serve(address, page::routes()?).await
}
