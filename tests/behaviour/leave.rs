//! Leaving: one `on_disconnect` for each client that was let in, last, with everything still there,
//! however it leaves; and nothing left of it afterwards.

mod served;

use std::{
    future::pending,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use hobnob::{RoomError, SocketIoBuilder, prelude::*};
use serde_json::{Value, json};
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Socket, deadline, eventually};
use tokio::{
    sync::{Semaphore, mpsc},
    task::yield_now,
};

/// Notes when it is dropped.
struct Guard(Log, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

struct Guest {
    name: String,
    _here: Arc<()>,
}

struct House {
    log: Log,
    gate: Arc<Semaphore>,
    kept: mpsc::UnboundedSender<Client>,
    here: Arc<()>,
}

#[namespace("/house", session = Guest)]
impl House {
    async fn on_connect(&self, client: Client, name: Option<String>) -> Result<Guest> {
        let name = name.unwrap_or_else(|| "guest".to_owned());
        self.log.note(format!("{name} comes"));
        client.emit("welcome", ())?;
        if name == "hasty" {
            client.join("a")?;
        }
        if name == "nobody" || name == "hasty" {
            client.disconnect()?;
        }
        Ok(Guest {
            name,
            _here: Arc::clone(&self.here),
        })
    }

    fn on_join(&self, client: Client, room: String) -> Result {
        Ok(client.join(room)?)
    }

    async fn on_note(&self, what: String) {
        yield_now().await;
        self.log.note(what);
    }

    fn on_keep(&self, client: Client) {
        let _ = self.kept.send(client);
    }

    fn on_panic(&self) {
        panic!("in a handler");
    }

    #[event("throw out")]
    fn throw_out(&self, client: Client) -> Result<bool> {
        client.disconnect()?;
        assert!(matches!(client.disconnect(), Err(EmitError::Disconnected)));
        Ok(client.is_connected())
    }

    async fn on_wait(&self) {
        self.log.note("waits");
        self.gate.acquire().await.expect("an open gate").forget();
        self.log.note("waited");
    }

    async fn on_ask(&self, client: Client) {
        self.log.note("asks");
        let answer = client.call::<()>("question", ()).await;
        assert!(matches!(answer, Err(CallError::Disconnected)), "{answer:?}");
        client.disconnected().await;
        self.log.note("knows that it left");
    }

    async fn on_stick(&self) {
        let _guard = Guard(self.log.clone(), "stuck handler dropped");
        self.log.note("sticks");
        pending::<()>().await;
    }

    #[event("stick beside", concurrent)]
    async fn stick_beside(&self) {
        let _guard = Guard(self.log.clone(), "stuck concurrent handler dropped");
        self.log.note("sticks beside");
        pending::<()>().await;
    }

    fn on_spawn(&self, client: Client) {
        let guard = Guard(self.log.clone(), "task ended");
        client.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
    }

    fn on_fence(&self) {}

    async fn on_disconnect(
        &self,
        client: Client,
        guest: Session<Guest>,
        reason: DisconnectReason,
    ) -> Result {
        let mut rooms = client.rooms();
        rooms.sort();
        let name = &guest.name;
        if name == "slow" {
            self.log.note("slow begins to leave");
            self.gate.acquire().await?.forget();
        }
        let request = client
            .request()
            .map(|request| request.uri().path().to_owned());
        assert!(request.as_deref() == Some("/socket.io/") || rooms.is_empty());
        assert!(!client.is_connected());
        assert!(matches!(
            client.emit("too late", ()),
            Err(EmitError::Disconnected)
        ));
        client.broadcast().emit("left", name).await?;
        self.log.note(format!("{name} leaves {rooms:?}: {reason}"));
        Ok(())
    }
}

struct Scene {
    socketio: SocketIo,
    address: SocketAddr,
    log: Log,
    gate: Arc<Semaphore>,
    kept: mpsc::UnboundedReceiver<Client>,
    here: Arc<()>,
}

impl Scene {
    async fn start(builder: SocketIoBuilder) -> Self {
        let (sender, kept) = mpsc::unbounded_channel();
        let (log, gate, here) = (Log::default(), Arc::new(Semaphore::new(0)), Arc::new(()));
        let house = House {
            log: log.clone(),
            gate: Arc::clone(&gate),
            kept: sender,
            here: Arc::clone(&here),
        };
        let (socketio, address) = serve(builder.namespace(house).namespace(Root)).await;
        Self {
            socketio,
            address,
            log,
            gate,
            kept,
            here,
        }
    }

    async fn keep(&mut self, client: &Socket) -> Client {
        client.call("keep", ()).await;
        deadline("the client", self.kept.recv())
            .await
            .expect("a class")
    }

    /// One reference is the test's, one the class's: no session is left.
    async fn expect_nobody(&self) {
        let house = self.socketio.of("/house");
        eventually("nobody to be left", async || {
            let mut members = house.clients().await.expect("the clients").len();
            for room in ["a", "b"] {
                members += house.room(room).len().await.expect("a number");
            }
            members == 0 && Arc::strong_count(&self.here) == 2
        })
        .await;
        assert_eq!(self.log.take(), Vec::<String>::new());
    }
}

fn is_websocket(browser: &Browser) -> bool {
    format!("{browser:?}").contains("polling: false")
}

struct Root;

#[namespace]
impl Root {
    fn on_fence(&self) {}
}

#[tokio::test]
async fn every_way_of_leaving_is_seen_once_with_its_reason() {
    let mut scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        for (how, reason) in [
            ("namespace packet", "client disconnect"),
            ("engine packet", "transport close"),
            ("close", "transport close"),
            ("thrown out by its handler", "server disconnect"),
            ("thrown out from outside", "server disconnect"),
            ("no packet", "parse error"),
        ] {
            let witness = Browser::websocket(scene.address).connect("/house", json!("witness"));
            let witness = witness.await;
            let client = browser.connect("/house", json!("anna")).await;
            scene.log.becomes(&["witness comes", "anna comes"]).await;
            client.emit("join", ("b",));
            client.emit("join", ("a",));
            let kept = scene.keep(&client).await;
            let connection = client.connection();
            match how {
                "namespace packet" => client.disconnect(),
                "engine packet" => connection.close_engine(),
                "close" => drop(connection.close().await),
                "thrown out by its handler" => {
                    client.emit("throw out", ());
                    client.emit("fence", ());
                    client.expect_disconnect().await;
                }
                "thrown out from outside" => {
                    let remote = scene.socketio.of("/house").client(kept.sid());
                    remote.disconnect().await.expect("disconnected");
                    client.expect_disconnect().await;
                }
                _ => connection.send_raw("4what"),
            }
            let left = format!(r#"anna leaves ["a", "b"]: {reason}"#);
            scene.log.becomes(&[&left]).await;
            assert_eq!(
                witness.drain_until_ack("fence").await.len(),
                2,
                "welcome and left"
            );
            drop(kept);
            drop(client);
            witness.close().await;
            scene
                .log
                .becomes(&["witness leaves []: transport close"])
                .await;
            scene.expect_nobody().await;
        }
    }
}

#[tokio::test]
async fn a_client_that_goes_without_a_word_is_seen_off() {
    let builder = SocketIo::builder()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(200));
    let scene = Scene::start(builder).await;
    for browser in both(scene.address) {
        for aborting in [false, true] {
            let client = browser.connect("/house", json!("anna")).await;
            client.call("join", ("a",)).await;
            let reason = match (aborting, is_websocket(&browser)) {
                (false, _) => {
                    client.connection().stop_ponging();
                    "ping timeout"
                }
                (true, over_websocket) => {
                    client.abort().await;
                    if over_websocket {
                        "transport error"
                    } else {
                        "ping timeout"
                    }
                }
            };
            let left = format!(r#"anna leaves ["a"]: {reason}"#);
            scene.log.becomes(&["anna comes", &left]).await;
            drop(client);
            scene.expect_nobody().await;
        }
    }
}

#[tokio::test]
async fn what_came_before_the_leaving_is_handled_before_on_disconnect() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        for how in ["namespace packet", "close", "panic", "server"] {
            let client = browser.connect("/house", json!("anna")).await;
            let numbers: Vec<_> = (0..100).map(|number| number.to_string()).collect();
            client.burst(|| {
                for number in &numbers {
                    client.emit("note", (number,));
                }
                match how {
                    "namespace packet" => client.disconnect(),
                    "close" => client.connection().close_engine(),
                    "panic" => {
                        client.emit("panic", ());
                        client.disconnect();
                    }
                    _ => client.emit("throw out", ()),
                }
            });
            let reason = match how {
                "close" => "transport close",
                "server" => "server disconnect",
                _ => "client disconnect",
            };
            let last = format!("anna leaves []: {reason}");
            let expected = ["anna comes"].into_iter();
            let expected = expected.chain(numbers.iter().map(String::as_str));
            let expected: Vec<_> = expected.chain([last.as_str()]).collect();
            scene.log.becomes(&expected).await;
            drop(client);
            scene.expect_nobody().await;
        }
    }
}

