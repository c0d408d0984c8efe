//! The applications of `on_flask` on hobnob, file by file. What are functions there are methods of a class
//! for each namespace here, except in the fixture and where it matters.

mod answers;
mod anywhere;
mod calls;
mod entrance;
mod fixture;
mod lookup;
mod rooms;

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};

pub(crate) use self::anywhere::{any_class, any_function};

/// What Python's `assert` raises.
#[derive(Debug)]
pub(crate) struct AssertionError;

impl std::fmt::Display for AssertionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("assertion failed")
    }
}

impl std::error::Error for AssertionError {}

/// `answer` where an assertion failed; elsewhere what the client would have got anyhow.
fn if_assertion(error: &EventError, answer: &str) -> Value {
    match error {
        EventError::Handler(failed) if failed.downcast_ref::<AssertionError>().is_some() => {
            answer.into()
        }
        other => other.to_answer(),
    }
}

fn is_nobody(auth: Option<&Value>) -> bool {
    auth == Some(&json!({ "name": "nobody" }))
}

pub(crate) fn hasty() -> SocketIoBuilder {
    plain()
        .ping_interval(Duration::from_secs(1))
        .ping_timeout(Duration::from_secs(2))
}

pub(crate) fn plain() -> SocketIoBuilder {
    let builder = SocketIo::builder()
        .on_error(async |_client, _event, error| if_assertion(&error, "error/default"))
        // Where clients are that have left every other namespace.
        .accept(["/aside"])
        .on("*", "fence", || {});
    let files = [
        answers::mount,
        calls::mount,
        entrance::mount,
        fixture::mount,
        lookup::mount,
        rooms::mount,
    ];
    files
        .into_iter()
        .fold(builder, |builder, mount| mount(builder))
}

pub(crate) fn routes(socketio: SocketIo) -> Router {
    Router::new()
        .route("/connected", get(connected))
        .route("/publish", post(publish))
        .route("/announce", post(announce))
        .route("/close", post(close))
        .with_state(socketio)
}

async fn publish(State(socketio): State<SocketIo>, text: String) -> Result<&'static str, String> {
    let sent = socketio.of("/news").emit("news", text).await;
    sent.map(|_| "published").map_err(|error| error.to_string())
}

async fn announce(State(socketio): State<SocketIo>, text: String) -> Result<&'static str, String> {
    let sent = socketio.of("/accepted").emit("announced", text).await;
    sent.map(|_| "announced").map_err(|error| error.to_string())
}

/// How many clients there are, in all namespaces together.
async fn connected(State(socketio): State<SocketIo>) -> Result<String, String> {
    let mut connected = 0;
    for namespace in socketio.namespaces() {
        let clients = namespace.clients().await;
        connected += clients.map_err(|error| error.to_string())?.len();
    }
    Ok(connected.to_string())
}

async fn close(State(socketio): State<SocketIo>, room: String) -> Result<&'static str, String> {
    let closed = socketio.of("/rooms").close_room(room).await;
    closed.map(|()| "closed").map_err(|error| error.to_string())
}
