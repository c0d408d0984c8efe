//! Clients that send what no client should, or leave when nobody expects it: no panic, nothing left
//! over, nobody else affected, and an answer where one was asked for.

mod served;

use std::{
    net::SocketAddr,
    panic,
    sync::{Arc, Mutex, Once},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::join_all;
use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};
use served::{Log, NO_AUTH, both, serve};
use tests::{Client as Browser, Connection, Socket, eventually, http, placeholder};
use tokio::task::yield_now;

/// Where the server panicked. No handler here does, so there must be nothing.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn watch_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            usual(info);
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            if !place.contains("tests/") {
                PANICS.lock().expect("a lock").push(place);
            }
        }));
    });
}

#[derive(Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Clone)]
struct Target {
    log: Log,
    here: Arc<()>,
}

#[namespace("/target", session = Arc<()>)]
impl Target {
    async fn on_connect(&self, client: Client, _auth: Option<Value>) -> Result<Arc<()>> {
        yield_now().await;
        client.join(["room", "other room"])?;
        client.emit("welcome", ())?;
        self.log.note("connect");
        Ok(Arc::clone(&self.here))
    }

    fn on_fence(&self) {}

    fn on_add(&self, point: Point, factor: i32) -> i32 {
        (point.x + point.y) * factor
    }

    fn on_any(&self, _value: Value, args: Args) -> usize {
        args.len()
    }

    fn on_none(&self) -> &'static str {
        "not looked at"
    }

    fn on_file(&self, file: hobnob::Bytes) -> usize {
        file.len()
    }

    async fn on_ask(&self, client: Client) -> bool {
        let answer = client.call::<Vec<Value>>("question", ()).await;
        answer.is_ok()
    }

    async fn on_busy(&self, client: Client, number: u64) -> Result<u64> {
        for _ in 0..number % 5 {
            yield_now().await;
        }
        client
            .to("room")
            .include_self(false)
            .emit("busy", number)
            .await?;
        Ok(number)
    }

    #[event("beside", concurrent)]
    async fn beside(&self, client: Client) {
        client.disconnected().await;
    }

    fn on_disconnect(&self) {
        self.log.note("disconnect");
    }

    fn on_error(&self, error: EventError) -> Value {
        self.log.note("error");
        error.to_answer()
    }
}

struct Scene {
    socketio: SocketIo,
    address: SocketAddr,
    browsers: [Browser; 2],
    witness: Socket,
    target: Target,
}

impl Scene {
    async fn start(builder: SocketIoBuilder) -> Self {
        watch_for_panics();
        let target = Target {
            log: Log::default(),
            here: Arc::new(()),
        };
        let (socketio, address) = serve(builder.namespace(target.clone())).await;
        let witness = Browser::websocket(address)
            .connect("/target", NO_AUTH)
            .await;
        witness.expect("welcome").await;
        target.log.becomes(&["connect"]).await;
        Self {
            socketio,
            address,
            browsers: both(address),
            witness,
            target,
        }
    }

    /// Nobody but the witness is left, whom it did not hurt, and everybody else was seen off once.
    async fn expect_witness_alone(&self, after: &str) {
        let namespace = self.socketio.of("/target");
        let what = format!("nobody else to be left after {after:?}");
        eventually(&what, async || {
            // The test's, the class's two (it was cloned) and the witness's.
            Arc::strong_count(&self.target.here) == 3
                && namespace.clients().await.expect("the clients").len() == 1
                && namespace.room("room").len().await.expect("a number") == 1
        })
        .await;
        let log = self.target.log.take();
        let count = |what| log.iter().filter(|line| *line == what).count();
        assert_eq!(count("connect"), count("disconnect"), "after {after:?}");
        self.expect_no_harm(after).await;
    }

    async fn expect_no_harm(&self, after: &str) {
        self.witness.call("fence", ()).await;
        assert_eq!(*PANICS.lock().expect("a lock"), [""; 0], "after {after:?}");
    }
}

