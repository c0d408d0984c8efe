//! The end of a server: lines worked off, everybody seen off with the reason, connections closed,
//! all of it within a limit.

mod served;

use std::{future::pending, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{Router, extract::FromRequestParts, http::request::Parts};
use futures_util::{FutureExt, future::join_all};
use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::json;
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Connection, deadline, eventually};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::{JoinHandle, yield_now},
};

/// Notes when it is dropped.
struct Guard(Log, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

/// Each client has a log of its own: the order among clients is nobody's business.
struct Hall {
    logs: [Log; 4],
    gate: Arc<Semaphore>,
    kept: mpsc::UnboundedSender<Client>,
}

#[derive(Deserialize)]
struct Ticket {
    seat: usize,
}

struct Seat {
    log: Log,
}

#[namespace("/hall", session = Seat)]
impl Hall {
    async fn on_connect(&self, client: Client, ticket: Ticket, how: Query) -> Result<Seat> {
        let log = self.logs[ticket.seat].clone();
        log.note("comes");
        client.join("room")?;
        let _ = self.kept.send(client);
        match how.0.as_str() {
            "waits" => self.gate.acquire().await?.forget(),
            "sticks" => pending().await,
            _ => {}
        }
        Ok(Seat { log })
    }

    async fn on_note(&self, seat: Session<Seat>, what: String) {
        yield_now().await;
        seat.log.note(what);
    }

    async fn on_wait(&self, seat: Session<Seat>) {
        seat.log.note("waits");
        self.gate.acquire().await.expect("an open gate").forget();
    }

    async fn on_stick(&self, seat: Session<Seat>) {
        let _guard = Guard(seat.log.clone(), "dropped");
        pending::<()>().await;
    }

    fn on_stop(&self, socketio: SocketIo) {
        tokio::spawn(async move { socketio.shutdown().await });
    }

    fn on_fence(&self) {}

    async fn on_disconnect(&self, client: Client, seat: Session<Seat>, reason: DisconnectReason) {
        seat.log
            .note(format!("leaves {:?}: {reason}", client.rooms()));
        assert_eq!(reason, DisconnectReason::ServerShutdown);
    }
}

/// What a client asks `on_connect` to do, in the query.
struct Query(String);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let how = query.split('&').find_map(|pair| pair.strip_prefix("how="));
        Ok(Self(how.unwrap_or_default().to_owned()))
    }
}

struct Root;

#[namespace]
impl Root {
    fn on_fence(&self) {}
}

const LEAVES: &str = r#"leaves ["room"]: server shutting down"#;

struct Scene {
    socketio: SocketIo,
    address: SocketAddr,
    serving: JoinHandle<Result>,
    logs: [Log; 4],
    gate: Arc<Semaphore>,
    kept: mpsc::UnboundedReceiver<Client>,
}

impl Scene {
    async fn start(builder: SocketIoBuilder) -> Self {
        let (sender, kept) = mpsc::unbounded_channel();
        let (logs, gate) = (<[Log; 4]>::default(), Arc::new(Semaphore::new(0)));
        let hall = Hall {
            logs: logs.clone(),
            gate: Arc::clone(&gate),
            kept: sender,
        };
        let socketio = builder
            .namespace(hall)
            .namespace(Root)
            .build()
            .await
            .expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = socketio.clone();
        let serving = tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
        Self {
            socketio,
            address,
            serving,
            logs,
            gate,
            kept,
        }
    }

    /// Returns when the shutdown has begun.
    async fn shut_down(&self) -> JoinHandle<()> {
        let task = Log::default();
        let guard = Guard(task.clone(), "aborted");
        self.socketio.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        let socketio = self.socketio.clone();
        let shutting_down = tokio::spawn(async move { socketio.shutdown().await });
        task.becomes(&["aborted"]).await;
        shutting_down
    }

    /// The server is over, and nobody listens at its address any more.
    async fn expect_end(self) -> SocketIo {
        let served = deadline("serve_on to return", self.serving).await;
        served.expect("no panic").expect("no error");
        assert!(TcpStream::connect(self.address).await.is_err());
        self.socketio
    }
}

