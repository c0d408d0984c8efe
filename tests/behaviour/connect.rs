//! Connecting: what `on_connect` sees and may do, when its client hears of it, and what is left of
//! it when it refuses.

mod served;

use std::{
    collections::BTreeSet,
    future::pending,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use futures_util::future::join_all;
use hobnob::prelude::*;
use serde_json::{Value, json};
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Connection, deadline, eventually};
use tokio::{
    sync::{Semaphore, mpsc},
    task::yield_now,
};

struct Arrivals {
    seen: Arc<Mutex<BTreeSet<u32>>>,
}

#[namespace("/arrivals")]
impl Arrivals {
    async fn on_connect(&self) {
        yield_now().await;
    }

    fn on_here(&self, number: u32) {
        self.seen.lock().expect("a lock").insert(number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_lost_that_is_sent_on_seeing_connect() {
    const CLIENTS: u32 = 1000;
    const AT_ONCE: u32 = 100;
    let seen = Arc::<Mutex<BTreeSet<u32>>>::default();
    let arrivals = Arrivals { seen: seen.clone() };
    let (_, address) = serve(SocketIo::builder().namespace(arrivals)).await;
    for browser in both(address) {
        for first in (0..CLIENTS).step_by(AT_ONCE as usize) {
            let arriving = (first..first + AT_ONCE).map(|number| {
                let browser = browser.clone();
                tokio::spawn(async move {
                    let socket = browser.connect("/arrivals", NO_AUTH).await;
                    socket.emit("here", (number,));
                    socket
                })
            });
            let sockets = join_all(arriving).await;
            eventually("the event of every client", async || {
                seen.lock().expect("a lock").len() == (first + AT_ONCE) as usize
            })
            .await;
            drop(sockets);
        }
        seen.lock().expect("a lock").clear();
    }
}

struct Greeter;

const OWN: u32 = 50;

#[namespace("/greeter")]
impl Greeter {
    async fn on_connect(&self, client: Client) -> Result {
        client.join("lobby")?;
        for number in 0..OWN {
            client.emit("own", number)?;
            yield_now().await;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_on_connect_emits_comes_right_after_connect_whatever_others_send() {
    let builder = SocketIo::builder()
        .namespace(Greeter)
        .max_waiting_packets(1_000_000);
    let (socketio, address) = serve(builder).await;
    for target in [
        socketio.of("/greeter").to("lobby"),
        socketio.of("/greeter").except("nobody"),
    ] {
        socketio.spawn(async move {
            while target.clone().emit("noise", ()).await.is_ok() {
                yield_now().await;
            }
        });
    }
    for browser in both(address) {
        for _ in 0..100 {
            let connection = browser.open().await;
            connection.send_raw("40/greeter,");
            let first = connection.recv_raw().await;
            assert!(
                first.text().starts_with(r#"40/greeter,{"sid":"#),
                "{first:?}"
            );
            for number in 0..OWN {
                let own = format!(r#"42/greeter,["own",{number}]"#);
                assert_eq!(connection.recv_raw().await, own.as_str());
            }
        }
    }
}

struct Announcer;

#[namespace("/announcer")]
impl Announcer {
    async fn on_connect(&self, client: Client) -> Result {
        client.emit("a", 1)?;
        client.broadcast().emit("b", 2).await?;
        client.join("room")?;
        client.emit("a", 3)?;
        client.to("room").emit("c", 4).await?;
        client.broadcast().include_self(false).emit("d", 5).await?;
        client
            .namespace()
            .room("room")
            .emit("too early", ())
            .await?;
        client.emit("a", 6)?;
        let asked = client.call::<()>("question", ()).await;
        assert!(matches!(asked, Err(CallError::Connecting)), "{asked:?}");
        assert!(!client.is_connected());
        assert_eq!(client.rooms(), ["room"]);
        for number in 0..200 {
            client.emit("history", number)?;
        }
        Ok(())
    }

    fn on_echo(&self, client: Client) -> Result {
        client.emit("echo", ())?;
        Ok(())
    }

    fn on_fence(&self) {}
}

fn named(events: &[tests::Received]) -> Vec<(&str, &Value)> {
    events
        .iter()
        .map(|event| (event.event.as_str(), &event.args[0]))
        .collect()
}

#[tokio::test]
async fn broadcasts_of_on_connect_reach_its_client_in_order_with_its_own_emits() {
    let (_, address) = serve(SocketIo::builder().namespace(Announcer)).await;
    for browser in both(address) {
        let witness = Browser::websocket(address)
            .connect("/announcer", NO_AUTH)
            .await;
        witness.drain_until_ack("fence").await;
        let client = browser.connect("/announcer", NO_AUTH).await;
        client.emit("echo", ());

        let numbers: Vec<Value> = (1..=6).map(Value::from).collect();
        let [n1, n2, n3, n4, n5, n6] = &numbers[..] else {
            unreachable!("six numbers")
        };
        let own = client.drain_until_ack("fence").await;
        let (first, rest) = own.split_at(5);
        assert_eq!(
            named(first),
            [("a", n1), ("b", n2), ("a", n3), ("c", n4), ("a", n6)]
        );
        let history: Vec<_> = rest[..200]
            .iter()
            .map(|event| event.args[0].clone())
            .collect();
        assert_eq!(history, (0..200).map(Value::from).collect::<Vec<_>>());
        // An event that came early waited for all of that.
        assert_eq!(rest[200].event, "echo");
        assert_eq!(rest.len(), 201);

        let others = witness.drain_until_ack("fence").await;
        let others: Vec<_> = others
            .into_iter()
            .filter(|e| e.event != "too early")
            .collect();
        assert_eq!(named(&others), [("b", n2), ("c", n4), ("d", n5)]);
    }
}

/// Refuses in every way there is.
struct Door {
    log: Log,
    /// Kept by a task of every client.
    inside: Arc<()>,
}

#[namespace("/door")]
impl Door {
    async fn on_connect(&self, client: Client, how: String) -> Result<bool, ConnectionRefused> {
        let inside = async {
            client.emit("welcome", ())?;
            client.broadcast().emit("news", ()).await?;
            client.join(["room", "other room"])?;
            client.to("room").emit("news", ()).await?;
            Ok::<_, Error>(())
        };
        inside.await?;
        let inside = Arc::clone(&self.inside);
        client.spawn(async move {
            pending::<()>().await;
            drop(inside);
        });
        match how.as_str() {
            "come in" => Ok(true),
            "false" => Ok(false),
            "panic" => panic!("secret"),
            other => Err(ConnectionRefused::new(format!("{other}, please"))),
        }
    }

    fn on_fence(&self) {}

    fn on_disconnect(&self) {
        self.log.note("left");
    }
}

#[tokio::test]
async fn a_refused_client_leaves_no_trace() {
    let (log, inside) = (Log::default(), Arc::new(()));
    let door = Door {
        log: log.clone(),
        inside: Arc::clone(&inside),
    };
    let (socketio, address) = serve(SocketIo::builder().namespace(door)).await;
    let door = socketio.of("/door");
    for browser in both(address) {
        let witness = browser.connect("/door", json!("come in")).await;
        witness.drain_until_ack("fence").await;
        for (how, message) in [
            ("a name", "a name, please"),
            ("false", "Connection rejected by server"),
            ("panic", "internal error"),
        ] {
            let connection = browser.open().await;
            connection.send_raw(format!(r#"40/door,"{how}""#));
            let refused = connection.recv_raw().await;
            assert_eq!(
                refused,
                format!(r#"44/door,{{"message":"{message}"}}"#).as_str()
            );
            // Whatever it is, it did not cost the connection, and nothing came with it.
            let again = connection
                .connect("/door", json!("come in"))
                .await
                .expect("let in");
            assert_eq!(again.expect("welcome").await.len(), 0);
            assert_eq!(witness.expect("news").await.len(), 0);
            assert_eq!(witness.expect("news").await.len(), 0);
            again.disconnect();
            eventually("the client to be gone", async || {
                door.clients().await.expect("the clients").len() == 1
            })
            .await;
            assert_eq!(door.room("other room").len().await.expect("a number"), 1);
        }
        witness.expect_nothing_until_ack("fence").await;
        witness.close().await;
        // Four were let in, and nobody else was seen off.
        log.becomes(&["left"; 4]).await;
        assert!(door.room("room").is_empty().await.expect("a number"));
        eventually("every task to have ended", async || {
            Arc::strong_count(&inside) == 2
        })
        .await;
    }
}

struct Strict;

#[derive(Deserialize)]
struct Login {
    nickname: String,
    age: u8,
}

#[namespace("/strict")]
impl Strict {
    fn on_connect(&self, login: Login) -> Result {
        std::str::from_utf8(&[login.age])?;
        match login.nickname.as_str() {
            "" => Err(Error::public("a nickname, please")),
            _ => Ok(()),
        }
    }
}

struct Lenient;

#[namespace("/lenient")]
impl Lenient {
    fn on_connect(&self, login: Option<Login>) -> Result<(), &'static str> {
        if login.is_some() { Err("text") } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_refusal_says_what_the_client_may_know() {
    let builder = SocketIo::builder().namespace(Strict).namespace(Lenient);
    let (_, address) = serve(builder).await;
    for browser in both(address) {
        let refused =
            async |auth: Option<Value>| browser.connect_refused("/strict", auth).await.message;
        let login = |nickname: &str, age: Value| Some(json!({ "nickname": nickname, "age": age }));
        let undecodable = refused(login("anna", json!("old"))).await;
        assert!(
            undecodable.contains("`age`") && undecodable.contains("u8"),
            "{undecodable}"
        );
        let incomplete = refused(Some(json!({ "age": 7 }))).await;
        assert!(incomplete.contains("`nickname`"), "{incomplete}");
        let missing = refused(None).await;
        assert!(missing.starts_with("auth: missing"), "{missing}");
        assert_eq!(refused(login("", json!(7))).await, "a nickname, please");
        assert_eq!(refused(login("anna", json!(255))).await, "internal error");
        browser.connect("/strict", login("anna", json!(7))).await;

        let text = browser
            .connect_refused("/lenient", login("anna", json!(7)))
            .await;
        assert_eq!(text.message, "text");
        browser.connect("/lenient", NO_AUTH).await;
    }
}

/// Its `on_connect` waits for the test.
struct Slow {
    left: mpsc::UnboundedSender<(Vec<String>, bool)>,
    entered: mpsc::UnboundedSender<String>,
    gate: Arc<Semaphore>,
    log: Log,
    here: Arc<()>,
}

#[namespace("/slow", session = Arc<()>)]
impl Slow {
    async fn on_connect(&self, client: Client, who: String) -> Result<Arc<()>, ConnectionRefused> {
        client.join("room").map_err(Error::from)?;
        client
            .broadcast()
            .emit("hello", &who)
            .await
            .map_err(Error::from)?;
        self.log.note(format!("connect {who}"));
        let _ = self.entered.send(who.clone());
        self.gate.acquire().await.expect("an open gate").forget();
        match who.as_str() {
            "refused" => Err(ConnectionRefused::default()),
            _ => Ok(Arc::clone(&self.here)),
        }
    }

    fn on_fence(&self) {}

    fn on_disconnect(&self, client: Client, here: Session<Arc<()>>) {
        assert!(Arc::ptr_eq(&here, &self.here));
        self.log.note("disconnect");
        let _ = self.left.send((client.rooms(), client.request().is_some()));
    }
}

struct Root;

#[namespace]
impl Root {
    fn on_fence(&self) {}
}

struct SlowServer {
    left: mpsc::UnboundedReceiver<(Vec<String>, bool)>,
    socketio: SocketIo,
    address: SocketAddr,
    entered: mpsc::UnboundedReceiver<String>,
    gate: Arc<Semaphore>,
    log: Log,
    here: Arc<()>,
}

impl SlowServer {
    async fn start() -> Self {
        let (entered_sender, entered) = mpsc::unbounded_channel();
        let (left_sender, left) = mpsc::unbounded_channel();
        let (gate, log, here) = (Arc::new(Semaphore::new(0)), Log::default(), Arc::new(()));
        let slow = Slow {
            entered: entered_sender,
            left: left_sender,
            gate: gate.clone(),
            log: log.clone(),
            here: here.clone(),
        };
        let (socketio, address) = serve(SocketIo::builder().namespace(slow).namespace(Root)).await;
        Self {
            left,
            socketio,
            address,
            entered,
            gate,
            log,
            here,
        }
    }

    async fn ask_to_enter(&mut self, connection: &Connection, who: &str) {
        connection.send_raw(format!(r#"40/slow,"{who}""#));
        let entered = deadline("on_connect to be called", self.entered.recv()).await;
        assert_eq!(entered.as_deref(), Some(who));
    }

    /// One reference is the test's, one the class's: no session is left.
    async fn expect_nobody(&self) {
        let slow = self.socketio.of("/slow");
        eventually("nobody to be left", async || {
            Arc::strong_count(&self.here) == 2
                && slow.clients().await.expect("the clients").is_empty()
                && slow.room("room").is_empty().await.expect("a number")
        })
        .await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_during_on_connect_is_seen_off_once_if_it_was_accepted() {
    let mut server = SlowServer::start().await;
    for browser in both(server.address) {
        for how in ["close", "engine packet", "namespace packet"] {
            for (who, expected) in [
                ("accepted", &["connect accepted", "disconnect"][..]),
                ("refused", &["connect refused"][..]),
            ] {
                let connection = browser.open().await;
                server.ask_to_enter(&connection, who).await;
                match how {
                    "close" => drop(connection.close().await),
                    "engine packet" => {
                        connection.close_engine();
                        connection.expect_closed().await;
                    }
                    _ => {
                        // There is nothing to leave yet: the engine takes it for nonsense.
                        connection.send_raw("41/slow,");
                        connection.expect_closed().await;
                    }
                }
                server.gate.add_permits(1);
                server.log.becomes(expected).await;
                server.expect_nobody().await;

                // The next one is not disturbed by it, and nothing comes late.
                let next = browser.open().await;
                server.gate.add_permits(1);
                let next = next.connect("/slow", json!("next")).await.expect("let in");
                assert_eq!(server.entered.recv().await.as_deref(), Some("next"));
                next.close().await;
                server.expect_nobody().await;
                server.log.becomes(&["connect next", "disconnect"]).await;
            }
        }
    }
}

#[tokio::test]
async fn on_disconnect_finds_everything_there_even_if_the_client_left_during_on_connect() {
    let mut server = SlowServer::start().await;
    for browser in both(server.address) {
        let connection = browser.open().await;
        server.ask_to_enter(&connection, "accepted").await;
        connection.close().await;
        server.gate.add_permits(1);
        let left = deadline("on_disconnect", server.left.recv()).await;
        let (rooms, has_request) = left.expect("a class");
        assert_eq!(rooms, ["room"]);
        assert!(has_request);
    }
}

#[tokio::test]
async fn a_slow_on_connect_keeps_nobody_else_waiting() {
    let mut server = SlowServer::start().await;
    for browser in both(server.address) {
        let connection = browser.open().await;
        server.ask_to_enter(&connection, "slow one").await;
        let root = connection.connect("/", NO_AUTH).await.expect("let in");
        root.call("fence", ()).await;
        let other = browser.open().await;
        server.ask_to_enter(&other, "other one").await;
        server.gate.add_permits(2);
        assert!(connection.recv_raw().await.text().starts_with("40/slow,"));
        assert!(other.recv_raw().await.text().starts_with("40/slow,"));
        connection.close().await;
        other.close().await;
        server.expect_nobody().await;
    }
}

#[tokio::test]
async fn a_second_connect_to_the_same_namespace_changes_nothing() {
    let mut server = SlowServer::start().await;
    for browser in both(server.address) {
        let connection = browser.open().await;
        server.ask_to_enter(&connection, "once").await;
        connection.send_raw(r#"40/slow,"while connecting""#);
        connection.connect("/", NO_AUTH).await.expect("let in");
        server.gate.add_permits(9);
        assert!(connection.recv_raw().await.text().starts_with("40/slow,"));
        connection.send_raw(r#"40/slow,"when connected""#);
        connection.send_raw(r#"42/slow,7["fence"]"#);
        assert_eq!(connection.recv_raw().await, r#"42/slow,["hello","once"]"#);
        assert_eq!(connection.recv_raw().await, "43/slow,7[]");
        connection.close().await;
        server.log.becomes(&["connect once", "disconnect"]).await;
        server.expect_nobody().await;
        server.gate.forget_permits(9);
    }
}

struct Shop {
    left: Log,
}

#[namespace("/shop")]
impl Shop {
    fn on_join(&self, client: Client) -> Result {
        client.join("room")?;
        Ok(())
    }

    async fn on_count(&self, client: Client) -> Result<(String, usize)> {
        let namespace = client.namespace();
        Ok((
            namespace.path().to_owned(),
            namespace.room("room").len().await?,
        ))
    }

    fn on_disconnect(&self, client: Client) {
        self.left.note(client.namespace().path());
    }
}

#[tokio::test]
async fn the_namespaces_of_one_connection_are_independent() {
    let (left_a, left_b) = (Log::default(), Log::default());
    let builder = SocketIo::builder()
        .namespace_at(
            "/a",
            Shop {
                left: left_a.clone(),
            },
        )
        .namespace_at(
            "/b",
            Shop {
                left: left_b.clone(),
            },
        );
    let (_, address) = serve(builder).await;
    for browser in both(address) {
        let connection = browser.open().await;
        let a = connection.connect("/a", NO_AUTH).await.expect("let in");
        let unknown = connection
            .connect("/nowhere", NO_AUTH)
            .await
            .expect_err("let in");
        assert_eq!(unknown.message, "Invalid namespace");
        let b = connection.connect("/b", NO_AUTH).await.expect("let in");
        a.call("join", ()).await;
        assert_eq!(a.call("count", ()).await.args, [json!("/a"), json!(1)]);
        assert_eq!(b.call("count", ()).await.args, [json!("/b"), json!(0)]);
        a.disconnect();
        left_a.becomes(&["/a"]).await;
        assert_eq!(b.call("count", ()).await.args, [json!("/b"), json!(0)]);
        let a = connection.connect("/a", NO_AUTH).await.expect("let in");
        assert_eq!(a.call("count", ()).await.args, [json!("/a"), json!(0)]);
        connection.close().await;
        left_a.becomes(&["/a"]).await;
        left_b.becomes(&["/b"]).await;
    }
}

#[derive(Deserialize)]
struct Wanted {
    room: String,
}

struct Token(String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let token = parts
            .headers
            .get("x-token")
            .and_then(|token| token.to_str().ok());
        let token = token.ok_or((StatusCode::UNAUTHORIZED, "a token, please"))?;
        Ok(Self(token.to_owned()))
    }
}

struct Visitor {
    words: [String; 4],
    visits: Mutex<usize>,
}

struct Visits {
    log: Log,
}

#[namespace("/visits", session = Visitor)]
impl Visits {
    async fn on_connect(
        &self,
        Query(wanted): Query<Wanted>,
        headers: HeaderMap,
        name: String,
        token: Token,
    ) -> Visitor {
        let cookie = headers[header::COOKIE]
            .to_str()
            .unwrap_or_default()
            .to_owned();
        let words = [wanted.room, cookie, name, token.0];
        Visitor {
            words,
            visits: Mutex::default(),
        }
    }

    fn on_words(&self, visitor: Session<Visitor>) -> [String; 4] {
        visitor.words.clone()
    }

    fn on_visit(&self, visitor: Session<Visitor>) -> usize {
        let mut visits = visitor.visits.lock().expect("a lock");
        *visits += 1;
        *visits
    }

    fn on_disconnect(&self, visitor: Session<Visitor>) {
        self.log.note(visitor.words.join(" "));
    }
}

#[tokio::test]
async fn extractors_read_the_handshake_and_the_session_keeps_it_for_the_handlers() {
    let log = Log::default();
    let (_, address) = serve(SocketIo::builder().namespace(Visits { log: log.clone() })).await;
    for browser in both(address) {
        let visitor = browser.query("room", "tea & cake").header("cookie", "id=7");
        let bare = visitor.connect_refused("/visits", json!("anna")).await;
        assert_eq!(bare.message, "a token, please");
        let known = visitor.header("x-token", "t");
        let anna = known.connect("/visits", json!("anna")).await;
        let bert = known.connect("/visits", json!("bert")).await;
        let words = json!(["tea & cake", "id=7", "anna", "t"]);
        assert_eq!(anna.call("words", ()).await.only(), words);
        for visit in 1..=3 {
            assert_eq!(anna.call("visit", ()).await.only(), visit);
        }
        assert_eq!(bert.call("visit", ()).await.only(), 1);
        anna.close().await;
        log.becomes(&["tea & cake id=7 anna t"]).await;
        bert.close().await;
        log.becomes(&["tea & cake id=7 bert t"]).await;
    }
    let nowhere = Browser::websocket(address)
        .header("cookie", "")
        .header("x-token", "t");
    let refused = nowhere.connect_refused("/visits", json!("anna")).await;
    assert!(refused.message.contains("`room`"), "{}", refused.message);
}
