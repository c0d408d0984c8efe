//! The chat of the tutorial, step 3: everybody has a nickname, and nobody has another's.
//!
//! ```text
//! cargo run -p tutorial-3
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `PORT` is another port.

mod page;

use std::{collections::HashSet, env};

use hobnob::prelude::*;
use tokio::sync::Mutex;

// ANCHOR: user
/// What the page sends when it connects.
#[derive(Deserialize)]
struct Login {
    nickname: String,
}

/// Who a client is, for as long as it is connected.
struct User {
    nickname: String,
}
// ANCHOR_END: user

/// What everybody gets.
#[derive(Serialize)]
struct Message<'a> {
    from: &'a str,
    text: String,
}

// ANCHOR: state
#[derive(Default)]
struct Chat {
    nicknames: Mutex<HashSet<String>>,
}

#[namespace("/chat", session = User)]
impl Chat {
    // ANCHOR_END: state
    // ANCHOR: connect
    async fn on_connect(&self, client: Client, login: Login) -> Result<User> {
        let nickname = login.nickname.trim();
        if !(1..=24).contains(&nickname.chars().count()) {
            return Err(Error::public("a nickname has 1 to 24 characters"));
        }
        // This waits until the client is let in, and is dropped if it is refused.
        let others = client.broadcast().include_self(false);
        others.emit("came", nickname).await?;
        // Last, since who is refused after this would keep the nickname.
        if !self.nicknames.lock().await.insert(nickname.to_owned()) {
            return Err(Error::public(format!("{nickname} is taken")));
        }
        let nickname = nickname.to_owned();
        Ok(User { nickname })
    }
    // ANCHOR_END: connect

    // ANCHOR: say
    async fn on_say(&self, client: Client, user: Session<User>, text: String) -> Result<usize> {
        if !(1..=500).contains(&text.chars().count()) {
            return Err(Error::public("a message has 1 to 500 characters"));
        }
        let from = &user.nickname;
        client
            .broadcast()
            .emit("said", Message { from, text })
            .await?;
        Ok(client.namespace().clients().await?.len())
    }
    // ANCHOR_END: say

    // ANCHOR: disconnect
    async fn on_disconnect(
        &self,
        client: Client,
        user: Session<User>,
        reason: DisconnectReason,
    ) -> Result {
        tracing::info!("{} left: {reason}", user.nickname);
        // Locked until that is told: nobody comes under this nickname before it has left.
        let mut nicknames = self.nicknames.lock().await;
        nicknames.remove(&user.nickname);
        client.broadcast().emit("left", &user.nickname).await?;
        Ok(())
    }
    // ANCHOR_END: disconnect
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder()
        .namespace(Chat::default())
        .build()
        .await?;
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    let address = format!("127.0.0.1:{port}");
    socketio.serve(address, page::routes()?).await
}
