//! Sending from outside of handlers: to one client, and to a room of a thousand.

use axum::Router;
use divan::{Bencher, counter::ItemsCount};
use hobnob::{namespace, prelude::*, socketioxide};
use socketioxide::{adapter::LocalAdapter, extract::SocketRef};
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    ROUND,
    in_memory::{Client, runtime},
    sides::{BOTH, Side, engine, hobnob},
};

#[derive(Serialize)]
struct Said {
    number: u32,
    text: &'static str,
}

impl Said {
    const fn number(number: u32) -> Self {
        let text = "something said to all";
        Self { number, text }
    }
}

struct Listeners;

#[namespace]
impl Listeners {
    fn on_connect(&self, client: hobnob::Client) -> Result {
        Ok(client.join("room")?)
    }
}

fn closures(socket: &SocketRef) {
    socket.join("room");
}

/// What is used to send from outside of handlers.
enum Sender {
    Hobnob(SocketIo),
    Engine(socketioxide::SocketIo<LocalAdapter>),
}

impl Sender {
    async fn send(&self, said: Said) {
        match self {
            Self::Hobnob(socketio) => {
                let sent = socketio.of("/").to("room").emit("said", said).await;
                assert_eq!(sent.expect("sent").missed(), 0);
            }
            Self::Engine(io) => io.to("room").emit("said", &said).await.expect("sent"),
        }
    }
}

async fn server(side: Side) -> (Router, Sender) {
    match side {
        Side::Hobnob => {
            let (app, socketio) = hobnob(Listeners).await;
            (app, Sender::Hobnob(socketio))
        }
        Side::Engine => {
            let (app, io) = engine(closures);
            (app, Sender::Engine(io))
        }
    }
}

/// A room, and who is in it.
struct Room {
    runtime: Runtime,
    sender: Sender,
    members: Vec<Client>,
}

impl Room {
    fn of(members: usize, side: Side) -> Self {
        let runtime = runtime();
        let (sender, members) = runtime.block_on(async {
            let (app, sender) = server(side).await;
            let mut connected = Vec::new();
            while connected.len() < members {
                connected.push(Client::connect(&app).await);
            }
            (sender, connected)
        });
        let mut room = Self {
            runtime,
            sender,
            members,
        };
        room.check();
        room
    }

    /// Each member gets each event, and gets it once: after the first comes the second.
    fn check(&mut self) {
        self.runtime.block_on(async {
            for number in [1, 2] {
                self.sender.send(Said::number(number)).await;
            }
            for member in &mut self.members {
                for number in [1, 2] {
                    let data = serde_json::to_string(&Said::number(number)).expect("JSON");
                    let said = Message::text(format!(r#"42["said",{data}]"#));
                    assert_eq!(member.receive().await, said);
                }
            }
        });
    }

    /// Sends so many events and waits until each member has them all. (It is not inlined for those who
    /// look for it in a profile.)
    #[inline(never)]
    fn play(&mut self, events: usize) {
        self.runtime.block_on(async {
            for _ in 0..events {
                self.sender.send(Said::number(0)).await;
            }
            for member in &mut self.members {
                for _ in 0..events {
                    divan::black_box(member.receive().await);
                }
            }
        });
    }
}

/// A round of events.
#[divan::bench(args = BOTH)]
fn to_one(bencher: Bencher<'_, '_>, side: Side) {
    let mut room = Room::of(1, side);
    bencher
        .counter(ItemsCount::new(ROUND))
        .bench_local(|| room.play(ROUND));
}

/// One event.
#[divan::bench(args = BOTH)]
fn to_a_thousand(bencher: Bencher<'_, '_>, side: Side) {
    let mut room = Room::of(1000, side);
    bencher
        .counter(ItemsCount::new(1000_usize))
        .bench_local(|| room.play(1));
}
