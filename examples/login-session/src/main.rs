//! Log in over HTTP, chat as that user: pages and Socket.IO share one session, of tower-sessions, and
//! each sees at once what the other writes.

mod pages;

use std::env;

use axum::{
    Form, Router,
    extract::State,
    response::Redirect,
    routing::{get, post},
};
use hobnob::prelude::*;
use tower_sessions::{MemoryStore, Session as HttpSession, SessionManagerLayer};

/// Who is in the chat, with the session of the pages.
struct Visitor {
    name: String,
    http: HttpSession,
}

struct Chat;

#[namespace("/chat", session = Visitor)]
impl Chat {
    /// The session is that of the request which opened the connection.
    async fn on_connect(&self, client: Client, http: HttpSession) -> Result<Visitor> {
        let name = http.get::<String>("name").await?;
        let name = name.ok_or_else(|| Error::public("log in first"))?;
        client.emit("welcome", &name)?;
        Ok(Visitor { name, http })
    }

    async fn on_say(&self, client: Client, visitor: Session<Visitor>, text: String) -> Result<u32> {
        let Visitor { name, http } = &*visitor;
        // Afresh from the store: it may have changed since, or be gone.
        http.load().await?;
        if http.get::<String>("name").await?.is_none() {
            client.disconnect()?;
            return Err(Error::public("you have logged out"));
        }
        let said = http.get::<u32>("said").await?.unwrap_or(0) + 1;
        http.insert("said", said).await?;
        http.save().await?;
        client.broadcast().emit("said", (name, text)).await?;
        Ok(said)
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
}

async fn login(http: HttpSession, Form(login): Form<Login>) -> Result<Redirect> {
    let name = login.name.trim();
    if name.is_empty() {
        return Err(Error::public("a name, please"));
    }
    // A new id, so that one that somebody has planted is worth nothing.
    http.cycle_id().await?;
    http.insert("name", name).await?;
    Ok(Redirect::to("/"))
}

async fn logout(http: HttpSession) -> Result<Redirect> {
    http.flush().await?;
    Ok(Redirect::to("/"))
}

/// What the visitor has said so far, as the chat has counted it.
async fn said(http: HttpSession) -> Result<String> {
    let said: Option<u32> = http.get("said").await?;
    Ok(said.unwrap_or(0).to_string())
}

async fn present(State(socketio): State<SocketIo>) -> Result<String> {
    let clients = socketio.of("/chat").clients().await?;
    Ok(clients.len().to_string())
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder().namespace(Chat).build().await?;
    // ANCHOR: layers
    // Around the pages and around Socket.IO: what comes later in the list is further out. Without
    // `with_secure(false)` the cookie is for https only, which is what it should be in earnest.
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let app = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/said", get(said))
        .route("/present", get(present))
        .with_state(socketio.clone())
        .merge(pages::routes()?)
        .layer(socketio.layer())
        .layer(sessions);
    // ANCHOR_END: layers
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("127.0.0.1:{port}"), app).await
}
