//! Emitting from outside: two HTTP routes and a plain thread announce things to the clients of a
//! namespace, which is made of functions here.
//!
//! ```text
//! cargo run -p http-emit
//! ```
//!
//! and open <http://127.0.0.1:5000>. `PORT` is another port. Then, from another terminal, with a form or
//! with JSON,
//!
//! ```text
//! curl 127.0.0.1:5000/announce -d text=Lunch
//! curl 127.0.0.1:5000/rooms/tea -H 'Content-Type: application/json' -d '{"text": "Tea is ready"}'
//! ```
//!
//! each answered with how many clients it has reached: `{"reached":2}`. What is typed into the terminal
//! of the server is announced to everybody, too. A real program would let its routes ask who is calling.

mod form_or_json;

use std::{env, io, thread};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::Html,
    routing::{get, post},
};
use hobnob::prelude::*;

use crate::form_or_json::FormOrJson;

/// What is announced, and the event that says so.
#[derive(Deserialize, Serialize, Event)]
struct Announcement {
    text: String,
}

impl Announcement {
    fn check(&self) -> Result {
        if self.text.trim().is_empty() {
            return Err(Error::public("a text, please"));
        }
        Ok(())
    }
}

/// The answer of the routes.
#[derive(Serialize)]
struct Reached {
    reached: usize,
}

// The routes. An error that is public is answered with 400, any other with 500.

async fn announce(
    State(socketio): State<SocketIo>,
    FormOrJson(announcement): FormOrJson<Announcement>,
) -> Result<Json<Reached>> {
    let reached = tell_everybody(&socketio, announcement).await?;
    Ok(Json(Reached { reached }))
}

async fn announce_in_room(
    State(socketio): State<SocketIo>,
    Path(room): Path<String>,
    FormOrJson(announcement): FormOrJson<Announcement>,
) -> Result<Json<Reached>> {
    announcement.check()?;
    let room = socketio.of("/news").room(room);
    let members = room.len().await?;
    let missed = room.send(announcement).await?.missed();
    let reached = members.saturating_sub(missed);
    Ok(Json(Reached { reached }))
}

async fn tell_everybody(socketio: &SocketIo, announcement: Announcement) -> Result<usize> {
    announcement.check()?;
    let news = socketio.of("/news");
    let clients = news.clients().await?.len();
    let missed = news.send(announcement).await?.missed();
    Ok(clients.saturating_sub(missed))
}

/// Announces what is typed. This is not async: to read a line holds up the whole thread.
fn announce_lines(socketio: &SocketIo) {
    for text in io::stdin().lines().map_while(Result::ok) {
        match socketio.block_on(tell_everybody(socketio, Announcement { text })) {
            Ok(reached) => tracing::info!("announced to {reached} clients"),
            Err(error) => tracing::warn!("not announced: {error}"),
        }
    }
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder()
        .on("/news", "join", |client: Client, room: String| {
            client.join(room)
        })
        .on("/news", "leave", |client: Client, room: String| {
            client.leave(room)
        })
        .build()
        .await?;

    let terminal = socketio.clone();
    thread::spawn(move || announce_lines(&terminal));

    let app = Router::new()
        .route("/", get(Html(include_str!("page.html"))))
        .route("/announce", post(announce))
        .route("/rooms/{room}", post(announce_in_room))
        .with_state(socketio.clone());
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("127.0.0.1:{port}"), app).await
}
