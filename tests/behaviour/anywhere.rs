//! A class for all namespaces: it serves any path that nobody else serves, and of each nothing is left
//! once its clients are gone.

mod served;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use hobnob::{
    middleware::{Answer, Next, Trigger, TriggerKind},
    prelude::*,
};
use serde_json::json;
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Connection, Socket, eventually};
use tokio::{
    sync::{Barrier, Semaphore},
    task::JoinSet,
};

struct Guest {
    name: String,
    _kept: Arc<()>,
}

/// Who is in, and what it has seen.
#[derive(Clone)]
struct Topic {
    log: Log,
    inside: Arc<AtomicUsize>,
    /// In every session.
    kept: Arc<()>,
    /// Those who are called `slow` leave once this is open.
    gate: Arc<Semaphore>,
}

impl Default for Topic {
    fn default() -> Self {
        Self {
            log: Log::default(),
            inside: Arc::default(),
            kept: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        }
    }
}

impl Topic {
    fn inside(&self) -> usize {
        self.inside.load(Ordering::SeqCst)
    }

    /// Waits until everybody is seen off and nothing is kept of them.
    async fn forgets_all(&self) {
        eventually("all to be seen off", async || self.inside() == 0).await;
        eventually("all to be forgotten", async || {
            // Here and in the server.
            Arc::strong_count(&self.kept) == 2
        })
        .await;
    }
}

#[namespace("*", session = Guest)]
impl Topic {
    fn on_connect(&self, name: Option<String>) -> Result<Guest, ConnectionRefused> {
        let name = name.unwrap_or_default();
        if name == "nobody" {
            return Err(ConnectionRefused::new("nobody comes in"));
        }
        self.inside.fetch_add(1, Ordering::SeqCst);
        Ok(Guest {
            name,
            _kept: Arc::clone(&self.kept),
        })
    }

    fn on_where(&self, client: Client) -> String {
        client.namespace().path().to_owned()
    }

    fn on_join(&self, client: Client, room: String) -> Result {
        Ok(client.join(room)?)
    }

    async fn on_shout(&self, client: Client, text: String) -> Result {
        client.broadcast().emit("shouted", text).await?;
        Ok(())
    }

    async fn on_tell(&self, client: Client, room: String, text: String) -> Result {
        client.to(room).emit("told", text).await?;
        Ok(())
    }

    fn on_fence(&self) {}

    async fn on_disconnect(&self, client: Client, guest: Session<Guest>, reason: DisconnectReason) {
        if guest.name == "slow" {
            self.log.note("slow begins to leave");
            self.gate.acquire().await.expect("an open gate").forget();
        }
        self.inside.fetch_sub(1, Ordering::SeqCst);
        if !guest.name.is_empty() {
            let namespace = client.namespace();
            let (path, mut rooms) = (namespace.path(), client.rooms());
            rooms.sort();
            let left = format!("{} leaves {path} {rooms:?}: {reason}", guest.name);
            self.log.note(left);
        }
    }
}

struct Fixed;

#[namespace("/fixed")]
impl Fixed {
    fn on_where(&self) -> &'static str {
        "the fixed one"
    }
}

fn paths(socketio: &SocketIo) -> Vec<String> {
    let namespaces = socketio.namespaces();
    namespaces.iter().map(|at| at.path().to_owned()).collect()
}

/// Waits until only these namespaces are there, for us and for the engine.
async fn only(socketio: &SocketIo, left: &[&str]) {
    eventually(&format!("only {left:?} to be there"), async || {
        paths(socketio) == left && socketio.engine().nsps().len() == left.len()
    })
    .await;
}

#[tokio::test]
async fn every_path_that_nobody_else_serves_is_served() {
    let builder = SocketIo::builder().namespace(Topic::default());
    let builder = builder
        .namespace(Fixed)
        .on("/function", "where", || "function");
    let (socketio, address) = serve(builder).await;
    let left = ["/", "/fixed", "/function"];
    assert_eq!(paths(&socketio), left);
    for browser in both(address) {
        let connection = browser.open().await;
        for (path, answer) in [
            ("/", "/"),
            ("/a", "/a"),
            ("/a/b", "/a/b"),
            ("/ä {x} *", "/ä {x} *"),
            ("/fixed", "the fixed one"),
            ("/fixed/not", "/fixed/not"),
            ("/function", "function"),
        ] {
            let client = connection.connect(path, NO_AUTH).await.unwrap();
            assert_eq!(client.call("where", ()).await.only(), answer);
            assert!(paths(&socketio).contains(&path.to_owned()));
            client.disconnect();
        }
        only(&socketio, &left).await;
    }
}

