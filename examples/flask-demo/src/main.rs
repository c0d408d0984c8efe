//! The demo application of Flask-SocketIO in Rust: one class, and an event for each thing a server
//! can do. `page.html` is the page with a form for each.
//!
//! ```text
//! cargo run -p flask-demo
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `PORT` is another port.

use std::{
    env,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::{Router, response::Html, routing::get};
use hobnob::prelude::*;

// What the page sends.

#[derive(Deserialize)]
struct Message {
    data: String,
}

#[derive(Deserialize)]
struct Membership {
    room: String,
}

#[derive(Deserialize)]
struct RoomMessage {
    room: String,
    data: String,
}

/// What the page gets: the event `my_response`.
#[derive(Serialize, Event)]
struct MyResponse {
    data: String,
    count: u64,
}

/// How many events a client has sent: its session.
#[derive(Default)]
struct Received(AtomicU64);

impl Received {
    /// Counts one more event, and makes the response to it.
    fn respond(&self, data: impl Into<String>) -> MyResponse {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let data = data.into();
        MyResponse { data, count }
    }
}

struct MyNamespace;

#[namespace("/test", session = Received)]
impl MyNamespace {
    fn on_connect(&self, client: Client) -> Result<Received> {
        let (data, count) = ("Connected".to_owned(), 0);
        client.send(MyResponse { data, count })?;
        Ok(Received::default())
    }

    fn on_my_event(&self, client: Client, received: Session<Received>, said: Message) -> Result {
        Ok(client.send(received.respond(said.data))?)
    }

    async fn on_my_broadcast_event(
        &self,
        client: Client,
        received: Session<Received>,
        said: Message,
    ) -> Result {
        client.broadcast().send(received.respond(said.data)).await?;
        Ok(())
    }

    fn on_join(&self, client: Client, received: Session<Received>, to: Membership) -> Result {
        client.join(to.room)?;
        Ok(client.send(received.respond(in_rooms(&client)))?)
    }

    fn on_leave(&self, client: Client, received: Session<Received>, from: Membership) -> Result {
        client.leave(from.room)?;
        Ok(client.send(received.respond(in_rooms(&client)))?)
    }

    /// Tells the members, then takes all of them out. The room may be used again.
    async fn on_close_room(
        &self,
        client: Client,
        received: Session<Received>,
        Membership { room }: Membership,
    ) -> Result {
        let closing = received.respond(format!("Room {room} is closing."));
        client.to(&room).send(closing).await?;
        client.namespace().close_room(&room).await?;
        Ok(())
    }

    async fn on_my_room_event(
        &self,
        client: Client,
        received: Session<Received>,
        said: RoomMessage,
    ) -> Result {
        let response = received.respond(said.data);
        client.to(said.room).send(response).await?;
        Ok(())
    }

    fn on_disconnect_request(&self, client: Client, received: Session<Received>) -> Result {
        client.send(received.respond("Disconnected!"))?;
        client.disconnect()?;
        Ok(())
    }

    /// The page measures how long the answer takes.
    fn on_my_ping(&self, client: Client) -> Result {
        Ok(client.emit("my_pong", ())?)
    }

    fn on_disconnect(&self, client: Client, reason: DisconnectReason) {
        tracing::info!("client {} disconnected: {reason}", client.sid());
    }
}

fn in_rooms(client: &Client) -> String {
    let mut rooms = client.rooms();
    rooms.sort();
    format!("In rooms: {}", rooms.join(", "))
}

/// Sends to everybody every ten seconds, without having been asked by anybody.
async fn background(socketio: SocketIo) {
    for count in 1.. {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let data = "Server generated event".to_owned();
        let event = MyResponse { data, count };
        if let Err(error) = socketio.of("/test").send(event).await {
            tracing::warn!("{error}");
        }
    }
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder().namespace(MyNamespace).build().await?;
    socketio.spawn(background(socketio.clone()));

    let page = Router::new().route("/", get(Html(include_str!("page.html"))));
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("127.0.0.1:{port}"), page).await
}
