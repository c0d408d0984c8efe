//! Whom an emit reaches, from inside a handler and from outside, and in which order it arrives.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::{Path, State},
    routing::post,
};
use bytes::Bytes;
use hobnob::{RoomError, prelude::*};
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, deadline, http};
use tokio::net::TcpListener;

/// Whom a client wants to say something to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Say {
    to: Option<Vec<String>>,
    except: Vec<String>,
    skip: Vec<Sid>,
    include_self: Option<bool>,
}

struct Hall;

#[namespace("/hall")]
impl Hall {
    fn on_connect(&self, client: Client, rooms: Vec<String>) -> Result<(), ConnectionRefused> {
        client.join(rooms).map_err(ConnectionRefused::new)
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_whisper(&self, client: Client) -> Result {
        Ok(client.emit("whisper", ())?)
    }

    async fn on_say(&self, client: Client, say: Say) -> Result<usize> {
        let mut target = match say.to {
            None => client.broadcast(),
            Some(rooms) => client.to(rooms),
        };
        target = target.except(say.except).skip(say.skip);
        if let Some(include) = say.include_self {
            target = target.include_self(include);
        }
        Ok(target.emit("said", ()).await?.missed())
    }

    /// Numbers from 0 to 1999 in every way they can be sent, some with an attachment.
    async fn on_count(&self, client: Client) -> Result<usize> {
        let mut missed = 0;
        for n in 0..2000_u32 {
            let attachment = Bytes::copy_from_slice(&n.to_be_bytes());
            match n % 7 {
                0 => client.emit("counted", (n, attachment))?,
                1 | 2 => client.emit("counted", n)?,
                3 => missed += client.broadcast().emit("counted", n).await?.missed(),
                4 => {
                    let sent = client.to(client.sid()).emit("counted", (n, attachment));
                    missed += sent.await?.missed();
                }
                5 => missed += client.namespace().emit("counted", n).await?.missed(),
                _ => {
                    tokio::task::yield_now().await;
                    client.emit("counted", n)?;
                }
            }
        }
        Ok(missed)
    }
}

async fn tell(State(socketio): State<SocketIo>, Path(room): Path<String>) -> &'static str {
    match socketio.of("/hall").to(room).emit("said", ()).await {
        Ok(_) => "told",
        Err(_) => "not told",
    }
}

/// One class at two paths, and a route to it.
async fn serve() -> Result<(SocketIo, SocketAddr)> {
    let builder = SocketIo::builder().namespace(Hall);
    let socketio = builder.namespace_at("/annex", Hall).build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    let app = Router::new().route("/tell/{room}", post(tell));
    let app = app.with_state(socketio.clone());
    tokio::spawn(async move { server.serve_on(listener, app).await });
    Ok((socketio, address))
}

async fn sid(client: &Socket) -> Result<Sid> {
    Ok(serde_json::from_value(client.call("sid", ()).await.only())?)
}

