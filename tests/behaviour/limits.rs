//! The limits: whoever goes beyond one is dealt with, counted and seen off with the reason, and
//! nobody else notices.

#[path = "limits/connections.rs"]
mod connections;
#[path = "limits/nesting.rs"]
mod nesting;
#[path = "limits/rate.rs"]
mod rate;
#[path = "limits/requests.rs"]
mod requests;
mod served;
#[path = "limits/upgrade.rs"]
mod upgrade;

use std::{
    future::{IntoFuture, pending},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use hobnob::{Counters, SlowClientPolicy, SocketIoBuilder, prelude::*};
use serde_json::json;
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Socket, deadline, eventually, placeholder};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
};

struct Desk {
    log: Log,
    gate: Arc<Semaphore>,
    here: Arc<()>,
    kept: mpsc::UnboundedSender<Client>,
}

struct Visitor {
    name: String,
    _here: Arc<()>,
}

#[namespace("/desk", session = Visitor)]
impl Desk {
    fn on_connect(&self, client: Client, name: String) -> Result<Visitor> {
        client.join("room")?;
        let _ = self.kept.send(client);
        Ok(Visitor {
            name,
            _here: Arc::clone(&self.here),
        })
    }

    fn on_length(&self, text: String) -> usize {
        text.len()
    }

    fn on_files(&self, files: Vec<hobnob::Bytes>) -> usize {
        files.iter().map(hobnob::Bytes::len).sum()
    }

    async fn on_wait(&self) {
        self.gate.acquire().await.expect("an open gate").forget();
    }

    #[event("wait beside", concurrent)]
    async fn wait_beside(&self) {
        self.gate.acquire().await.expect("an open gate").forget();
    }

    fn on_fence(&self) {}

    fn on_disconnect(&self, visitor: Session<Visitor>, reason: DisconnectReason) {
        self.log.note(format!("{}: {reason}", visitor.name));
    }
}

struct Scene {
    socketio: SocketIo,
    address: SocketAddr,
    browsers: [Browser; 2],
    witness: Socket,
    log: Log,
    gate: Arc<Semaphore>,
    here: Arc<()>,
    kept: mpsc::UnboundedReceiver<Client>,
}

impl Scene {
    async fn start(builder: SocketIoBuilder) -> Self {
        let (sender, mut kept) = mpsc::unbounded_channel();
        let (log, gate, here) = (Log::default(), Arc::new(Semaphore::new(0)), Arc::new(()));
        let desk = Desk {
            log: log.clone(),
            gate: Arc::clone(&gate),
            here: Arc::clone(&here),
            kept: sender,
        };
        let (socketio, address) = serve(builder.namespace(desk)).await;
        let witness = Browser::websocket(address)
            .connect("/desk", json!("witness"))
            .await;
        deadline("the witness", kept.recv()).await;
        Self {
            socketio,
            address,
            browsers: both(address),
            witness,
            log,
            gate,
            here,
            kept,
        }
    }

    async fn next_kept(&mut self) -> Client {
        deadline("the client", self.kept.recv())
            .await
            .expect("a class")
    }

    /// Waits for the line `on_disconnect` writes, whatever reason it gives after `start`.
    async fn expect_seen_off(&self, start: &str) {
        eventually("it to be seen off", async || {
            let lines = self.log.take();
            lines.iter().any(|line| line.starts_with(start))
        })
        .await;
    }

    /// References are the test's, the class's and the witness's: no other session is left.
    async fn expect_witness_alone(&mut self) {
        while self.kept.try_recv().is_ok() {}
        let desk = self.socketio.of("/desk");
        eventually("nobody else to be left", async || {
            Arc::strong_count(&self.here) == 3
                && desk.clients().await.expect("the clients").len() == 1
                && desk.room("room").len().await.expect("a number") == 1
        })
        .await;
        self.witness.call("fence", ()).await;
        assert_eq!(self.log.take(), Vec::<String>::new());
    }