#[tokio::test]
async fn those_at_one_path_share_a_namespace_with_its_rooms() {
    let topic = Topic::default();
    let (socketio, address) = serve(SocketIo::builder().namespace(topic.clone())).await;
    for [one, other] in [
        both(address),
        [both(address)[1].clone(), both(address)[0].clone()],
    ] {
        let anna = one.connect("/t/1", json!("anna")).await;
        let bert = other.connect("/t/1", json!("bert")).await;
        let carl = one.connect("/t/2", json!("carl")).await;
        bert.call("join", ["tea"]).await;
        carl.call("join", ["tea"]).await;

        anna.call("shout", ["hello"]).await;
        assert_eq!(anna.expect("shouted").await, ["hello"]);
        assert_eq!(bert.expect("shouted").await, ["hello"]);
        anna.call("tell", ["tea", "psst"]).await;
        assert_eq!(bert.expect("told").await, ["psst"]);

        let namespace = socketio.of("/t/1");
        namespace.emit("news", 1).await.unwrap();
        namespace.to("tea").emit("news", 2).await.unwrap();
        assert_eq!(anna.expect("news").await, [1]);
        assert_eq!(bert.expect("news").await, [1]);
        assert_eq!(bert.expect("news").await, [2]);
        assert_eq!(namespace.clients().await.unwrap().len(), 2);
        assert_eq!(namespace.room("tea").len().await.unwrap(), 1);
        for client in [&anna, &bert, &carl] {
            client.expect_nothing_until_ack("fence").await;
        }

        bert.disconnect();
        let left = r#"bert leaves /t/1 ["tea"]: client disconnect"#;
        topic.log.becomes(&[left]).await;
        anna.disconnect();
        topic
            .log
            .becomes(&["anna leaves /t/1 []: client disconnect"])
            .await;
        carl.disconnect();
        let left = r#"carl leaves /t/2 ["tea"]: client disconnect"#;
        topic.log.becomes(&[left]).await;
        only(&socketio, &["/"]).await;
        let sent = socketio.of("/t/1").emit("news", 3).await;
        assert!(
            matches!(sent, Err(EmitError::UnknownNamespace(_))),
            "{sent:?}"
        );
    }
}

#[tokio::test]
async fn its_middleware_is_around_it_wherever_it_is() {
    let log = Log::default();
    let noting = log.clone();
    let note = move |trigger: Trigger, next: Next| {
        let log = noting.clone();
        async move {
            let path = trigger.client().namespace().path().to_owned();
            log.note(format!("{} at {path}", trigger.event()));
            next.run(trigger).await
        }
    };
    let keep_out = async |trigger: Trigger, next: Next| -> Result<Answer, EventError> {
        let auth = trigger.args().get::<Option<String>>(0)?;
        if trigger.kind() == TriggerKind::Connect && auth.as_deref() == Some("stranger") {
            return Err(ConnectionRefused::new("no strangers").into());
        }
        next.run(trigger).await
    };
    let builder = SocketIo::builder()
        .namespace(Topic::default())
        .namespace(Fixed)
        .middleware_at("*", keep_out)
        .middleware_at("*", note);
    let (_, address) = serve(builder).await;
    let browser = Browser::websocket(address);
    for path in ["/a", "/"] {
        let refused = browser.connect_refused(path, json!("stranger")).await;
        assert_eq!(refused.message, "no strangers", "{path}");
        let client = browser.connect(path, NO_AUTH).await;
        client.call("where", ()).await;
        client.disconnect();
        let seen = ["connect", "where", "disconnect"].map(|event| format!("{event} at {path}"));
        log.becomes(&seen.each_ref().map(String::as_str)).await;
    }
    let fixed = browser.connect("/fixed", json!("stranger")).await;
    fixed.call("where", ()).await;
    assert_eq!(log.take(), [""; 0]);
}

#[tokio::test]
async fn at_shutdown_everybody_is_seen_off() {
    let topic = Topic::default();
    let (socketio, address) = serve(SocketIo::builder().namespace(topic.clone())).await;
    let mut clients = Vec::new();
    for browser in both(address) {
        for path in ["/a", "/b", "/"] {
            clients.push(browser.connect(path, json!("x")).await);
        }
    }
    assert_eq!(topic.inside(), 6);
    socketio.shutdown().await;
    assert_eq!(topic.inside(), 0);
    let mut log = topic.log.take();
    log.sort();
    let left = |path| format!("x leaves {path} []: server shutting down");
    assert_eq!(log, ["/", "/", "/a", "/a", "/b", "/b"].map(left));
}

#[tokio::test]
async fn nothing_is_left_of_those_who_were_refused_or_have_left() {
    let topic = Topic::default();
    let builder = SocketIo::builder()
        .namespace(topic.clone())
        .namespace(Fixed);
    let (socketio, address) = serve(builder).await;
    for browser in both(address) {
        let connection = browser.open().await;
        for n in 0..250 {
            let (no, yes) = (format!("/no/{n}"), format!("/yes/{n}"));
            let refused = connection.connect(&no, json!("nobody"));
            assert_eq!(refused.await.unwrap_err().message, "nobody comes in");
            let client = connection.connect(&yes, NO_AUTH);
            client.await.unwrap().disconnect();
        }
        only(&socketio, &["/", "/fixed"]).await;
        topic.forgets_all().await;
    }
}

