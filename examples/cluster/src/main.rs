//! One node of a chat on several. Everything runs on this machine, three nodes, nginx in front of them
//! and Redis between them:
//!
//! ```text
//! examples/cluster/run start
//! ```
//!
//! Then open <http://127.0.0.1:8000> in two browsers. Each shows which node it came to.
//! `examples/cluster/run stop` ends it all. `run` has the variables of the environment that each node is
//! started with, `nginx.conf` how the clients are shared out.

use std::env;

use axum::{Router, extract::State, response::Html, routing::get};
use hobnob::{Redis, prelude::*};

/// What the page gets: an event for each variant.
#[derive(Serialize, Event)]
enum Notice<'a> {
    Welcome { node: &'a str },
    Joined { nickname: &'a str, node: &'a str },
    Left { nickname: &'a str, node: &'a str },
    Said { from: Speaker<'a>, text: &'a str },
}

#[derive(Serialize)]
struct Speaker<'a> {
    nickname: &'a str,
    sid: Sid,
    node: &'a str,
}

#[derive(Deserialize)]
struct Login {
    nickname: String,
}

struct User {
    nickname: String,
}

/// The namespace. What it holds is of this node only, so it holds nothing but the node's name.
struct Chat {
    node: String,
}

#[namespace("/chat", session = User)]
impl Chat {
    fn on_connect(&self, client: Client, login: Login) -> Result<User> {
        check_length("a nickname", &login.nickname, 24)?;
        client.send(Notice::Welcome { node: &self.node })?;
        let nickname = login.nickname;
        Ok(User { nickname })
    }

    async fn on_join(&self, client: Client, user: Session<User>, room: String) -> Result {
        check_length("a room name", &room, 40)?;
        client.join(&room)?;
        let (nickname, node) = (&user.nickname, &self.node);
        let joined = Notice::Joined { nickname, node };
        client.to(&room).send(joined).await?;
        Ok(())
    }

    async fn on_say(
        &self,
        client: Client,
        user: Session<User>,
        room: String,
        text: String,
    ) -> Result {
        check_length("a message", &text, 500)?;
        let from = Speaker {
            nickname: &user.nickname,
            sid: client.sid(),
            node: &self.node,
        };
        let said = Notice::Said { from, text: &text };
        client.to(&room).send(said).await?;
        Ok(())
    }

    /// How many are in a room, on whichever node.
    async fn on_count(&self, client: Client, room: String) -> Result<usize> {
        Ok(client.namespace().room(room).len().await?)
    }

    /// Asks somebody, on whichever node, for a sign; answers with what their page says.
    #[event(concurrent)]
    async fn on_wave(&self, client: Client, user: Session<User>, to: Sid) -> Result<String> {
        let other = client.namespace().client(to);
        Ok(other.call("wave", &user.nickname).await?)
    }

    async fn on_disconnect(&self, client: Client, user: Session<User>) {
        for room in client.rooms() {
            let (nickname, node) = (&user.nickname, &self.node);
            let left = Notice::Left { nickname, node };
            // The clients of this node have heard of it all the same.
            if let Err(error) = client.to(&room).send(left).await {
                tracing::warn!(nickname, %error, "not every node was told");
            }
        }
    }
}

fn check_length(what: &str, text: &str, most: usize) -> Result {
    if (1..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(Error::public(format!("{what} has 1 to {most} characters")))
    }
}

/// How many are in the chat, on all nodes: for whoever looks after it.
async fn health(State(socketio): State<SocketIo>) -> Result<String> {
    let clients = socketio.of("/chat").clients().await?.len();
    Ok(format!("{clients} clients\n"))
}

#[tokio::main]
async fn main() -> Result {
    let variable =
        |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(variable("RUST_LOG", "info"))
        .init();
    let node = variable("NODE", "node 1");
    let redis = variable("REDIS_URL", "redis://127.0.0.1/");
    let address = format!(
        "{}:{}",
        variable("HOST", "127.0.0.1"),
        variable("PORT", "5000")
    );

    let socketio = SocketIo::builder()
        .namespace(Chat { node })
        .cluster(Redis::connect(&redis).await?)
        .build()
        .await?;
    let page = Html(include_str!("page.html"));
    let app = Router::new()
        .route("/", get(async move || page))
        .route("/health", get(health))
        .with_state(socketio.clone());
    socketio.serve(address, app).await
}
