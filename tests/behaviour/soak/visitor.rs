//! Those who come to the soak: visitors, who do as they like, and witnesses, who miss nothing.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use bytes::Bytes;
use fastrand::Rng;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Client as Browser, Received, Socket, placeholder};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{PATIENCE, ROOMS};

/// A place that is taken by one visitor after another until it is closed.
pub(crate) async fn place(address: SocketAddr, number: usize, mut rng: Rng, end: Instant) {
    sleep(Duration::from_millis(rng.u64(..10_000))).await;
    let browser = if number.is_multiple_of(2) {
        Browser::websocket(address)
    } else {
        Browser::polling(address)
    };
    let browser = browser.patience(PATIENCE);
    let room = format!("room {}", number / 2 % ROOMS);
    while Instant::now() < end {
        let socket = browser.connect("/soak", json!(room)).await;
        let stay = Instant::now() + Duration::from_secs(rng.u64(5..40));
        let mut visitor = Visitor::new(socket, rng.fork());
        visitor.talk(end.min(stay)).await;
        visitor.leave(end).await;
        // Somebody else, a little later.
        sleep(Duration::from_millis(rng.u64(..2000))).await;
    }
}

/// All at once, and gone again. Maps do not shrink, and one that was twice as full grows no more,
/// however many come and go: what grows after that is held.
pub(crate) async fn crowd(address: SocketAddr, size: usize) {
    let browser = Browser::websocket(address).patience(PATIENCE);
    let mut all = Vec::new();
    while all.len() < size {
        let some = (0..100).map(|_| browser.connect("/soak", json!("room 0")));
        all.extend(join_all(some).await);
    }
}

struct Visitor {
    socket: Socket,
    rng: Rng,
    said: u64,
    /// The last thing each member of the room said.
    heard: HashMap<String, u64>,
}

impl Visitor {
    fn new(socket: Socket, rng: Rng) -> Self {
        Self {
            socket,
            rng,
            said: 0,
            heard: HashMap::new(),
        }
    }

    async fn talk(&mut self, until: Instant) {
        loop {
            let pause = Duration::from_millis(self.rng.u64(1000..5000));
            sleep_until(until.min(Instant::now() + pause)).await;
            if Instant::now() >= until {
                return;
            }
            match self.rng.u8(..10) {
                0..4 => self.echo().await,
                4..6 => self.send_file().await,
                6 => self.be_asked("ask").await,
                7 => self.be_asked("ask beside").await,
                _ => self.say().await,
            }
            for event in self.socket.drain_until_ack("fence").await {
                self.hear(&event);
            }
        }
    }

    /// Some events at once, answered in order.
    async fn echo(&mut self) {
        let text = "é".repeat(self.rng.usize(..300));
        let numbers = 0..self.rng.u64(1..8);
        let send = |number| self.socket.emit_with_id("echo", (number, &text));
        let ids: Vec<_> = numbers.map(send).collect();
        for (number, id) in ids.into_iter().enumerate() {
            let ack = self.socket.expect_ack(id).await;
            assert_eq!(ack.args, [json!(number), json!(text)]);
        }
    }

    async fn send_file(&mut self) {
        let bytes = Bytes::from(vec![self.rng.u8(..); self.rng.usize(..20_000)]);
        let call = self
            .socket
            .call_binary("file", (placeholder(0),), vec![bytes.clone()]);
        assert_eq!(call.await.attachments, [bytes]);
    }

    /// The server asks back before it answers.
    async fn be_asked(&mut self, event: &str) {
        let number = self.rng.u64(..1000);
        let id = self.socket.emit_with_id(event, (number,));
        loop {
            let event = self.socket.next_event().await;
            if event.event == "question" {
                assert_eq!(event.args, [number]);
                self.socket.reply(event.id(), (number + 1,));
                break;
            }
            self.hear(&event);
        }
        assert_eq!(self.socket.expect_ack(id).await.only(), number + 1);
    }

    /// To everybody in the room, itself too.
    async fn say(&mut self) {
        self.said += 1;
        self.socket.call("say", (self.said,)).await;
    }

    /// What somebody says is heard once and in order.
    fn hear(&mut self, event: &Received) {
        assert_eq!(event.event, "said", "{}", event.raw);
        let (Value::String(who), Some(number)) = (&event.args[0], event.args[1].as_u64()) else {
            panic!("{}", event.raw);
        };
        let last = self.heard.insert(who.clone(), number);
        assert!(
            last.is_none_or(|last| number == last + 1),
            "{last:?}, then {}",
            event.raw
        );
    }

    /// In one way or another.
    async fn leave(mut self, end: Instant) {
        match self.rng.u8(..8) {
            0 | 1 => drop(self.socket.close().await),
            2 => self.socket.disconnect(),
            3 => drop(self.socket.abort().await),
            4 => self.socket.connection().close_engine(),
            5 => self.stall(end).await,
            6 => {
                self.socket.emit("flood", ());
                self.stall(end).await;
            }
            // Dropped as it is.
            _ => {}
        }
    }

    /// Neither reads nor answers, for a while.
    async fn stall(&mut self, end: Instant) {
        let connection = self.socket.connection();
        connection.stop_ponging();
        connection.stop_reading();
        let stalled = Duration::from_millis(self.rng.u64(..15_000));
        sleep_until(end.min(Instant::now() + stalled)).await;
        let _ = self.rng.bool().then(|| connection.resume_reading());
    }
}

/// Sees every tick of the server, one after the other, and gets every answer.
pub(crate) async fn witness(browser: Browser, end: Instant) -> u64 {
    let browser = browser.patience(PATIENCE);
    let socket = browser.connect("/soak", json!("witness")).await;
    let mut last = None;
    let mut asked = 0;
    while Instant::now() < end {
        let tick = socket.expect("tick").await;
        let number = tick[0].as_u64().expect("a number");
        let next = last.is_none_or(|last| number == last + 1);
        assert!(next, "{last:?}, then {number}");
        last = Some(number);
        let ack = socket.call("echo", (asked, "witness")).await;
        assert_eq!(ack.args, [json!(asked), json!("witness")]);
        asked += 1;
    }
    socket.close().await;
    asked
}