#[tokio::test]
async fn who_leaves_and_comes_back_on_one_connection_is_there() {
    let topic = Topic::default();
    let (socketio, address) = serve(SocketIo::builder().namespace(topic.clone())).await;
    for browser in both(address) {
        let connection = browser.open().await;
        let slow = connection.connect("/a", json!("slow")).await.unwrap();
        slow.disconnect();
        topic.log.becomes(&["slow begins to leave"]).await;
        // It waits until the one before it has left, who was the last one there.
        let (quick, ()) = tokio::join!(connection.connect("/a", json!("quick")), async {
            let fence = connection.connect("/fence", NO_AUTH).await;
            fence.unwrap().disconnect();
            topic.gate.add_permits(1);
        });
        let quick = quick.unwrap();
        topic
            .log
            .becomes(&["slow leaves /a []: client disconnect"])
            .await;
        assert_eq!(quick.call("where", ()).await.only(), "/a");
        socketio.of("/a").emit("news", 1).await.unwrap();
        assert_eq!(quick.expect("news").await, [1]);
        quick.disconnect();
        topic
            .log
            .becomes(&["quick leaves /a []: client disconnect"])
            .await;
        only(&socketio, &["/"]).await;
    }
}

/// Connects and asks something; `None` if the transport ends before.
async fn tries(connection: &Connection, path: &str) -> Option<Socket> {
    let trying = async {
        let socket = connection.connect(path, NO_AUTH).await;
        let socket = socket.expect("nobody is refused");
        assert_eq!(socket.call("where", ()).await.only(), path);
        socket
    };
    tokio::select! {
        biased;
        _ = connection.expect_closed() => None,
        socket = trying => Some(socket),
    }
}

/// Connects, and again when the transport ends, as the JavaScript client does.
async fn settles(mut connection: Connection, browser: &Browser, path: &str) -> Socket {
    for _ in 0..20 {
        if let Some(socket) = tries(&connection, path).await {
            return socket;
        }
        connection = browser.open().await;
    }
    panic!("{path}: sent away again and again");
}

/// Clients that ask for one path at the same moment.
async fn together(browser: &Browser, clients: usize, path: &str) -> Vec<Socket> {
    let start = Arc::new(Barrier::new(clients));
    let mut joining = JoinSet::new();
    for _ in 0..clients {
        let (browser, path, start) = (browser.clone(), path.to_owned(), Arc::clone(&start));
        joining.spawn(async move {
            let connection = browser.open().await;
            start.wait().await;
            settles(connection, &browser, &path).await
        });
    }
    joining.join_all().await
}

/// Who has been sent away meanwhile comes again; then a broadcast reaches all.
async fn all_hear(socketio: &SocketIo, browser: &Browser, clients: &mut [Socket], path: &str) {
    for client in &mut *clients {
        if client.connection().closed().is_some() {
            *client = settles(browser.open().await, browser, path).await;
        }
    }
    let here = socketio.of(path).clients().await.unwrap();
    assert_eq!(here.len(), clients.len(), "{path}");
    socketio.of(path).emit("news", path).await.unwrap();
    for client in &*clients {
        assert_eq!(client.expect("news").await, [path]);
    }
}

async fn race(make: fn(SocketAddr) -> Browser, rounds: usize) {
    let topic = Topic::default();
    let (socketio, address) = serve(SocketIo::builder().namespace(topic.clone())).await;
    let browser = make(address);
    for round in 0..rounds {
        let path = format!("/race/{round}");
        let mut clients = together(&browser, 8, &path).await;
        all_hear(&socketio, &browser, &mut clients, &path).await;
        for client in clients {
            client.disconnect();
            client.close().await;
        }
        only(&socketio, &["/"]).await;
        topic.forgets_all().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_first_together_ends_up_together() {
    race(Browser::websocket, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_first_together_ends_up_together_over_polling() {
    race(Browser::polling, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn coming_and_going_at_one_path_loses_nobody() {
    let topic = Topic::default();
    let (socketio, address) = serve(SocketIo::builder().namespace(topic.clone())).await;
    let mut visitors = JoinSet::new();
    for n in 0..8 {
        let browser = both(address)[usize::from(n % 4 == 0)].clone();
        visitors.spawn(async move {
            for _ in 0..25 {
                let socket = settles(browser.open().await, &browser, "/busy").await;
                if n % 2 == 0 {
                    socket.disconnect();
                }
                socket.close().await;
            }
        });
    }
    visitors.join_all().await;
    only(&socketio, &["/"]).await;
    topic.forgets_all().await;

    let browser = Browser::websocket(address);
    let mut clients = together(&browser, 8, "/busy").await;
    all_hear(&socketio, &browser, &mut clients, "/busy").await;
}