#[tokio::test]
async fn everybody_is_seen_off_after_what_they_sent_is_handled() {
    let scene = Scene::start(SocketIo::builder()).await;
    let mut clients = Vec::new();
    let notes: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    for (seat, busy) in [(0, false), (1, true), (2, false), (3, true)] {
        let browser = both(scene.address)[seat / 2].clone();
        let client = browser.connect("/hall", json!({ "seat": seat })).await;
        if busy {
            client.emit("wait", ());
            for note in &notes {
                client.emit("note", (note,));
            }
            // Behind all that on the wire, but not in the line.
            let root = client
                .connection()
                .connect("/", NO_AUTH)
                .await
                .expect("let in");
            root.call("fence", ()).await;
        }
        clients.push(client);
    }
    let shutting_down = scene.shut_down().await;
    scene.logs[0].becomes(&["comes", LEAVES]).await;
    scene.logs[2].becomes(&["comes", LEAVES]).await;
    scene.logs[1].becomes(&["comes", "waits"]).await;
    scene.logs[3].becomes(&["comes", "waits"]).await;
    scene.gate.add_permits(2);
    let mut end: Vec<_> = notes.iter().map(String::as_str).collect();
    end.push(LEAVES);
    scene.logs[1].becomes(&end).await;
    scene.logs[3].becomes(&end).await;

    deadline("the end", shutting_down).await.expect("no panic");
    for client in &clients {
        client.expect_closed().await;
    }
    let logs = scene.logs.clone();
    scene.expect_end().await;
    assert!(
        logs.iter().all(|log| log.take().is_empty()),
        "nothing comes after on_disconnect"
    );
}

/// Every frame until the connection is closed.
async fn frames(connection: &Connection) -> Vec<String> {
    let mut frames = Vec::new();
    while let Ok(frame) = AssertUnwindSafe(connection.recv_raw()).catch_unwind().await {
        frames.push(frame.text().to_owned());
    }
    frames
}

