//! How long a request may take to arrive, its head and what is sent with it, and how large that may be.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use hobnob::{SocketIo, SocketIoBuilder};
use serde_json::json;
use tests::{Socket, deadline};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{Room, Scene, served::NO_AUTH, served::both};

const PAGE: &str = "GET /page HTTP/1.1\r\nhost: here\r\n\r\n";

async fn serve_page(builder: SocketIoBuilder) -> (SocketIo, SocketAddr) {
    let socketio = builder.namespace(Room).build().await.expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (serving, app) = (
        socketio.clone(),
        Router::new().route("/page", get(async || "a page")),
    );
    tokio::spawn(async move { serving.serve_on(listener, app).await });
    (socketio, address)
}

struct Tcp(TcpStream);

impl Tcp {
    async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("sent");
    }

    /// Reads until `end` has come.
    async fn expect(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        let reading = async {
            while !read.ends_with(end.as_bytes()) {
                read.push(self.0.read_u8().await.expect("more of the answer"));
            }
        };
        deadline("the answer", reading).await;
        String::from_utf8(read).expect("text")
    }

    /// What comes before the connection ends.
    async fn expect_end(&mut self) -> String {
        let mut read = Vec::new();
        let ending = self.0.read_to_end(&mut read);
        // One that is closed with unread bytes is reset.
        let _ = deadline("the end of the connection", ending).await;
        String::from_utf8_lossy(&read).into_owned()
    }
}

#[tokio::test]
async fn a_connection_whose_request_does_not_begin_is_closed_and_no_other() {
    let builder = SocketIo::builder().handshake_timeout(Duration::from_millis(200));
    let (socketio, address) = serve_page(builder).await;
    let late = || socketio.counters().late_handshakes;

    let mut kept = Tcp::open(address).await;
    kept.send(PAGE).await;
    kept.expect("a page").await;
    let clients = both(address);
    let clients = [
        clients[0].connect("/", NO_AUTH).await,
        clients[1].connect("/", NO_AUTH).await,
    ];
    let upgraded = tests::Client::polling(address).connect("/", NO_AUTH).await;
    upgraded.connection().upgrade().await;

    for (number, beginning) in (1..).zip(["", "G", "GET /page HTTP/1.1\r\nhost: he"]) {
        let mut silent = Tcp::open(address).await;
        silent.send(beginning).await;
        assert_eq!(silent.expect_end().await, "");
        assert_eq!(late(), number);
    }

    // They have waited longer than that.
    kept.send(PAGE).await;
    kept.expect("a page").await;
    for client in clients.iter().chain([&upgraded]) {
        client.call("fence", ()).await;
    }
    assert_eq!(late(), 3);

    // The same for a request that is not the first, from its first byte on.
    kept.send("GET /page HTTP/1.1\r\nho").await;
    assert_eq!(kept.expect_end().await, "");
    assert_eq!(late(), 4);

    // Bytes that come one after another are not enough.
    let mut slow = Tcp::open(address).await;
    slow.send("GET /page HTTP/1.1\r\n").await;
    let dripping = async {
        while slow.0.write_all(b"a: b\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    deadline("the end of the connection", dripping).await;
    assert_eq!(late(), 5);
    for client in clients.iter().chain([&upgraded]) {
        client.call("fence", ()).await;
    }
}

/// A request of long polling that only begins, with a session of its own.
async fn begin_post(client: &Socket, address: SocketAddr, head: &str, body: &str) -> Tcp {
    let sid = &client.connection().handshake().sid;
    let mut tcp = Tcp::open(address).await;
    tcp.send(&format!(
        "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\n\
         host: here\r\n{head}\r\n\r\n{body}"
    ))
    .await;
    tcp
}

#[tokio::test]
async fn a_request_that_does_not_become_complete_costs_the_session() {
    let builder = SocketIo::builder().body_timeout(Duration::from_millis(200));
    let mut scene = Scene::start(builder).await;
    for (head, body) in [
        ("content-length: 100", "42/desk,"),
        ("content-length: 100", ""),
        (
            "transfer-encoding: chunked",
            "8\r\n42/desk,\r\n5\r\n[\"fen\r\n",
        ),
    ] {
        let before = scene.counted(|counters| counters.late_bodies);
        let client = scene.browsers[1].connect("/desk", json!("late")).await;
        let mut tcp = begin_post(&client, scene.address, head, body).await;
        let answer = tcp.expect_end().await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(
            answer.ends_with(r#"{"code":3,"message":"The request took too long."}"#),
            "{answer}"
        );
        client.expect_closed().await;
        scene.log.becomes(&["late: parse error"]).await;
        assert_eq!(scene.counted(|counters| counters.late_bodies), before + 1);
        drop(client);
        scene.expect_witness_alone().await;
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_costs_the_session_before_it_is_read() {
    let mut scene = Scene::start(SocketIo::builder().max_message_size(10_000)).await;
    let chunk = format!("2710\r\n{}\r\n1\r\nx\r\n", "x".repeat(10_000));
    for (head, body) in [
        ("content-length: 10001", ""),
        ("content-length: 1000000000000", ""),
        ("transfer-encoding: chunked", chunk.as_str()),
    ] {
        let before = scene.counted(|counters| counters.large_bodies);
        let client = scene.browsers[1].connect("/desk", json!("large")).await;
        assert_eq!(client.connection().handshake().max_payload, 10_000);
        let mut tcp = begin_post(&client, scene.address, head, body).await;
        let end = r#"{"code":3,"message":"The request is too large."}"#;
        let answer = tcp.expect(end).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        client.expect_closed().await;
        scene.log.becomes(&["large: parse error"]).await;
        assert_eq!(scene.counted(|counters| counters.large_bodies), before + 1);
        drop(client);
        scene.expect_witness_alone().await;
    }
}

/// An event whose attachment comes too late; see the option for one whose attachment never comes.
#[tokio::test]
async fn attachments_that_come_too_late_cost_the_connection() {
    let builder = SocketIo::builder()
        .attachments_timeout(Duration::from_nanos(1))
        .ping_interval(Duration::from_millis(100));
    let mut scene = Scene::start(builder).await;
    for browser in scene.browsers.clone() {
        let client = browser.connect("/desk", json!("late")).await;
        let place = tests::placeholder(0);
        client
            .connection()
            .send_raw(format!(r#"451-/desk,["files",[{place}]]"#));
        client.connection().flush().await;
        client.connection().send_raw_binary(vec![7; 10]);
        client.expect_closed().await;
        scene.log.becomes(&["late: parse error"]).await;
        drop(client);
        scene.expect_witness_alone().await;
    }
}