/// Ends a connection that the server may have ended already.
async fn end(connection: &Connection) {
    if connection.closed().is_none() {
        connection.close().await;
    }
}

fn nested(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}

fn garbage() -> Vec<String> {
    let mut garbage: Vec<String> = [
        "",
        "0",
        "2",
        "2probe",
        "3",
        "3probe",
        "5",
        "6",
        "7",
        "9",
        "x",
        "b",
        "bAAA",
        "b!",
        "\0",
        "é",
        "4",
        "4é",
        "4😀",
        "47",
        "49",
        "4-",
        "40{",
        "40/target,{",
        "40/target,{}}",
        "40,",
        "40/",
        "40//",
        "40/nowhere,",
        "40target",
        "40/target?token=1,{}",
        "40/a/b/{c},",
        "41",
        "41/nowhere,",
        "41/target",
        "42",
        "42/",
        "42/target",
        "42/target,",
        "42/target,[",
        "42/target,[]",
        "42/target,{}",
        "42/target,null",
        r#"42/target,"fence""#,
        "42/target,[1]",
        "42/target,[null]",
        r#"42/target,[["fence"]]"#,
        r#"42/target,["fence""#,
        r#"42/target,["fence"]]"#,
        r#"42/target,["fence"],"#,
        r#"42/target,[""]"#,
        r#"42/target,[1,"fence"]"#,
        r#"42/target,[{"fence":1}]"#,
        r#"42/target,["ca\u00e9"]"#,
        r#"42/target,["a\"b",1]"#,
        r#"42/target,["\ud800"]"#,
        r#"42/target,-1["fence"]"#,
        r#"42/target,99999999999999999999999999["fence"]"#,
        r#"42/nowhere,["fence"]"#,
        r#"42["fence"]"#,
        "43/target,",
        "43/target,[]",
        "43/target,1",
        "43/target,1{}",
        "43/target,999[1]",
        "43/target,-7[1]",
        "44",
        "44/target,",
        r#"44/target,{"message":"no"}"#,
        r#"44/target,"no""#,
        "45",
        "45-",
        "45/target,",
        r#"45/target,["file"]"#,
        r#"450-/target,["file"]"#,
        r#"45-1-/target,["file"]"#,
        r#"45999-/target,["file"]"#,
        r#"4599999999999999999999999-/target,["file"]"#,
        "451-/target,",
        "451-/target,[]",
        "461-/target,1",
        "461-/target,[1]",
        r#"461-/target,7[{"_placeholder":true,"num":0}]"#,
    ]
    .map(str::to_owned)
    .to_vec();
    garbage.push(format!("40/{},", "x".repeat(100_000)));
    garbage.push(format!(r#"42/target,["{}"]"#, "x".repeat(100_000)));
    garbage.push(format!("42/target,[{}]", "1,".repeat(100_000)));
    garbage.push("4".repeat(100_000));
    garbage
}

#[tokio::test]
async fn garbage_hurts_nobody() {
    let builder = SocketIo::builder()
        .ping_interval(Duration::from_millis(500))
        .ping_timeout(Duration::from_millis(1500));
    let scene = Scene::start(builder).await;
    for (browser, over_websocket) in scene.browsers.iter().zip([true, false]) {
        for garbage in garbage() {
            for joined in [true, false] {
                let connection = browser.open().await;
                if joined {
                    connection
                        .connect("/target", NO_AUTH)
                        .await
                        .expect("let in");
                }
                connection.send_raw(&garbage);
                connection.send_raw_binary(Bytes::new());
                connection.send_raw_binary(Bytes::from_static(b"\xff\0"));
                connection.send_raw(&garbage);
                end(&connection).await;
            }
            let shown = &garbage[..garbage.floor_char_boundary(200)];
            if over_websocket {
                scene.expect_witness_alone(shown).await;
            } else {
                // Some of it only has the request refused, and the ping timeout ends the session.
                scene.expect_no_harm(shown).await;
            }
        }
        scene.expect_witness_alone("all that garbage").await;
    }
}

#[tokio::test]
async fn requests_that_no_client_sends_are_answered_with_an_error() {
    let scene = Scene::start(SocketIo::builder()).await;
    let known = scene.witness.connection().handshake().sid.clone();
    let address = scene.address;
    for (method, query, body) in [
        ("GET", "", ""),
        ("GET", "EIO=4", ""),
        ("GET", "EIO=9&transport=polling", ""),
        ("GET", "EIO=4&transport=pigeon", ""),
        ("GET", "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA", ""),
        ("GET", "EIO=4&transport=polling&sid=%ff%00", ""),
        ("GET", "EIO=4&transport=websocket", ""),
        ("GET", "EIO=4&transport=polling&sid=KNOWN", ""),
        ("POST", "EIO=4&transport=polling", "40"),
        ("POST", "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA", "40"),
        ("POST", "EIO=4&transport=polling&sid=KNOWN", "41/target,"),
        ("PUT", "EIO=4&transport=polling", ""),
        ("DELETE", "EIO=4&transport=polling&sid=KNOWN", ""),
    ] {
        let target = format!("/socket.io/?{}", query.replace("KNOWN", &known));
        let request = http::Request::builder().method(method).uri(&target);
        let request = request.body(body.to_owned()).expect("a request");
        let answer = http::request(address, request).await;
        assert!(
            answer.status().is_client_error(),
            "{method} {query}: {answer:?}"
        );
    }
    scene.expect_witness_alone("these requests").await;
}

#[tokio::test]
async fn wrong_arguments_are_answered_with_an_error() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in &scene.browsers {
        let client = browser.connect("/target", NO_AUTH).await;
        for (event, args, names) in [
            ("add", json!([]), "argument 1"),
            ("add", json!([{ "x": 1, "y": 2 }]), "argument 2"),
            ("add", json!([{ "x": 1 }, 3]), "`y`"),
            ("add", json!([{ "x": 1, "y": "2" }, 3]), "`y`"),
            ("add", json!([{ "x": 1, "y": 1e30 }, 3]), "`y`"),
            ("add", json!([null, null]), "argument 1"),
            ("add", json!([[[]], {}]), "argument 1"),
            (
                "add",
                json!([{ "x": 1, "y": 2 }, 1_i64 << 40]),
                "argument 2",
            ),
            ("any", json!([]), "argument 1"),
            ("file", json!([7]), "argument 1"),
            ("file", json!([placeholder(0)]), "argument 1"),
        ] {
            let answer = client.call(event, &args).await.only();
            let text = answer["error"].as_str().expect("an error");
            assert!(text.contains(names), "{event}{args}: {text}");
        }
        assert_eq!(
            client
                .call("add", json!([{ "x": 1, "y": 2 }, 3, 4, "5"]))
                .await
                .only(),
            9
        );
        client.close().await;
        drop(client);
        scene.expect_witness_alone("wrong arguments").await;
    }
}

#[tokio::test]
async fn no_event_reaches_what_is_not_an_events_handler() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in &scene.browsers {
        let client = browser.connect("/target", NO_AUTH).await;
        scene.target.log.becomes(&["connect"]).await;
        for event in [
            "connect",
            "disconnect",
            "error",
            "connect_error",
            "disconnecting",
            "on_connect",
            "on_disconnect",
            "on_error",
            "*",
            "",
            "__proto__",
            "Fence",
            "fence ",
            "nobody handles this",
        ] {
            let id = client.emit_with_id(event, (Value::Null,));
            client.expect_no_ack(id, "fence").await;
        }
        assert_eq!(scene.target.log.take(), Vec::<String>::new());
        client.close().await;
        scene.target.log.becomes(&["disconnect"]).await;
        drop(client);
        scene.expect_witness_alone("other names").await;
    }
}