#[tokio::test]
async fn clients_are_not_told_to_stay_away() {
    let scene = Scene::start(SocketIo::builder()).await;
    let mut connections = Vec::new();
    for browser in both(scene.address) {
        let connection = browser.open().await;
        connection.send_raw(r#"40/hall,{"seat":0}"#);
        let connected = connection.recv_raw().await;
        assert!(connected.text().starts_with("40/hall,"), "{connected:?}");
        connections.push(connection);
    }
    deadline("the end", scene.shut_down().await)
        .await
        .expect("no panic");
    for connection in &connections {
        // A client that is sent a disconnect packet does not come back by itself.
        connection.expect_closed().await;
        let frames = frames(connection).await;
        assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");
    }
    scene.expect_end().await;
}

#[tokio::test]
async fn connections_that_are_in_no_namespace_are_closed_as_well() {
    let scene = Scene::start(SocketIo::builder()).await;
    let mut kept = Vec::new();
    for browser in both(scene.address) {
        let nowhere = browser.open().await;
        let left = browser.connect("/", NO_AUTH).await;
        left.call("fence", ()).await;
        left.disconnect();
        left.connection().flush().await;
        kept.extend([nowhere, left.connection().clone()]);
    }
    deadline("the end", scene.shut_down().await)
        .await
        .expect("no panic");
    scene.expect_end().await;
    for connection in &kept {
        connection.expect_closed().await;
    }
}

#[tokio::test]
async fn nobody_comes_in_during_the_shutdown() {
    let scene = Scene::start(SocketIo::builder()).await;
    let mut kept = Vec::new();
    for browser in both(scene.address) {
        let busy = browser.connect("/hall", json!({ "seat": 0 })).await;
        busy.emit("wait", ());
        scene.logs[0].becomes(&["comes", "waits"]).await;
        kept.push(busy);
    }
    let nowhere = join_all(both(scene.address).map(|browser| browser.open())).await;
    let shutting_down = scene.shut_down().await;

    // Whether the system still takes the connection or not, nobody answers on it.
    let address = scene.address;
    let late = tokio::spawn(async move {
        let mut answer = Vec::new();
        if let Ok(mut stream) = TcpStream::connect(address).await {
            let target = "/socket.io/?EIO=4&transport=polling";
            let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n\r\n");
            let _ = stream.write_all(request.as_bytes()).await;
            let _ = stream.read_to_end(&mut answer).await;
        }
        String::from_utf8_lossy(&answer).into_owned()
    });
    for connection in &nowhere {
        connection.send_raw(r#"40/hall,{"seat":1}"#);
    }
    // Over long polling there is no other connection any more to send it on.
    nowhere[0].flush().await;
    scene.gate.add_permits(2);
    deadline("the end", shutting_down).await.expect("no panic");
    for connection in &nowhere {
        connection.expect_closed().await;
        let frames = frames(connection).await;
        assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");
    }
    assert_eq!(scene.logs[1].take(), Vec::<String>::new());
    let logs = scene.logs.clone();
    scene.expect_end().await;
    let answer = deadline("the late connection to end", late)
        .await
        .expect("no panic");
    assert!(!answer.contains("sid"), "{answer}");
    logs[0].becomes(&[LEAVES, LEAVES]).await;
}

#[tokio::test]
async fn a_client_in_on_connect_is_seen_off_if_it_is_accepted() {
    let scene = Scene::start(SocketIo::builder()).await;
    let mut kept = Vec::new();
    for (seat, browser) in both(scene.address).into_iter().enumerate() {
        let connection = browser.query("how", "waits").open().await;
        connection.send_raw(format!(r#"40/hall,{{"seat":{seat}}}"#));
        scene.logs[seat].becomes(&["comes"]).await;
        kept.push(connection);
    }
    let shutting_down = scene.shut_down().await;
    scene.gate.add_permits(2);
    scene.logs[0].becomes(&[LEAVES]).await;
    scene.logs[1].becomes(&[LEAVES]).await;
    deadline("the end", shutting_down).await.expect("no panic");
    scene.expect_end().await;
    for connection in &kept {
        // An answer would be final: the client would not look for another server.
        connection.expect_closed().await;
        let frames = frames(connection).await;
        assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");
    }
}

/// Holds up whoever leaves.
struct Porch {
    log: Log,
    gate: Arc<Semaphore>,
}

#[namespace("/porch")]
impl Porch {
    fn on_connect(&self) {
        self.log.note("comes");
    }

    async fn on_disconnect(&self, reason: DisconnectReason) -> Result {
        self.log.note("begins to leave");
        self.gate.acquire().await?.forget();
        self.log.note(format!("leaves: {reason}"));
        Ok(())
    }
}

#[tokio::test]
async fn whoever_waits_to_come_again_does_not_come_in_during_the_shutdown() {
    for transport in [0, 1] {
        let (log, gate) = (Log::default(), Arc::new(Semaphore::new(0)));
        let porch = Porch {
            log: log.clone(),
            gate: Arc::clone(&gate),
        };
        let scene = Scene::start(SocketIo::builder().namespace(porch)).await;
        let connection = both(scene.address)[transport].open().await;
        let root = connection.connect("/", NO_AUTH).await.expect("let in");
        connection.send_raw("40/porch,");
        let connected = connection.recv_raw().await;
        assert!(connected.text().starts_with("40/porch,"), "{connected:?}");
        connection.burst(|| {
            connection.send_raw("41/porch,");
            connection.send_raw("40/porch,");
        });
        log.becomes(&["comes", "begins to leave"]).await;
        root.call("fence", ()).await;

        let shutting_down = scene.shut_down().await;
        gate.add_permits(1);
        log.becomes(&["leaves: client disconnect"]).await;
        deadline("the end", shutting_down).await.expect("no panic");
        scene.expect_end().await;
        connection.expect_closed().await;
        let frames = frames(&connection).await;
        assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");
        assert_eq!(log.take(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_shutdown_goes_on_when_whoever_asked_for_it_is_gone() {
    for by_background_task in [true, false] {
        let scene = Scene::start(SocketIo::builder()).await;
        let mut clients = Vec::new();
        for (seat, browser) in both(scene.address).into_iter().enumerate() {
            clients.push(browser.connect("/hall", json!({ "seat": seat })).await);
        }
        let socketio = scene.socketio.clone();
        if by_background_task {
            // The shutdown begins with the end of all background tasks, this one too.
            scene
                .socketio
                .spawn(async move { socketio.shutdown().await });
        } else {
            assert!(socketio.shutdown().now_or_never().is_none());
        }
        for (client, log) in clients.iter().zip(&scene.logs) {
            log.becomes(&["comes", LEAVES]).await;
            client.expect_closed().await;
        }
        scene.expect_end().await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_nothing_up() {
    let builder = SocketIo::builder().shutdown_timeout(Duration::from_millis(300));
    let mut scene = Scene::start(builder.max_waiting_packets(1000)).await;
    let mut clients = Vec::new();
    for (seat, browser) in both(scene.address).into_iter().enumerate() {
        let client = browser.connect("/hall", json!({ "seat": seat })).await;
        let kept = deadline("the client", scene.kept.recv())
            .await
            .expect("a class");
        client.call("fence", ()).await;
        client.connection().stop_reading();
        let large = "x".repeat(30_000);
        for _ in 0..900 {
            kept.emit("large", &large).expect("room for it");
        }
        clients.push(client);
    }
    deadline("the end", scene.shut_down().await)
        .await
        .expect("no panic");
    for seat in [0, 1] {
        scene.logs[seat].becomes(&["comes", LEAVES]).await;
    }
    scene.expect_end().await;
}

#[tokio::test]
async fn a_stuck_handler_is_dropped_and_its_client_still_seen_off() {
    let scene = Scene::start(SocketIo::builder().grace(Duration::from_millis(50))).await;
    let mut kept = Vec::new();
    for (seat, browser) in both(scene.address).into_iter().enumerate() {
        let client = browser.connect("/hall", json!({ "seat": seat })).await;
        client.emit("stick", ());
        client.emit("note", ("behind",));
        let root = client
            .connection()
            .connect("/", NO_AUTH)
            .await
            .expect("let in");
        root.call("fence", ()).await;
        kept.push(client);
    }
    deadline("the end", scene.shut_down().await)
        .await
        .expect("no panic");
    for seat in [0, 1] {
        scene.logs[seat]
            .becomes(&["comes", "dropped", LEAVES])
            .await;
    }
    scene.expect_end().await;
}

#[tokio::test]
async fn nothing_takes_longer_than_the_timeout() {
    let builder = SocketIo::builder()
        .grace(Duration::from_hours(1))
        .shutdown_timeout(Duration::from_millis(100));
    let scene = Scene::start(builder).await;
    let mut kept = Vec::new();
    for browser in both(scene.address) {
        let client = browser.connect("/hall", json!({ "seat": 0 })).await;
        client.emit("stick", ());
        kept.push(client.connection().clone());
        let connection = browser.query("how", "sticks").open().await;
        connection.send_raw(r#"40/hall,{"seat":1}"#);
        kept.push(connection);
    }
    scene.logs[1].becomes(&["comes", "comes"]).await;
    deadline("the end", scene.shut_down().await)
        .await
        .expect("no panic");
    scene.expect_end().await;
    for connection in &kept {
        connection.expect_closed().await;
    }
}

#[tokio::test]
async fn a_shutdown_may_be_asked_for_more_than_once_and_from_a_handler() {
    let scene = Scene::start(SocketIo::builder()).await;
    let client = Browser::websocket(scene.address)
        .connect("/hall", json!({ "seat": 0 }))
        .await;
    client.emit("wait", ());
    scene.logs[0].becomes(&["comes", "waits"]).await;
    let first = scene.shut_down().await;
    let socketio = scene.socketio.clone();
    let second = tokio::spawn(async move { socketio.shutdown().await });
    assert!(!second.is_finished());
    scene.gate.add_permits(1);
    deadline("the first", first).await.expect("no panic");
    deadline("the second", second).await.expect("no panic");
    scene.logs[0].becomes(&[LEAVES]).await;
    let socketio = scene.expect_end().await;
    deadline("the third", socketio.shutdown()).await;

    // The handle does no harm afterwards.
    let sent = socketio.of("/hall").emit("anybody there", ());
    deadline("an emit into the void", sent)
        .await
        .expect("no error");
    let task = Log::default();
    let guard = Guard(task.clone(), "not run");
    socketio.spawn(async move {
        guard.0.note("run");
    });
    task.becomes(&["not run"]).await;

    let scene = Scene::start(SocketIo::builder()).await;
    let client = Browser::polling(scene.address)
        .connect("/hall", json!({ "seat": 0 }))
        .await;
    client.emit("stop", ());
    client.expect_closed().await;
    scene.logs[0].becomes(&["comes", LEAVES]).await;
    scene.expect_end().await;
}

struct Cellar {
    here: Arc<()>,
}

struct Barrel {
    _here: Arc<()>,
}

#[namespace("/cellar", session = Barrel)]
impl Cellar {
    fn on_connect(&self) -> Barrel {
        Barrel {
            _here: Arc::clone(&self.here),
        }
    }
}

#[tokio::test]
async fn nothing_is_kept_of_those_who_were_there_at_the_end() {
    let here = Arc::new(());
    let cellar = Cellar {
        here: Arc::clone(&here),
    };
    let (socketio, address) = serve(SocketIo::builder().namespace(cellar)).await;
    let mut clients = Vec::new();
    for browser in both(address) {
        clients.push(browser.connect("/cellar", NO_AUTH).await);
    }
    assert_eq!(Arc::strong_count(&here), 4);

    deadline("the end", socketio.shutdown()).await;
    for client in &clients {
        client.expect_closed().await;
    }
    // The class is gone as well.
    eventually("the sessions to be gone", async || {
        Arc::strong_count(&here) == 1
    })
    .await;
}

#[tokio::test]
async fn serving_on_a_taken_port_says_which() {
    let (socketio, address) = serve(SocketIo::builder().namespace(Root)).await;
    let taken = socketio
        .serve(address, Router::new())
        .await
        .expect_err("taken");
    let text = taken.to_string();
    assert!(text.contains(&address.to_string()), "{text}");
    assert!(text.contains("in use"), "{text}");
    // The one that has it goes on.
    Browser::websocket(address)
        .connect("/", NO_AUTH)
        .await
        .call("fence", ())
        .await;
}
