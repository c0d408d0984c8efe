//! A chat of two words: whoever has a nickname sends "yo" to everybody and is answered "oohyeah".
//! Everybody sees who is there, and now and then the server says something to one of them.
//!
//! ```text
//! cargo run -p nicknames
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `PORT` is another port.

use std::{collections::HashMap, env, time::Duration};

use axum::{Router, response::Html, routing::get};
use hobnob::prelude::*;
use tokio::sync::Mutex;

/// What the server says when it feels like it.
const REMARKS: [&str; 5] = [
    "This is for you alone.",
    "Nobody else can read this.",
    "I picked you at random.",
    "You look well connected.",
    "Have you said yo today?",
];

type Nicknames = HashMap<Sid, String>;

#[derive(Default)]
struct Yo {
    /// Locked until a change has been sent, so that lists arrive in the order of the changes.
    nicknames: Mutex<Nicknames>,
}

#[namespace("/yo")]
impl Yo {
    /// Who is there, for somebody who has just come.
    async fn on_nicknames(&self, client: Client) -> Result {
        let nicknames = self.nicknames.lock().await;
        client.emit("nicknames", list(&nicknames))?;
        Ok(())
    }

    /// Takes a nickname, the first one or another.
    async fn on_nickname(&self, client: Client, nickname: String) -> Result<String> {
        let nickname = nickname.trim();
        if !(1..=24).contains(&nickname.chars().count()) {
            return Err(Error::public("a nickname has 1 to 24 characters"));
        }
        let mut nicknames = self.nicknames.lock().await;
        let mut others = nicknames.iter().filter(|(sid, _)| **sid != client.sid());
        if others.any(|(_, taken)| taken == nickname) {
            return Err(Error::public(format!("{nickname} is taken")));
        }
        nicknames.insert(client.sid(), nickname.to_owned());
        tell_everybody(&client, &nicknames).await?;
        Ok(nickname.to_owned())
    }

    async fn on_yo(&self, client: Client) -> Result<&'static str> {
        let nickname = self.nicknames.lock().await.get(&client.sid()).cloned();
        let nickname = nickname.ok_or_else(|| Error::public("choose a nickname first"))?;
        client.broadcast().emit("yo", nickname).await?;
        Ok("oohyeah")
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        let mut nicknames = self.nicknames.lock().await;
        if nicknames.remove(&client.sid()).is_some() {
            tell_everybody(&client, &nicknames).await?;
        }
        Ok(())
    }
}

async fn tell_everybody(client: &Client, nicknames: &Nicknames) -> Result {
    let everybody = client.broadcast();
    everybody.emit("nicknames", list(nicknames)).await?;
    Ok(())
}

fn list(nicknames: &Nicknames) -> Vec<&str> {
    let mut list: Vec<_> = nicknames.values().map(String::as_str).collect();
    list.sort_unstable();
    list
}

/// Says something to a client at random every few seconds.
async fn remarks(socketio: SocketIo) {
    loop {
        tokio::time::sleep(Duration::from_secs(fastrand::u64(2..=6))).await;
        if let Err(error) = remark(&socketio).await {
            tracing::warn!("{error}");
        }
    }
}

async fn remark(socketio: &SocketIo) -> Result {
    let clients = socketio.of("/yo").clients().await?;
    if let Some(sid) = fastrand::choice(clients) {
        let remark = REMARKS[fastrand::usize(..REMARKS.len())];
        let client = socketio.of("/yo").client(sid);
        client.emit("remark", remark).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder().namespace(Yo::default()).build().await?;
    socketio.spawn(remarks(socketio.clone()));

    let page = Router::new().route("/", get(Html(include_str!("page.html"))));
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("127.0.0.1:{port}"), page).await
}