#[tokio::test]
async fn attachments_that_do_not_fit_are_answered_or_cost_the_connection() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in &scene.browsers {
        let file = Bytes::from_static(b"seven b");
        let client = browser.connect("/target", NO_AUTH).await;
        // Where the place is wrong, the event is answered.
        for place in [
            json!({ "_placeholder": true, "num": 1 }),
            json!({ "_placeholder": true, "num": -1 }),
            json!({ "_placeholder": true, "num": 0.5 }),
            json!({ "_placeholder": true, "num": 1e300 }),
            json!({ "_placeholder": true, "num": u64::MAX }),
            json!({ "_placeholder": true, "num": "0" }),
            json!({ "_placeholder": true }),
            json!({ "_placeholder": false, "num": 0 }),
            json!(7),
        ] {
            let answer = client
                .call_binary("file", (&place,), vec![file.clone()])
                .await
                .only();
            assert!(answer["error"].is_string(), "{place}: {answer}");
        }
        let twice = (placeholder(0), placeholder(0));
        assert_eq!(
            client
                .call_binary("file", twice, vec![file.clone()])
                .await
                .only(),
            7
        );
        let unused = (placeholder(1),);
        let files = vec![Bytes::new(), file.clone(), Bytes::new()];
        assert_eq!(client.call_binary("file", unused, files).await.only(), 7);
        client.close().await;
        drop(client);
        scene.expect_witness_alone("wrong places").await;

        // Where the number is wrong, what follows cannot be understood.
        for (announced, sent) in [(2, 1), (1, 2), (1, 0), (0, 1), (11, 11)] {
            let connection = browser.open().await;
            connection
                .connect("/target", NO_AUTH)
                .await
                .expect("let in");
            connection.burst(|| {
                let place = placeholder(0);
                connection.send_raw(format!(r#"45{announced}-/target,7["file",{place}]"#));
                for _ in 0..sent {
                    connection.send_raw_binary(file.clone());
                }
                connection.send_raw(r#"42/target,["fence"]"#);
            });
            end(&connection).await;
            scene
                .expect_witness_alone(&format!("{sent} of {announced} attachments"))
                .await;
        }
    }
}

#[tokio::test]
async fn nesting_without_end_is_survived() {
    let deep = nested(100_000);
    let place = placeholder(0);
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in &scene.browsers {
        for (event, argument) in [
            (format!(r#""any",{deep}"#), "argument 1"),
            (format!(r#""add",1,{deep}"#), "argument 2"),
            (
                format!(r#""add",{{"x":1,"y":2,"z":{deep}}},1"#),
                "argument 1",
            ),
            (format!(r#""none",{deep}"#), "argument 1"),
            (format!(r#""nobody handles this",{deep}"#), "argument 1"),
        ] {
            let bare = format!("42/target,7[{event}]");
            let with_attachment = format!("451-/target,7[{event},{place}]");
            for (text, attachment) in [(bare, None), (with_attachment, Some("file"))] {
                let client = browser.connect("/target", NO_AUTH).await;
                client.connection().send_raw(text);
                if let Some(attachment) = attachment {
                    client.connection().send_raw_binary(attachment);
                }
                let error = format!("{argument}: nested too deeply");
                assert_eq!(client.expect_ack(7).await.only(), json!({ "error": error }));
                client.call("fence", ()).await;
                client.close().await;
                drop(client);
                scene.expect_witness_alone(&event[..30]).await;
            }
        }
        let connection = browser.open().await;
        connection.send_raw(format!("40/target,{deep}"));
        connection.send_raw(format!(r#"40/target,{{"a":{deep}}}"#));
        let client = browser.connect("/target", NO_AUTH).await;
        let asked = client.emit_with_id("ask", ());
        client.expect("welcome").await;
        let id = client.next_event().await.id();
        client
            .connection()
            .send_raw(format!("43/target,{id}[{deep}]"));
        assert_eq!(client.expect_ack(asked).await.only(), false);
        client.close().await;
        end(&connection).await;
        drop(client);
        scene
            .expect_witness_alone("a deep auth object, a deep answer")
            .await;
    }
}

#[tokio::test]
async fn events_before_connect_hurt_only_who_sends_them() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in &scene.browsers {
        for frames in [
            &[r#"42/target,1["none"]"#, "40/target,"][..],
            &["40/target,", r#"42/target,1["none"]"#],
            &["41/target,", "40/target,"],
            &["40/target,", "41/target,"],
            &[
                "40/target,",
                "41/target,",
                "40/target,",
                r#"42/target,1["none"]"#,
            ],
            &["43/target,1[]", "40/target,", "40/target,", "40/target,"],
            &["41/target,", "41/target,", r#"42/target,1["none"]"#],
        ] {
            let connection = browser.open().await;
            connection.burst(|| {
                for frame in frames {
                    connection.send_raw(*frame);
                }
            });
            end(&connection).await;
            scene.expect_witness_alone(&frames.join(" ")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_events_at_once_are_all_answered() {
    let scene = Scene::start(SocketIo::builder()).await;
    for browser in &scene.browsers {
        let sending = (0..4).map(|_| {
            let browser = browser.clone();
            tokio::spawn(async move {
                let client = browser.connect("/target", NO_AUTH).await;
                let mut ids = Vec::new();
                client.burst(|| {
                    for _ in 0..2000 {
                        ids.push(client.emit_with_id("none", ()));
                    }
                });
                for id in ids {
                    assert_eq!(client.expect_ack(id).await.only(), "not looked at");
                }
                client.close().await;
            })
        });
        for sent in join_all(sending).await {
            sent.expect("every answer");
        }
        scene.expect_witness_alone("thousands of events").await;
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// What one client does before it is gone, and how it goes.
async fn visit(browser: Browser, mut dice: Dice) {
    let connection = browser.open().await;
    let steps = dice.roll(6);
    for step in 0..steps {
        let path = "/target,";
        match step {
            0 => connection.send_raw(format!("40{path}")),
            1 => {
                if dice.roll(4) > 0 {
                    drop(connection.recv_raw().await);
                }
            }
            2 => connection.burst(|| {
                for number in 0..dice.roll(30) {
                    connection.send_raw(format!(r#"42{path}{number}["busy",{number}]"#));
                }
            }),
            3 => connection.send_raw(format!(
                r#"42{path}["{}"]"#,
                if dice.roll(2) == 0 { "ask" } else { "beside" }
            )),
            4 => connection.send_raw(format!(r#"452-{path}["file",{}]"#, placeholder(0))),
            _ => connection.send_raw_binary(Bytes::from_static(b"half")),
        }
        for _ in 0..dice.roll(20) {
            yield_now().await;
        }
    }
    match dice.roll(5) {
        0 => drop(connection.abort().await),
        1 => end(&connection).await,
        2 => connection.close_engine(),
        3 => {
            connection.burst(|| {
                connection.send_raw("41/target,");
                connection.send_raw("40/target,");
            });
            for _ in 0..dice.roll(40) {
                yield_now().await;
            }
            drop(connection.abort().await);
        }
        _ => drop(connection),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_at_any_moment_leaves_nothing_behind() {
    let builder = SocketIo::builder()
        .ping_interval(Duration::from_millis(500))
        .ping_timeout(Duration::from_millis(1500));
    let scene = Scene::start(builder).await;
    for browser in &scene.browsers {
        for batch in 0..12 {
            let visits = (0..25).map(|number| {
                let dice = Dice(1 + number + 25 * batch);
                tokio::spawn(visit(browser.clone(), dice))
            });
            for visit in join_all(visits).await {
                visit.expect("a client that goes along");
            }
            scene.witness.drain_until_ack("fence").await;
        }
        scene.expect_witness_alone("many visits").await;
    }
}