#[tokio::test]
async fn a_running_handler_may_end_before_on_disconnect() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        let client = browser.connect("/house", json!("anna")).await;
        client.emit("spawn", ());
        client.emit("wait", ());
        client.emit("note", ("behind",));
        scene.log.becomes(&["anna comes", "waits"]).await;
        client.close().await;
        let house = scene.socketio.of("/house");
        eventually("the client to leave", async || {
            house.clients().await.expect("the clients").is_empty()
        })
        .await;
        // What the client was given to run does not wait for the handler.
        scene.log.becomes(&["task ended"]).await;
        scene.gate.add_permits(1);
        let end = ["waited", "behind", "anna leaves []: transport close"];
        scene.log.becomes(&end).await;

        // One that waits for its client knows at once.
        let client = browser.connect("/house", json!("anna")).await;
        client.emit("ask", ());
        client.expect("welcome").await;
        client.expect("question").await;
        client.close().await;
        let end = ["anna comes", "asks", "knows that it left"];
        scene
            .log
            .becomes(&[&end[..], &["anna leaves []: transport close"]].concat())
            .await;
        drop(client);
        scene.expect_nobody().await;
    }
}

#[tokio::test]
async fn a_handler_that_never_ends_is_dropped_after_the_grace() {
    let scene = Scene::start(SocketIo::builder().grace(Duration::from_millis(50))).await;
    for (browser, event, begins, ends) in both(scene.address).into_iter().flat_map(|browser| {
        [
            (browser.clone(), "stick", "sticks", "stuck handler dropped"),
            (
                browser,
                "stick beside",
                "sticks beside",
                "stuck concurrent handler dropped",
            ),
        ]
    }) {
        let client = browser.connect("/house", json!("anna")).await;
        client.emit(event, ());
        scene.log.becomes(&["anna comes", begins]).await;
        if event == "stick" {
            client.emit("note", ("behind it",));
        }
        client.disconnect();
        scene
            .log
            .becomes(&[ends, "anna leaves []: client disconnect"])
            .await;

        // The connection is none the worse for it.
        let again = client
            .connection()
            .connect("/house", json!("bert"))
            .await
            .expect("let in");
        again.call("fence", ()).await;
        again.close().await;
        scene
            .log
            .becomes(&["bert comes", "bert leaves []: transport close"])
            .await;
        drop((client, again));
        scene.expect_nobody().await;
    }
}

