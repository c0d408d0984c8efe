//! Clients that do not keep up: whoever misses something is known, counted and dealt with, and nobody
//! else notices.

mod journal;
mod price;
#[path = "../served.rs"]
mod served;
mod volatile;

use std::{future::IntoFuture, sync::Arc, time::Duration};

use hobnob::{Cluster, Counters, SlowClientPolicy, SocketIoBuilder, prelude::*};
use journal::Journal;
use serde_json::json;
use served::{Log, both, serve};
use socketioxide::adapter::LocalAdapter;
use tests::{Client as Browser, Socket, deadline, eventually};
use tokio::sync::{Semaphore, mpsc};

struct Hall {
    log: Log,
    gate: Arc<Semaphore>,
    /// As many references as there are sessions, and one more.
    here: Arc<()>,
    kept: mpsc::UnboundedSender<Client>,
}

struct Guest {
    name: String,
    _here: Arc<()>,
}

#[namespace("/hall", session = Guest)]
impl Hall {
    fn on_connect(&self, client: Client, name: String) -> Result<Guest> {
        client.join(["hall", name.as_str()])?;
        let _ = self.kept.send(client);
        Ok(Guest {
            name,
            _here: Arc::clone(&self.here),
        })
    }

    fn on_fence(&self) {}

    async fn on_wait(&self) {
        self.gate.acquire().await.expect("an open gate").forget();
    }

    fn on_disconnect(&self, guest: Session<Guest>, reason: DisconnectReason) {
        self.log.note(format!("{}: {reason}", guest.name));
    }
}

struct Scene {
    socketio: SocketIo,
    browsers: [Browser; 2],
    log: Log,
    gate: Arc<Semaphore>,
    here: Arc<()>,
    kept: mpsc::UnboundedReceiver<Client>,
}

/// Lets a client read nothing more, not even in the poll that is waiting.
async fn stop_reading(socket: &Socket, client: &Client) {
    // The first ping comes at some time soon, the next long after the test.
    eventually("a ping", async || socket.connection().pings() > 0).await;
    socket.call("fence", ()).await;
    socket.connection().stop_reading();
    client.emit("last", ()).expect("room for it");
    socket.expect("last").await;
}

impl Scene {
    async fn start(builder: SocketIoBuilder) -> Self {
        let (sender, kept) = mpsc::unbounded_channel();
        let (log, here) = (Log::default(), Arc::default());
        let gate = Arc::new(Semaphore::new(0));
        let hall = Hall {
            log: log.clone(),
            gate: Arc::clone(&gate),
            here: Arc::clone(&here),
            kept: sender,
        };
        let (socketio, address) = serve(builder.namespace(hall)).await;
        Self {
            socketio,
            browsers: both(address),
            log,
            gate,
            here,
            kept,
        }
    }

    /// A client, and what the server has of it.
    async fn connect(&mut self, browser: usize, name: &str) -> (Socket, Client) {
        let connecting = self.browsers[browser].connect("/hall", json!(name));
        let socket = connecting.await;
        let client = deadline("the client", self.kept.recv()).await;
        // `on_connect` is over, and the client in its rooms.
        socket.call("fence", ()).await;
        (socket, client.expect("a class"))
    }

    /// A client over long polling that asks for nothing any more.
    async fn connect_stalled(&mut self, name: &str) -> (Socket, Client) {
        let (socket, client) = self.connect(1, name).await;
        stop_reading(&socket, &client).await;
        (socket, client)
    }

    async fn expect_members(&self, members: usize) {
        let hall = self.socketio.of("/hall");
        eventually("the others to be gone", async || {
            // Those of the scene and of the class are two.
            Arc::strong_count(&self.here) == members + 2
                && hall.clients().await.expect("the clients").len() == members
                && hall.room("hall").len().await.expect("a number") == members
        })
        .await;
    }