    fn counted(&self, field: fn(&Counters) -> u64) -> u64 {
        field(&self.socketio.counters())
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_costs_the_connection() {
    let mut scene = Scene::start(SocketIo::builder().max_message_size(10_000)).await;
    for browser in scene.browsers.clone() {
        for length in [9_000, 10_000, 1_000_000] {
            let client = browser.connect("/desk", json!("large")).await;
            let text = "x".repeat(length);
            if length == 9_000 {
                assert_eq!(client.call("length", (text,)).await.only(), length);
                client.close().await;
                scene.log.becomes(&["large: transport close"]).await;
            } else {
                client.emit("length", (text,));
                client.expect_closed().await;
                scene.expect_seen_off("large: ").await;
            }
            drop(client);
            scene.expect_witness_alone().await;
        }
    }
    // Those over long polling. What a WebSocket reads is the engine's.
    assert_eq!(scene.counted(|counters| counters.large_bodies), 2);
}

#[tokio::test]
async fn attachments_are_limited_in_number_and_in_size_together() {
    let builder = SocketIo::builder()
        .max_message_size(10_000)
        .max_attachments(3);
    let mut scene = Scene::start(builder).await;
    for browser in scene.browsers.clone() {
        for (number, size, allowed) in [(3, 2000, true), (4, 1, false), (3, 4000, false)] {
            let client = browser.connect("/desk", json!("files")).await;
            let places: Vec<_> = (0..number).map(placeholder).collect();
            let files = vec![Bytes::from(vec![7; size]); number];
            let id = client.emit_binary_with_id("files", (places,), files);
            if allowed {
                assert_eq!(client.expect_ack(id).await.only(), number * size);
                client.close().await;
                scene.log.becomes(&["files: transport close"]).await;
            } else {
                client.expect_closed().await;
                scene.expect_seen_off("files: ").await;
            }
            drop(client);
            scene.expect_witness_alone().await;
        }
    }
}

#[tokio::test]
async fn whoever_sends_more_events_than_may_wait_is_thrown_out() {
    let builder = SocketIo::builder().max_waiting_events(100);
    let mut scene = Scene::start(builder.grace(Duration::from_millis(50))).await;
    for browser in scene.browsers.clone() {
        for event in ["wait", "wait beside"] {
            // As many as may wait, beside the one that is handled.
            let patient = browser.connect("/desk", json!("patient")).await;
            patient.call("fence", ()).await;
            let ids: Vec<_> = (0..100).map(|_| patient.emit_with_id(event, ())).collect();
            patient.connection().flush().await;
            scene.gate.add_permits(100);
            for id in ids {
                patient.expect_ack(id).await;
            }

            let before = scene.counted(|counters| counters.flooding_clients);
            let flooding = browser.connect("/desk", json!("flooding")).await;
            flooding.burst(|| {
                for _ in 0..1000 {
                    flooding.emit(event, ());
                }
            });
            flooding.expect_closed().await;
            scene.log.becomes(&["flooding: too many events"]).await;
            assert_eq!(
                scene.counted(|counters| counters.flooding_clients),
                before + 1
            );

            patient.call("fence", ()).await;
            patient.close().await;
            scene.log.becomes(&["patient: transport close"]).await;
            drop((patient, flooding));
            scene.expect_witness_alone().await;
        }
    }
}

#[tokio::test]
async fn waiting_events_are_limited_in_size_as_well() {
    let builder = SocketIo::builder().max_waiting_bytes(1_000_000);
    let mut scene = Scene::start(builder.grace(Duration::from_millis(50))).await;
    let text = "x".repeat(90_000);
    for browser in scene.browsers.clone() {
        let patient = browser.connect("/desk", json!("patient")).await;
        patient.call("fence", ()).await;
        // As many as have room, beside the one that is handled.
        let ids: Vec<_> = (0..12)
            .map(|_| patient.emit_with_id("wait", (&text,)))
            .collect();
        patient.connection().flush().await;
        scene.gate.add_permits(12);
        for id in ids {
            patient.expect_ack(id).await;
        }

        let before = scene.counted(|counters| counters.flooding_clients);
        let flooding = browser.connect("/desk", json!("flooding")).await;
        flooding.call("fence", ()).await;
        for _ in 0..13 {
            flooding.emit("wait", (&text,));
        }
        flooding.expect_closed().await;
        scene.log.becomes(&["flooding: too many events"]).await;
        assert_eq!(
            scene.counted(|counters| counters.flooding_clients),
            before + 1
        );

        patient.call("fence", ()).await;
        patient.close().await;
        scene.log.becomes(&["patient: transport close"]).await;
        drop((patient, flooding));
        scene.expect_witness_alone().await;
    }
}

/// Sends large messages to the room, no faster than the readers read. How many somebody missed.
async fn fill_room(scene: &Scene, readers: [&Socket; 2], messages: usize) -> usize {
    let mut missed = 0;
    let text = "x".repeat(30_000);
    for number in 0..messages {
        let room = scene.socketio.of("/desk").to("room");
        let sent = room.emit("news", (number, &text)).await;
        missed += sent.expect("no error of the sender's").missed();
        for reader in readers {
            assert_eq!(reader.expect("news").await[0], number);
        }
    }
    missed
}

#[tokio::test]
async fn whoever_does_not_read_is_thrown_out_and_the_others_miss_nothing() {
    let mut scene = Scene::start(SocketIo::builder().max_waiting_packets(200)).await;
    for browser in scene.browsers.clone() {
        let other = browser.connect("/desk", json!("other")).await;
        scene.next_kept().await;
        for direct in [false, true] {
            let before = scene.socketio.counters();
            let slow = browser.connect("/desk", json!("slow")).await;
            let kept = scene.next_kept().await;
            slow.connection().stop_reading();
            if direct {
                let text = "x".repeat(30_000);
                let sent = (0..2000).find_map(|_| kept.emit("news", &text).err());
                assert!(matches!(sent, Some(EmitError::Slow)), "{sent:?}");
                assert!(!kept.is_connected());
            } else {
                fill_room(&scene, [&scene.witness, &other], 600).await;
            }
            scene.log.becomes(&["slow: slow client"]).await;
            let counters = scene.socketio.counters();
            assert_eq!(counters.slow_clients, before.slow_clients + 1);
            assert!(counters.slow_packets > before.slow_packets);
            slow.connection().resume_reading();
            slow.expect_closed().await;
        }
        other.call("fence", ()).await;
        other.close().await;
        scene.log.becomes(&["other: transport close"]).await;
        drop(other);
        scene.expect_witness_alone().await;
    }
}

#[tokio::test]
async fn a_slow_client_may_be_kept_without_what_it_missed() {
    let builder = SocketIo::builder().max_waiting_packets(200);
    let mut scene = Scene::start(builder.slow_clients(SlowClientPolicy::Drop)).await;
    for browser in scene.browsers.clone() {
        let other = browser.connect("/desk", json!("other")).await;
        scene.next_kept().await;
        let before = scene.socketio.counters();
        let slow = browser.connect("/desk", json!("slow")).await;
        let kept = scene.next_kept().await;
        slow.connection().stop_reading();
        let missed = fill_room(&scene, [&scene.witness, &other], 600).await;
        assert!(matches!(kept.emit("news", ()), Err(EmitError::Slow)));
        assert!(kept.is_connected());
        let counters = scene.socketio.counters();
        assert_eq!(counters.slow_clients, before.slow_clients + 1);
        assert!(counters.slow_packets > before.slow_packets);

        slow.connection().resume_reading();
        let mut last = None;
        for _ in missed..600 {
            let number = slow.expect("news").await[0].as_u64();
            assert!(number > last, "{number:?} after {last:?}");
            last = number;
        }
        slow.call("fence", ()).await;
        slow.close().await;
        scene.log.becomes(&["slow: transport close"]).await;
        other.close().await;
        scene.log.becomes(&["other: transport close"]).await;
        drop((slow, other, kept));
        scene.expect_witness_alone().await;
    }
}

#[tokio::test]
async fn a_connection_that_takes_no_bytes_is_closed() {
    let builder = SocketIo::builder().write_timeout(Duration::from_millis(200));
    let mut scene = Scene::start(builder).await;
    let stalled = scene.browsers[0].connect("/desk", json!("stalled")).await;
    let kept = scene.next_kept().await;
    stalled.connection().stop_reading();
    let text = "x".repeat(30_000);
    for _ in 0..1000 {
        kept.emit("news", &text).expect("room for it");
    }
    scene.expect_seen_off("stalled: transport ").await;
    assert_eq!(scene.counted(|counters| counters.stalled_writes), 1);
    drop((stalled, kept));
    scene.expect_witness_alone().await;
}

struct Room;

#[namespace]
impl Room {
    fn on_fence(&self) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_may_be_in_so_many_namespaces() {
    const PATHS: [&str; 5] = ["/a", "/b", "/c", "/d", "/e"];
    let builder = SocketIo::builder().max_namespaces(2);
    let builder = PATHS
        .into_iter()
        .fold(builder, |builder, path| builder.namespace_at(path, Room));
    let (socketio, address) = serve(builder).await;
    for browser in both(address) {
        let connection = browser.open().await;
        let a = connection.connect("/a", NO_AUTH).await.expect("let in");
        let b = connection.connect("/b", NO_AUTH).await.expect("let in");
        let c = connection
            .connect("/c", NO_AUTH)
            .await
            .expect_err("not let in");
        assert_eq!(c.message, "too many namespaces on one connection");
        let refused = socketio.counters().refused_namespaces;
        assert!(refused > 0, "{refused}");
        a.disconnect();
        let c = eventually("a place", async || {
            connection.connect("/c", NO_AUTH).await.ok()
        })
        .await;
        c.call("fence", ()).await;
        b.call("fence", ()).await;

        // All at once is no way around it.
        for _ in 0..100 {
            let connection = browser.open().await;
            connection.burst(|| {
                for path in PATHS {
                    connection.send_raw(format!("40{path},"));
                }
            });
            let mut accepted = 0;
            for _ in PATHS {
                accepted += usize::from(connection.recv_raw().await.text().starts_with("40"));
            }
            assert_eq!(accepted, 2);
            connection.close().await;
        }
        connection.close().await;
    }
    deadline("everybody to be seen off", async move {
        socketio.shutdown().await;
    })
    .await;
}

/// Lets nobody in, and does not say so.
struct Undecided {
    log: Log,
}

#[namespace("/undecided")]
impl Undecided {
    async fn on_connect(&self) {
        self.log.note("comes");
        pending::<()>().await;
    }

    fn on_disconnect(&self) {
        self.log.note("leaves");
    }
}

#[tokio::test]
async fn an_on_connect_that_takes_too_long_refuses_the_client() {
    let log = Log::default();
    let undecided = Undecided { log: log.clone() };
    let builder = SocketIo::builder().connect_timeout(Duration::from_millis(100));
    let (socketio, address) = serve(builder.namespace(undecided).namespace(Room)).await;
    for (number, browser) in (1..).zip(both(address)) {
        let connection = browser.open().await;
        let root = connection.connect("/", NO_AUTH).await.expect("let in");
        let refused = connection.connect("/undecided", NO_AUTH).await;
        let refused = refused.expect_err("not let in");
        assert_eq!(refused.message, "on_connect took too long");
        assert_eq!(socketio.counters().late_connects, number);
        let clients = socketio.of("/undecided").clients().await;
        assert!(clients.expect("the clients").is_empty());
        // The connection is none the worse for it.
        root.call("fence", ()).await;
        connection.close().await;
        log.becomes(&["comes"]).await;
    }
    deadline("everybody to be seen off", socketio.shutdown()).await;
    assert_eq!(log.take(), Vec::<String>::new());
}

/// Holds up whoever leaves.
struct Slow {
    log: Log,
    gate: Arc<Semaphore>,
}

#[namespace("/slow")]
impl Slow {
    async fn on_disconnect(&self) -> Result {
        self.log.note("begins to leave");
        self.gate.acquire().await?.forget();
        self.log.note("leaves");
        Ok(())
    }
}

#[tokio::test]
async fn a_namespace_that_is_being_left_makes_room_for_another() {
    let (log, gate) = (Log::default(), Arc::new(Semaphore::new(0)));
    let slow = Slow {
        log: log.clone(),
        gate: Arc::clone(&gate),
    };
    let builder = SocketIo::builder().max_namespaces(1);
    let (_socketio, address) = serve(builder.namespace(slow).namespace(Room)).await;
    for browser in both(address) {
        let connection = browser.open().await;
        connection.send_raw("40/slow,");
        let connected = connection.recv_raw().await;
        assert!(connected.text().starts_with("40/slow,"), "{connected:?}");
        connection.burst(|| {
            connection.send_raw("41/slow,");
            connection.send_raw("40");
        });
        let connected = connection.recv_raw().await;
        assert!(connected.text().starts_with("40{"), "{connected:?}");
        log.becomes(&["begins to leave"]).await;
        gate.add_permits(1);
        log.becomes(&["leaves"]).await;
    }
}

#[tokio::test]
async fn a_flooding_client_is_told_to_go_where_its_connection_cannot_be_cut() {
    let (sender, _kept) = mpsc::unbounded_channel();
    let log = Log::default();
    let desk = Desk {
        log: log.clone(),
        gate: Arc::new(Semaphore::new(0)),
        here: Arc::new(()),
        kept: sender,
    };
    let builder = SocketIo::builder().max_waiting_events(100).namespace(desk);
    let builder = builder.grace(Duration::from_millis(50));
    let socketio = builder.build().await.expect("a server");
    let app = axum::Router::new().layer(socketio.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, app).into_future());
    for (browser, over_websocket) in both(address).into_iter().zip([true, false]) {
        for event in ["wait", "wait beside"] {
            let flooding = browser.connect("/desk", json!("flooding")).await;
            flooding.burst(|| {
                for _ in 0..1000 {
                    flooding.emit(event, ());
                }
            });
            if over_websocket {
                flooding.expect_disconnect().await;
            } else {
                flooding.expect_closed().await;
            }
            log.becomes(&["flooding: too many events"]).await;
            let clients = socketio.of("/desk").clients().await;
            assert!(clients.expect("the clients").is_empty());
        }
    }
    assert_eq!(socketio.counters().flooding_clients, 4);
}
