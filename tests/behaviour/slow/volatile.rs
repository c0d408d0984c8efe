//! Volatile events: they reach whoever keeps up, and are nobody's fault and nobody's load.

use std::future::IntoFuture;

use bytes::Bytes;
use hobnob::prelude::*;
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, deadline, placeholder};
use tokio::sync::mpsc;

use crate::{
    served::{NO_AUTH, both, serve},
    stop_reading,
};

struct Field {
    kept: mpsc::UnboundedSender<Client>,
}

#[derive(Serialize, Event)]
struct Position {
    x: i32,
    y: i32,
}

#[namespace("/field")]
impl Field {
    fn on_connect(&self, client: Client, room: Option<String>) -> Result<()> {
        client.volatile().emit("early", ())?;
        client.emit("welcome", ())?;
        client.join(Vec::from_iter(room))?;
        let _ = self.kept.send(client);
        Ok(())
    }

    fn on_fence(&self) {}
}

struct Scene {
    socketio: SocketIo,
    browsers: [Browser; 2],
    kept: mpsc::UnboundedReceiver<Client>,
}

impl Scene {
    async fn start() -> Self {
        let (sender, kept) = mpsc::unbounded_channel();
        let builder = SocketIo::builder().max_waiting_packets(20);
        let (socketio, address) = serve(builder.namespace(Field { kept: sender })).await;
        Self {
            socketio,
            browsers: both(address),
            kept,
        }
    }

    async fn connect(&mut self, browser: usize, auth: Option<Value>) -> (Socket, Client) {
        let socket = self.browsers[browser].connect("/field", auth).await;
        let client = deadline("the client", self.kept.recv()).await;
        // Also what is volatile does not come before it is connected, nor is it lost.
        socket.expect("welcome").await;
        socket.expect("early").await;
        (socket, client.expect("a class"))
    }
}

#[tokio::test]
async fn whoever_keeps_up_gets_volatile_events() {
    let mut scene = Scene::start().await;
    for browser in [0, 1] {
        let (anna, client) = scene.connect(browser, NO_AUTH).await;
        for n in 0..20 {
            client.volatile().emit("n", n).expect("connected");
            assert_eq!(anna.expect("n").await, [n]);
        }
        let position = Position { x: 3, y: 4 };
        client.volatile().send(position).expect("connected");
        assert_eq!(anna.expect("position").await, [json!({ "x": 3, "y": 4 })]);

        let bytes = (Bytes::from_static(b"one"), Bytes::from_static(b"two"));
        client.volatile().emit("bytes", bytes).expect("connected");
        let event = anna.next_event().await;
        assert_eq!(event.args, [placeholder(0), placeholder(1)]);
        assert_eq!(event.attachments, ["one", "two"]);
    }
}

#[tokio::test]
async fn volatile_broadcasts_reach_whom_they_name() {
    let mut scene = Scene::start().await;
    let (anna, a) = scene.connect(0, Some(json!("left"))).await;
    let (bert, b) = scene.connect(1, Some(json!("right"))).await;
    let field = scene.socketio.of("/field");
    let both = [&anna, &bert];
    for (target, receivers) in [
        (field.volatile(), &both[..]),
        (field.volatile().to("left"), &both[..1]),
        (field.to(["left", "right"]).volatile(), &both[..]),
        (field.volatile().except("left"), &both[1..]),
        (a.broadcast().include_self(false).volatile(), &both[1..]),
        (a.to("right").volatile(), &both[1..]),
        (field.volatile().skip(b.sid()), &both[..1]),
        (field.to(b.sid()).volatile(), &both[1..]),
    ] {
        let sent = target.send(Position { x: 0, y: 0 }).await;
        assert_eq!(sent.expect("no error").missed(), 0);
        for receiver in receivers {
            receiver.expect("position").await;
        }
        for socket in both {
            socket.expect_nothing_until_ack("fence").await;
        }
    }
}

#[tokio::test]
async fn volatile_events_make_no_client_slow() {
    let mut scene = Scene::start().await;
    for browser in [0, 1] {
        let (anna, client) = scene.connect(browser, NO_AUTH).await;
        stop_reading(&anna, &client).await;
        let text = "x".repeat(30_000);
        for n in 0..2000 {
            client.volatile().emit("n", (n, &text)).expect("connected");
            let everybody = scene.socketio.of("/field").volatile();
            let sent = everybody.emit("tick", (n, &text)).await.expect("no error");
            assert_eq!(sent.missed(), 0);
        }
        assert!(client.is_connected());
        // There is room for what is not volatile.
        for n in 0..10 {
            client.emit("news", n).expect("room for it");
        }
        let counters = scene.socketio.counters();
        assert_eq!((counters.slow_clients, counters.slow_packets), (0, 0));

        anna.connection().resume_reading();
        let (mut news, mut last) = (Vec::new(), None);
        while news.len() < 10 || last != Some(1999) {
            let event = anna.next_event().await;
            let n = event.args[0].as_u64().expect("a number");
            match event.event.as_str() {
                "news" => news.push(n),
                "tick" => last = Some(n),
                _ => {}
            }
        }
        assert_eq!(news, (0..10).collect::<Vec<_>>());
        anna.expect_nothing_until_ack("fence").await;
        anna.close().await;
    }
}

#[tokio::test]
async fn errors_are_those_of_other_events() {
    let mut scene = Scene::start().await;
    let (anna, client) = scene.connect(0, NO_AUTH).await;
    let sent = client.volatile().emit("disconnect", ());
    assert!(matches!(sent, Err(EmitError::ReservedEvent(_))), "{sent:?}");
    let sent = scene.socketio.of("/nowhere").volatile().emit("n", ());
    let sent = deadline("an error", sent.into_future()).await;
    assert!(
        matches!(sent, Err(EmitError::UnknownNamespace(_))),
        "{sent:?}"
    );
    anna.close().await;
    deadline("the end", client.disconnected()).await;
    let sent = client.volatile().emit("n", ());
    assert!(matches!(sent, Err(EmitError::Disconnected)), "{sent:?}");
}