    /// Slow clients and packets they missed.
    fn counted(&self) -> (u64, u64) {
        let Counters {
            slow_clients,
            slow_packets,
            ..
        } = self.socketio.counters();
        (slow_clients, slow_packets)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_stalled_of_a_thousand_are_gone_and_the_others_get_everything() {
    const STALLED: usize = 10;
    const READING: usize = 990;
    const TURNS: u32 = 8;
    const OF_A_TURN: u32 = 10;
    let mut scene = Scene::start(SocketIo::builder().max_waiting_packets(40)).await;
    let mut readers = Vec::new();
    for _ in 0..READING {
        readers.push(scene.connect(0, "reader").await.0);
    }
    let mut stalled = Vec::new();
    for number in 0..STALLED {
        let (socket, _) = scene.connect(number % 2, "stalled").await;
        socket.connection().stop_reading();
        stalled.push(socket);
    }
    // More than fits into the sockets, but not into the queues.
    let text = "x".repeat(500_000);
    for _ in 0..30 {
        let room = scene.socketio.of("/hall").to("stalled");
        let filled = room.emit("fill", &text).await.expect("no error");
        assert_eq!(filled.missed(), 0);
    }

    let mut missed = 0;
    for turn in 0..TURNS {
        let numbers = turn * OF_A_TURN..(turn + 1) * OF_A_TURN;
        for number in numbers.clone() {
            let room = scene.socketio.of("/hall").to("hall");
            let sent = room.emit("news", number).await.expect("no error");
            missed += sent.missed();
        }
        for reader in &readers {
            for number in numbers.clone() {
                assert_eq!(reader.expect("news").await, [number]);
            }
        }
    }
    // Each missed one packet and was gone, or was found full beside another.
    assert!((1..=STALLED).contains(&missed), "{missed}");
    assert_eq!(scene.counted(), (STALLED as u64, missed as u64));
    scene.log.becomes(&["stalled: slow client"; STALLED]).await;
    scene.expect_members(READING).await;
    for socket in &stalled {
        socket.connection().resume_reading();
        socket.expect_closed().await;
    }
    for reader in &readers {
        reader.expect_nothing_until_ack("fence").await;
    }
}

#[tokio::test]
async fn a_slow_client_that_stays_is_known_to_every_broadcast() {
    let builder = || SocketIo::builder().max_waiting_packets(20);
    mind_a_slow_client(builder()).await;
    mind_a_slow_client(builder().cluster(Cluster::of_engine::<LocalAdapter>(()))).await;
}

async fn mind_a_slow_client(builder: SocketIoBuilder) {
    let mut scene = Scene::start(builder.slow_clients(SlowClientPolicy::Drop)).await;
    let (reader, other) = scene.connect(0, "reader").await;
    let (stalled, slow) = scene.connect_stalled("stalled").await;
    let hall = scene.socketio.of("/hall");
    let mut missed = 0;
    for number in 0..30 {
        missed += hall.emit("news", number).await.expect("no error").missed();
        assert_eq!(reader.expect("news").await, [number]);
    }
    assert_eq!(missed, 10);
    assert_eq!(scene.counted(), (1, 10));

    // It is one of these receivers..
    for to in [
        hall.to("hall"),
        hall.to(["stalled", "nowhere"]),
        hall.to(slow.sid()).to("reader"),
        hall.except("nowhere"),
        other.broadcast().include_self(false),
        other.to("hall"),
        slow.to("hall"),
    ] {
        assert_eq!(to.emit("news", ()).await.expect("no error").missed(), 1);
    }
    let remote = hall.client(slow.sid()).emit("news", ()).await;
    assert_eq!(remote.expect("no error").missed(), 1);
    assert_eq!(scene.counted(), (1, 18));
    // .. and none of these.
    for to in [
        hall.to("reader"),
        hall.to("hall").except("stalled"),
        hall.to("hall").skip(slow.sid()),
        slow.broadcast().include_self(false),
        slow.to("hall").include_self(false),
        hall.to("stalled").except("hall"),
    ] {
        assert_eq!(to.emit("news", ()).await.expect("no error").missed(), 0);
    }
    assert_eq!(scene.counted(), (1, 18));
    let heard = reader.drain_until_ack("fence").await;
    // "stalled" alone is not for it, nor is a room that it is skipped in.
    assert_eq!(heard.len(), 5 + 5);

    // What it had room for, then what came after, and nothing twice.
    stalled.connection().resume_reading();
    for number in 0..20 {
        assert_eq!(stalled.expect("news").await, [number]);
    }
    for number in 100..200 {
        let sent = hall.to("hall").emit("news", number).await;
        assert_eq!(sent.expect("no error").missed(), 0);
        for socket in [&reader, &stalled] {
            assert_eq!(socket.expect("news").await, [number]);
        }
    }
    // Once more, as one of the slow.
    stop_reading(&stalled, &slow).await;
    let mut missed = 0;
    for number in 0..30 {
        let sent = hall.to("hall").emit("news", number).await;
        missed += sent.expect("no error").missed();
        assert_eq!(reader.expect("news").await, [number]);
    }
    assert_eq!(missed, 10);
    assert_eq!(scene.counted(), (1, 28));
    // It goes as everybody does.
    drop((slow, other));
    stalled.connection().resume_reading();
    stalled.close().await;
    scene.log.becomes(&["stalled: transport close"]).await;
    scene.expect_members(1).await;
}

/// As many readers as a server has on a busy day, each behind most of the time.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_and_what_came_are_all_that_was_sent() {
    const READERS: usize = 20;
    const BROADCASTS: usize = 5000;
    let builder = SocketIo::builder().max_waiting_packets(10);
    let mut scene = Scene::start(builder.slow_clients(SlowClientPolicy::Drop)).await;
    let mut readers = Vec::new();
    for number in 0..READERS {
        readers.push(scene.connect(number % 2, "reader").await);
    }
    let mut missed = 0;
    for number in 0..BROADCASTS {
        let sent = scene.socketio.of("/hall").emit("news", number).await;
        missed += sent.expect("no error").missed();
        if number % 50 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let mut came = 0;
    for (socket, client) in &readers {
        let counted = scene.counted().1;
        let refused = std::cell::Cell::new(0);
        eventually("room for the end", async || {
            let sent = client.emit("end", ());
            refused.set(refused.get() + u64::from(sent.is_err()));
            sent.is_ok()
        })
        .await;
        assert_eq!(scene.counted().1, counted + refused.get());
        let mut last = None;
        loop {
            let event = socket.next_event().await;
            if event.event == "end" {
                break;
            }
            let number = event.args[0].as_u64();
            assert!(number > last, "{number:?} after {last:?}");
            last = number;
            came += 1;
        }
    }
    assert!(missed > 0, "nobody was behind");
    assert_eq!(came + missed, READERS * BROADCASTS);
}

#[tokio::test]
async fn ok_is_said_of_just_as_many_events_as_come() {
    let builder = SocketIo::builder().max_waiting_packets(20);
    let mut scene = Scene::start(builder.slow_clients(SlowClientPolicy::Drop)).await;
    let (stalled, slow) = scene.connect_stalled("stalled").await;
    let mut queued = Vec::new();
    for number in 0..30 {
        match slow.emit("news", number) {
            Ok(()) => queued.push(number),
            Err(EmitError::Slow) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(scene.counted(), (1, 30 - queued.len() as u64));
    stalled.connection().resume_reading();
    for number in queued {
        assert_eq!(stalled.expect("news").await, [number]);
    }
    stalled.expect_nothing_until_ack("fence").await;
    stalled.close().await;
    deadline("the end", slow.disconnected()).await;
    let sent = slow.emit("news", ());
    assert!(matches!(sent, Err(EmitError::Disconnected)), "{sent:?}");
    let called = slow.call::<()>("question", ());
    let called = deadline("the end of the call", called.into_future()).await;
    assert!(matches!(called, Err(CallError::Disconnected)), "{called:?}");
    drop(slow);
    scene.expect_members(0).await;
}

#[tokio::test]
async fn an_answer_that_finds_no_room_is_not_lost_silently() {
    for policy in [SlowClientPolicy::Drop, SlowClientPolicy::Disconnect] {
        let builder = SocketIo::builder().max_waiting_packets(20);
        let mut scene = Scene::start(builder.slow_clients(policy)).await;
        let (stalled, _) = scene.connect_stalled("stalled").await;
        let ids: Vec<_> = (0..30).map(|_| stalled.emit_with_id("fence", ())).collect();
        if policy == SlowClientPolicy::Drop {
            stalled.connection().flush().await;
            assert_eq!(scene.counted(), (1, 10));
            stalled.connection().resume_reading();
            for id in &ids[..20] {
                stalled.expect_ack(*id).await;
            }
            stalled.expect_no_ack(ids[20], "fence").await;
        } else {
            scene.log.becomes(&["stalled: slow client"]).await;
            scene.expect_members(0).await;
            let (clients, packets) = scene.counted();
            assert_eq!(clients, 1);
            assert!(packets >= 1);
        }
    }
}

#[tokio::test]
async fn an_answer_after_the_leaving_is_not_lost_silently_either() {
    let builder = SocketIo::builder().max_waiting_packets(20);
    let mut scene = Scene::start(builder).await;
    let (stalled, slow) = scene.connect_stalled("stalled").await;
    for _ in 0..20 {
        slow.emit("news", ()).expect("room for it");
    }
    stalled.emit_with_id("wait", ());
    stalled.disconnect();
    deadline("the leaving", slow.disconnected()).await;
    assert_eq!(scene.counted(), (0, 0));
    scene.gate.add_permits(1);
    scene.log.becomes(&["stalled: client disconnect"]).await;
    assert_eq!(scene.counted(), (1, 1));
    stalled.connection().resume_reading();
    stalled.expect_closed().await;
}

#[tokio::test]
async fn a_question_that_finds_no_room_is_not_lost_silently() {
    for policy in [SlowClientPolicy::Drop, SlowClientPolicy::Disconnect] {
        let builder = SocketIo::builder().max_waiting_packets(20);
        let mut scene = Scene::start(builder.slow_clients(policy)).await;
        let (_stalled, slow) = scene.connect_stalled("stalled").await;
        for _ in 0..20 {
            slow.emit("news", ()).expect("room for it");
        }
        assert_eq!(scene.counted(), (0, 0));
        let hall = scene.socketio.of("/hall");
        let here = slow.call::<()>("question", ());
        let anywhere = hall.client(slow.sid()).call::<()>("question", ());
        let asked = deadline("the end of the call", here.into_future()).await;
        drop(slow);
        let is_slow =
            |asked: &Result<(), CallError>| matches!(asked, Err(CallError::Emit(EmitError::Slow)));
        assert!(is_slow(&asked), "{asked:?}");
        assert_eq!(scene.counted(), (1, 1));
        let asked = deadline("the end of the call", anywhere.into_future()).await;
        if policy == SlowClientPolicy::Drop {
            assert!(is_slow(&asked), "{asked:?}");
            assert_eq!(scene.counted(), (1, 2));
        } else {
            assert!(matches!(asked, Err(CallError::Disconnected)), "{asked:?}");
            scene.log.becomes(&["stalled: slow client"]).await;
            scene.expect_members(0).await;
        }
    }
}

#[tokio::test]
async fn the_log_says_once_of_each_client_that_it_is_slow() {
    let journal = Journal::default();
    let _logging = journal.begin();
    for policy in [SlowClientPolicy::Drop, SlowClientPolicy::Disconnect] {
        let builder = SocketIo::builder().max_waiting_packets(20);
        let mut scene = Scene::start(builder.slow_clients(policy)).await;
        let mut stalled = Vec::new();
        for _ in 0..2 {
            stalled.push(scene.connect_stalled("stalled").await);
        }
        for _ in 0..40 {
            let sent = scene.socketio.of("/hall").emit("news", ()).await;
            sent.expect("no error");
            // An error says the same once more, to whoever emits.
            let _ = stalled[0].1.emit("news", ());
        }
        let lines = journal.warnings();
        assert_eq!(lines.len(), 2, "{lines:#?}");
        for (_, client) in &stalled {
            let sid = client.sid().to_string();
            let of_it = lines.iter().filter(|line| line.contains(&sid)).count();
            assert_eq!(of_it, 1, "{lines:#?}");
        }
        assert_eq!(scene.counted().0, 2);
    }
}

#[tokio::test]
async fn a_client_that_stops_reading_is_gone_in_time_with_traffic_and_without() {
    let builder = SocketIo::builder()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(200))
        .write_timeout(Duration::from_millis(200));
    let mut scene = Scene::start(builder).await;
    let text = "x".repeat(30_000);
    for browser in [0, 1] {
        for packets in [0, 1, 1000] {
            let (stalled, client) = scene.connect(browser, "stalled").await;
            stalled.connection().stop_reading();
            for _ in 0..packets {
                client.emit("news", &text).expect("room for it");
            }
            eventually("it to be seen off", async || !client.is_connected()).await;
            drop(client);
            scene.expect_members(0).await;
            let log = scene.log.take();
            assert_eq!(log.len(), 1, "{log:?}");
            stalled.connection().resume_reading();
            stalled.expect_closed().await;
        }
    }
    assert_eq!(scene.counted(), (0, 0));
}