#[tokio::test]
async fn whoever_comes_again_at_once_waits_until_the_old_on_disconnect_is_over() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        let connection = browser.open().await;
        let root = connection.connect("/", NO_AUTH).await.expect("let in");
        let slow = connection
            .connect("/house", json!("slow"))
            .await
            .expect("let in");
        slow.call("join", ("a",)).await;
        connection.burst(|| {
            connection.send_raw("41/house,");
            connection.send_raw(r#"40/house,"new""#);
        });
        scene
            .log
            .becomes(&["slow comes", "slow begins to leave"])
            .await;
        root.call("fence", ()).await;
        assert_eq!(scene.log.take(), Vec::<String>::new());
        scene.gate.add_permits(1);
        slow.expect("welcome").await;
        scene
            .log
            .becomes(&[r#"slow leaves ["a"]: client disconnect"#, "new comes"])
            .await;
        slow.expect("welcome").await;
        slow.call("note", ("hello",)).await;
        scene.log.becomes(&["hello"]).await;

        // And again, with the connection closed behind it.
        let quick = browser.connect("/house", json!("slow")).await;
        quick.connection().burst(|| {
            quick.connection().send_raw("41/house,");
            quick.connection().send_raw(r#"40/house,"new""#);
            quick.connection().close_engine();
        });
        quick.expect_closed().await;
        scene.gate.add_permits(1);
        let end = [
            "slow comes",
            "slow begins to leave",
            "slow leaves []: client disconnect",
        ];
        eventually("the slow one to have left", async || {
            Arc::strong_count(&scene.here) == 3
        })
        .await;
        let log = scene.log.take();
        assert_eq!(log[..3], end);
        // Whether the second was let in before the connection closed, it left if it was.
        let rest = log[3..].iter().map(String::as_str).collect::<Vec<_>>();
        assert!(
            matches!(
                rest[..],
                [] | ["new comes", "new leaves []: transport close"]
            ),
            "{rest:?}"
        );

        slow.close().await;
        scene.log.becomes(&["new leaves []: transport close"]).await;
        drop((slow, root, quick));
        scene.expect_nobody().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_and_going_on_one_connection_loses_nothing() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        let connection = browser.open().await;
        connection.burst(|| connection.send_raw(r#"40/house,"anna""#));
        for _ in 0..100 {
            let connected = connection.recv_raw().await;
            assert!(
                connected.text().starts_with(r#"40/house,{"sid""#),
                "{connected:?}"
            );
            assert_eq!(connection.recv_raw().await, r#"42/house,["welcome"]"#);
            connection.burst(|| {
                connection.send_raw("41/house,");
                connection.send_raw(r#"40/house,"anna""#);
            });
        }
        connection.close().await;
        eventually("everybody to be gone", async || {
            Arc::strong_count(&scene.here) == 2
        })
        .await;
        let log = scene.log.take();
        let (comes, leaves): (Vec<_>, Vec<_>) = log.iter().partition(|line| line.contains("comes"));
        assert!(comes.len() >= 100);
        assert_eq!(comes.len(), leaves.len());
        for pair in log.chunks(2) {
            assert!(
                pair[0].contains("comes") && pair[1].contains("leaves"),
                "{pair:?}"
            );
        }
        scene.expect_nobody().await;
    }
}

#[tokio::test]
async fn a_client_thrown_out_by_on_connect_comes_first() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        let connection = browser.open().await;
        connection.send_raw(r#"40/house,"nobody""#);
        let connected = connection.recv_raw().await;
        assert!(
            connected.text().starts_with(r#"40/house,{"sid""#),
            "{connected:?}"
        );
        assert_eq!(connection.recv_raw().await, r#"42/house,["welcome"]"#);
        assert_eq!(connection.recv_raw().await, "41/house,");
        scene
            .log
            .becomes(&["nobody comes", "nobody leaves []: server disconnect"])
            .await;
        scene.expect_nobody().await;
    }
}

#[tokio::test]
async fn a_client_thrown_out_by_on_connect_was_in_the_rooms_it_had_joined() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        let connection = browser.open().await;
        connection.send_raw(r#"40/house,"hasty""#);
        scene
            .log
            .becomes(&["hasty comes", r#"hasty leaves ["a"]: server disconnect"#])
            .await;
        scene.expect_nobody().await;
    }
}

#[tokio::test]
async fn a_kept_client_that_has_left_says_so() {
    let mut scene = Scene::start(SocketIo::builder()).await;
    for browser in both(scene.address) {
        let client = browser.connect("/house", json!("anna")).await;
        let kept = scene.keep(&client).await;
        assert!(kept.is_connected());
        client.close().await;
        deadline("it to be gone", kept.disconnected()).await;
        scene
            .log
            .becomes(&["anna comes", "anna leaves []: transport close"])
            .await;

        assert!(!kept.is_connected());
        assert!(matches!(kept.emit("e", ()), Err(EmitError::Disconnected)));
        assert!(matches!(kept.send("text"), Err(EmitError::Disconnected)));
        assert!(matches!(kept.disconnect(), Err(EmitError::Disconnected)));
        assert!(matches!(kept.join("a"), Err(RoomError::Disconnected)));
        assert!(matches!(kept.leave("a"), Err(RoomError::Disconnected)));
        let asked = deadline("the answer", kept.call::<Value>("e", ()).into_future()).await;
        assert!(matches!(asked, Err(CallError::Disconnected)), "{asked:?}");
        let guard = Guard(scene.log.clone(), "not run");
        kept.spawn(async move {
            guard.0.note("run");
        });
        scene.log.becomes(&["not run"]).await;
        eventually("the request to be gone", async || kept.request().is_none()).await;
        assert!(kept.engine().is_none());
        assert!(kept.transport().is_none());
        assert!(
            scene
                .socketio
                .of("/house")
                .local_client(kept.sid())
                .is_none()
        );
        drop((kept, client));
        scene.expect_nobody().await;
    }
}

struct Fragile {
    left: Arc<Mutex<usize>>,
}

#[namespace("/fragile")]
impl Fragile {
    fn on_join(&self, client: Client) -> Result {
        Ok(client.join("room")?)
    }

    fn on_disconnect(&self) {
        *self.left.lock().expect("a lock") += 1;
        panic!("in on_disconnect");
    }
}

#[tokio::test]
async fn a_panic_in_on_disconnect_leaves_nothing_behind() {
    let left = Arc::new(Mutex::new(0));
    let fragile = Fragile {
        left: Arc::clone(&left),
    };
    let (socketio, address) = serve(SocketIo::builder().namespace(fragile)).await;
    let namespace = socketio.of("/fragile");
    for browser in both(address) {
        let connection = browser.open().await;
        for _ in 0..3 {
            let client = connection
                .connect("/fragile", NO_AUTH)
                .await
                .expect("let in");
            client.call("join", ()).await;
            assert_eq!(namespace.room("room").len().await.expect("a number"), 1);
            client.disconnect();
        }
        connection.close().await;
        eventually("nobody to be left", async || {
            namespace.clients().await.expect("the clients").is_empty()
        })
        .await;
        eventually("three on_disconnect", async || {
            *left.lock().expect("a lock") == 3
        })
        .await;
        assert!(namespace.room("room").is_empty().await.expect("a number"));
        *left.lock().expect("a lock") = 0;
    }
    // It waits for everybody's end: nobody is taken to be still leaving.
    deadline("the shutdown", async move { socketio.shutdown().await }).await;
}

struct Slow {
    asked: Arc<Semaphore>,
    _here: Arc<()>,
}

#[namespace("/slow")]
impl Slow {
    async fn on_connect(&self) {
        self.asked.add_permits(1);
        pending::<()>().await;
    }
}

#[test]
fn a_runtime_that_ends_while_on_connect_runs_keeps_nothing_of_the_server() {
    let here = Arc::new(());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let asked = Arc::new(Semaphore::new(0));
        let slow = Slow {
            asked: Arc::clone(&asked),
            _here: Arc::clone(&here),
        };
        let impatient = SocketIo::builder().shutdown_timeout(Duration::from_millis(10));
        let (socketio, address) = serve(impatient.namespace(slow)).await;
        let connection = Browser::websocket(address).open().await;
        connection.send_raw("40/slow,");
        let asking = deadline("on_connect", async move { asked.acquire_owned().await });
        drop(asking.await.expect("a permit"));
        deadline("the shutdown", async move { socketio.shutdown().await }).await;
    });
    drop(runtime);
    assert_eq!(Arc::strong_count(&here), 1);
}