/// Anna is in the room tea, bert in tea and coffee, cleo in coffee, dora in none.
struct Guests {
    sockets: [(&'static str, Socket); 4],
}

impl Guests {
    async fn connect(address: SocketAddr) -> Self {
        let (websocket, polling) = (Browser::websocket(address), Browser::polling(address));
        let anna = websocket.connect("/hall", json!(["tea"])).await;
        let bert = polling.connect("/hall", json!(["tea", "coffee"])).await;
        let cleo = websocket.connect("/hall", json!(["coffee"])).await;
        let dora = polling.connect("/hall", json!([])).await;
        Self {
            sockets: [
                ("anna", anna),
                ("bert", bert),
                ("cleo", cleo),
                ("dora", dora),
            ],
        }
    }

    fn named(&self, wanted: &str) -> &Socket {
        let found = self.sockets.iter().find(|(name, _)| *name == wanted);
        &found.expect("a guest").1
    }

    async fn sid(&self, name: &str) -> Result<Sid> {
        sid(self.named(name)).await
    }

    /// Who has heard something since the last time, as often as they have.
    async fn heard(&self) -> Vec<&'static str> {
        let mut heard = Vec::new();
        for (name, socket) in &self.sockets {
            for _ in socket.drain_until_ack("sid").await {
                heard.push(*name);
            }
        }
        heard
    }
}

#[tokio::test]
async fn a_target_reaches_whom_it_names_and_each_of_them_once() -> Result {
    let (_, address) = serve().await?;
    let guests = Guests::connect(address).await;
    let anna = guests.named("anna");
    let [a, b, c] = [
        guests.sid("anna").await?,
        guests.sid("bert").await?,
        guests.sid("cleo").await?,
    ];

    anna.call("whisper", ()).await;
    assert_eq!(guests.heard().await, ["anna"]);

    let everyone = ["anna", "bert", "cleo", "dora"];
    let expected: &[(Value, &[&str])] = &[
        (json!({}), &everyone),
        (json!({ "include_self": true }), &everyone),
        (json!({ "include_self": false }), &["bert", "cleo", "dora"]),
        (json!({ "to": ["tea"] }), &["anna", "bert"]),
        (json!({ "to": ["tea"], "include_self": false }), &["bert"]),
        (
            json!({ "to": ["tea", "coffee"] }),
            &["anna", "bert", "cleo"],
        ),
        (json!({ "to": ["tea", "tea", "nobody"] }), &["anna", "bert"]),
        // The sender need not be in the room.
        (json!({ "to": ["coffee"] }), &["bert", "cleo"]),
        (json!({ "to": ["nobody"] }), &[]),
        (json!({ "skip": [b] }), &["anna", "cleo", "dora"]),
        (json!({ "skip": [b, c] }), &["anna", "dora"]),
        (json!({ "skip": [a] }), &["bert", "cleo", "dora"]),
        (json!({ "except": ["coffee"] }), &["anna", "dora"]),
        (json!({ "except": ["coffee", "tea"] }), &["dora"]),
        (json!({ "except": ["nobody"] }), &everyone),
        (json!({ "to": ["tea"], "except": ["coffee"] }), &["anna"]),
        // Both leave somebody out, neither undoes the other.
        (
            json!({ "include_self": false, "skip": [b] }),
            &["cleo", "dora"],
        ),
        (
            json!({ "include_self": false, "skip": [a, c] }),
            &["bert", "dora"],
        ),
        (
            json!({ "include_self": true, "skip": [a] }),
            &["bert", "cleo", "dora"],
        ),
        (
            json!({ "include_self": false, "except": ["coffee"] }),
            &["dora"],
        ),
        // A sid is the name of a room with one client in it.
        (json!({ "to": [c] }), &["cleo"]),
        (json!({ "to": [c, "tea"] }), &["anna", "bert", "cleo"]),
        (json!({ "to": [a] }), &["anna"]),
        (json!({ "to": [a], "include_self": false }), &[]),
        (json!({ "to": ["tea"], "except": [a] }), &["bert"]),
    ];
    for (say, receivers) in expected {
        assert_eq!(anna.call("say", (say,)).await.args, [json!(0)], "{say}");
        assert_eq!(guests.heard().await, *receivers, "{say}");
    }
    Ok(())
}

#[tokio::test]
async fn a_list_of_no_rooms_reaches_nobody() -> Result {
    let (socketio, address) = serve().await?;
    let guests = Guests::connect(address).await;
    let anna = guests.named("anna");
    anna.call("say", [json!({ "to": [] })]).await;
    assert_eq!(guests.heard().await, [""; 0]);
    let none: [&str; 0] = [];
    socketio.of("/hall").to(none).emit("said", ()).await?;
    assert_eq!(guests.heard().await, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn the_server_reaches_everyone_from_anywhere() -> Result {
    let (socketio, address) = serve().await?;
    let guests = Guests::connect(address).await;
    let hall = socketio.of("/hall");
    let (anna, cleo) = (guests.sid("anna").await?, guests.sid("cleo").await?);

    hall.emit("said", ()).await?;
    assert_eq!(guests.heard().await, ["anna", "bert", "cleo", "dora"]);
    hall.to("coffee").send("said").await?;
    assert_eq!(guests.heard().await, ["bert", "cleo"]);
    hall.room("coffee".to_owned()).emit("said", ()).await?;
    assert_eq!(guests.heard().await, ["bert", "cleo"]);
    hall.except(["tea"]).emit("said", ()).await?;
    assert_eq!(guests.heard().await, ["cleo", "dora"]);
    // There is no self to leave out.
    let to = hall.to(["tea", "coffee"]).include_self(false).skip([&anna]);
    to.emit("said", ()).await?;
    assert_eq!(guests.heard().await, ["bert", "cleo"]);
    hall.client(cleo).emit("said", ()).await?;
    hall.client(cleo).send(json!("said")).await?;
    hall.to(cleo).emit("said", ()).await?;
    hall.to(cleo.to_string()).emit("said", ()).await?;
    assert_eq!(guests.heard().await, ["cleo"; 4]);

    let delivery = hall.to("nobody").emit("said", ()).await?;
    assert_eq!(delivery.missed(), 0);
    assert_eq!(guests.heard().await, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn routes_tasks_and_threads_emit() -> Result {
    let (socketio, address) = serve().await?;
    let guests = Guests::connect(address).await;

    let request = http::Request::post("/tell/tea").body(String::new())?;
    assert_eq!(http::request(address, request).await.body(), "told");
    assert_eq!(guests.heard().await, ["anna", "bert"]);

    let task = socketio.clone();
    socketio.spawn(async move {
        task.of("/hall")
            .to("coffee")
            .emit("from a task", ())
            .await
            .ok();
    });
    for name in ["bert", "cleo"] {
        guests.named(name).expect("from a task").await;
    }

    // With a runtime of its own, which knows nothing of the server's.
    let thread = socketio.clone();
    std::thread::spawn(move || -> Result {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let emit = thread.of("/hall").emit("from a thread", ());
        runtime.block_on(emit)?;
        Ok(())
    });
    for (_, guest) in &guests.sockets {
        guest.expect("from a thread").await;
    }

    // With none, on the server's.
    std::thread::spawn(move || -> Result {
        let emit = socketio.of("/hall").emit("from a plain thread", ());
        socketio.block_on(emit)?;
        Ok(())
    });
    for (_, guest) in &guests.sockets {
        guest.expect("from a plain thread").await;
    }
    Ok(())
}

#[tokio::test]
async fn a_plain_thread_asks_and_waits() -> Result {
    let (socketio, address) = serve().await?;
    let guests = Guests::connect(address).await;
    let anna = guests.sid("anna").await?;
    let (told, answer) = tokio::sync::oneshot::channel();

    std::thread::spawn(move || {
        let anna = socketio.of("/hall").client(anna);
        // The time limit is one of the server's timers.
        let silent = anna
            .call::<u32>("hush", ())
            .timeout(Duration::from_millis(1));
        let silent = socketio.block_on(silent);
        let answer = socketio.block_on(anna.call::<u32>("how many", 2));
        told.send((silent, answer)).ok();
    });
    let question = guests.named("anna").next_event().await;
    assert_eq!(question.event, "hush");
    let question = guests.named("anna").next_event().await;
    assert_eq!(
        (&*question.event, &*question.args),
        ("how many", &[json!(2)][..])
    );
    guests.named("anna").reply(question.id(), (4,));

    let (silent, answer) = deadline("the thread to say what it got", answer).await?;
    assert!(matches!(silent, Err(CallError::Timeout)), "{silent:?}");
    assert_eq!(answer?, 4);
    Ok(())
}

async fn publish(State(socketio): State<SocketIo>, room: String) -> Result<&'static str> {
    socketio.of("/hall").to(room).emit("said", ()).await?;
    Ok("published")
}

async fn fail() -> Result {
    Err(Error::hidden("a secret"))
}

#[tokio::test]
async fn the_error_of_a_route_is_what_an_acknowledgement_would_say() -> Result {
    let socketio = SocketIo::builder().namespace(Hall).build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/publish", post(publish));
    let app = app.route("/fail", post(fail)).with_state(socketio.clone());
    tokio::spawn(async move { socketio.serve_on(listener, app).await });

    let answer = async |path: &str, body: &str| {
        let request = http::Request::post(path).body(body.to_owned()).unwrap();
        let answer = http::request(address, request).await;
        let kind = answer.headers().get("content-type").cloned().unwrap();
        (answer.status().as_u16(), kind, answer.into_body())
    };
    assert_eq!(answer("/publish", "tea").await.2, "published");

    let (status, kind, body) = answer("/publish", "~tea").await;
    assert_eq!((status, kind.as_bytes()), (400, &b"application/json"[..]));
    let body: Value = serde_json::from_str(&body)?;
    assert!(body["error"].as_str().unwrap().contains("`~tea`"), "{body}");

    let (status, _, body) = answer("/fail", "").await;
    assert_eq!((status, &*body), (500, r#"{"error":"internal error"}"#));
    Ok(())
}

#[tokio::test]
async fn namespaces_have_nothing_in_common_but_the_connection() -> Result {
    let (socketio, address) = serve().await?;
    let connection = Browser::websocket(address).open().await;
    let in_hall = connection
        .connect("/hall", json!(["tea"]))
        .await
        .map_err(Error::public)?;
    let in_annex = connection
        .connect("/annex", json!(["tea"]))
        .await
        .map_err(Error::public)?;

    in_annex.call("say", [json!({ "to": ["tea"] })]).await;
    in_annex.expect("said").await;
    in_hall.expect_nothing_until_ack("sid").await;
    in_hall.call("say", [json!({})]).await;
    in_hall.expect("said").await;
    in_annex.expect_nothing_until_ack("sid").await;

    // Not even the sid of one means anything in the other.
    let sid = sid(&in_hall).await?;
    socketio.of("/annex").to(sid).emit("said", ()).await?;
    socketio.of("/annex").client(sid).emit("said", ()).await?;
    in_hall.expect_nothing_until_ack("sid").await;
    in_annex.expect_nothing_until_ack("sid").await;
    assert!(socketio.of("/annex").local_client(sid).is_none());
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_an_error_and_a_room_that_is_empty_is_none() -> Result {
    let (socketio, address) = serve().await?;
    let nowhere = socketio.of("/nowhere");
    let anna = Browser::websocket(address)
        .connect("/hall", json!([]))
        .await;
    let sid = sid(&anna).await?;
    let emits = [
        nowhere.emit("said", ()),
        nowhere.to("tea").emit("said", ()),
        nowhere.room("tea").send("said"),
        nowhere.client(sid).emit("said", ()),
        socketio.of("hall").emit("said", ()),
    ];
    for emit in emits {
        match emit.await {
            Err(EmitError::UnknownNamespace(path)) => assert!(path == "/nowhere" || path == "hall"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(nowhere.path(), "/nowhere");
    let call = nowhere.client(sid).call::<()>("said", ()).await;
    let refused = matches!(call, Err(CallError::Emit(EmitError::UnknownNamespace(_))));
    assert!(refused, "{call:?}");
    let len = nowhere.room("tea").len().await;
    assert!(
        matches!(len, Err(RoomError::UnknownNamespace(_))),
        "{len:?}"
    );

    // A name that only looks like a sid is a mistake; a sid of somebody who is gone is none.
    let hall = socketio.of("/hall");
    for emit in [
        hall.to("~tea").emit("said", ()),
        hall.except("~").emit("said", ()),
    ] {
        match emit.await {
            Err(EmitError::InvalidRoom(room)) => assert!(room.starts_with('~')),
            other => panic!("{other:?}"),
        }
    }
    hall.to("~AbCdEfGhIjKlMnOp").emit("said", ()).await?;
    hall.to("").emit("said", ()).await?;
    anna.expect_nothing_until_ack("sid").await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_arrive_in_the_order_they_were_emitted_in() -> Result {
    let (_, address) = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/hall", json!([])).await;
        assert_eq!(anna.call("count", ()).await.args, [json!(0)]);
        for n in 0..2000_u32 {
            let counted = anna.next_event().await;
            assert_eq!(counted.args[0], n, "{}", counted.raw);
            if matches!(n % 7, 0 | 4) {
                assert_eq!(counted.attachments, [n.to_be_bytes().as_slice()]);
            }
        }
        anna.expect_nothing_until_ack("sid").await;
    }
    Ok(())
}
