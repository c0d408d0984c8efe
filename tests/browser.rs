//! The official JavaScript client: in Node against a server of its own, and in Chromium on the pages
//! of the examples. `tests/run` installs what they need.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use hobnob::{Bytes, Parser, prelude::*};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Login {
    token: String,
}

/// How far a client has counted.
#[derive(Default)]
struct Count(AtomicU64);

#[derive(Serialize)]
struct Reversed {
    name: String,
    data: Bytes,
}

struct Test;

#[namespace("/test", session = Count)]
impl Test {
    fn on_connect(&self, client: Client, login: Login) -> Result<Count> {
        if login.token != "let me in" {
            return Err(Error::public("who are you?"));
        }
        client.emit("first", 1)?;
        client.emit("second", (2, "two"))?;
        Ok(Count::default())
    }

    fn on_nothing(&self) {}

    fn on_add(&self, a: i64, b: i64) -> i64 {
        a + b
    }

    fn on_both(&self, text: String, list: [i64; 2]) -> ([i64; 2], String) {
        (list, text)
    }

    fn on_echo(&self, value: Value) -> Value {
        value
    }

    fn on_panic(&self) {
        panic!("on purpose");
    }

    fn on_reverse(&self, data: Bytes, name: String) -> Reversed {
        Reversed {
            name,
            data: data.iter().rev().copied().collect(),
        }
    }

    #[event("ask me")]
    async fn ask(&self, client: Client, n: i64) -> Result<i64> {
        Ok(client.call("question", n).await?)
    }

    async fn on_count(&self, count: Session<Count>, n: u64) {
        tokio::task::yield_now().await;
        // In order, or the count comes to a stop here.
        let _ = count
            .0
            .compare_exchange(n, n + 1, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn on_counted(&self, count: Session<Count>) -> u64 {
        count.0.load(Ordering::Relaxed)
    }

    #[event("send numbers")]
    fn numbers(&self, client: Client, n: u64) -> Result {
        for number in 0..n {
            client.emit("number", number)?;
        }
        Ok(())
    }

    #[event("go away")]
    fn go_away(&self, client: Client) -> Result {
        Ok(client.disconnect()?)
    }
}

struct Other;

#[namespace("/other")]
impl Other {
    fn on_nothing(&self) {}
}

/// Sends more than goes into one message as soon as somebody comes.
struct Library;

#[namespace("/library")]
impl Library {
    fn on_connect(&self, client: Client) -> Result {
        for number in 0..5 {
            client.emit("volume", (number, "x".repeat(450_000)))?;
        }
        Ok(())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and the packages of tests/browser"]
async fn the_official_client_in_node() -> Result {
    official_client(Parser::Json, "json").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and the packages of tests/browser"]
async fn the_official_client_with_msgpack_in_node() -> Result {
    official_client(Parser::MsgPack, "msgpack").await
}

async fn official_client(parser: Parser, name: &'static str) -> Result {
    let socketio = SocketIo::builder()
        .parser(parser)
        .namespace(Test)
        .namespace(Other)
        .namespace(Library)
        .build()
        .await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let app = axum::Router::new();
    let server = tokio::spawn({
        let socketio = socketio.clone();
        async move { socketio.serve_on(listener, app).await }
    });
    in_node(&["client.mjs", &address, name]).await?;
    let left = json!(socketio.of("/test").clients().await?);
    assert_eq!(left, json!([]), "nobody is left when the script has ended");
    socketio.shutdown().await;
    server.await?
}

/// Runs a script of `tests/browser`.
async fn in_node(arguments: &[&str]) -> Result {
    let mut node = tokio::process::Command::new("node");
    let status = node.args(arguments).current_dir(folder()).status().await?;
    assert!(status.success(), "{status}; its output says what failed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and the packages of tests/browser"]
async fn the_official_client_comes_again_when_there_were_too_many() -> Result {
    for builder in [
        SocketIo::builder().max_connections(1),
        SocketIo::builder().max_connections_per_address(1),
    ] {
        let socketio = builder.namespace(Other).build().await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let serving = socketio.clone();
        let server =
            tokio::spawn(async move { serving.serve_on(listener, axum::Router::new()).await });
        in_node(&["refused.mjs", &address]).await?;
        let counters = socketio.counters();
        let refused = counters.refused_connections + counters.refused_by_address;
        assert!(refused >= 2, "{counters:?}");
        socketio.shutdown().await;
        server.await??;
    }
    Ok(())
}

/// Runs a script of `tests/browser` with the program of an example.
fn in_chromium(script: &str, example: &str) {
    // Cargo builds the examples beside this test: tests/run has it do so first.
    let here = std::env::current_exe().expect("this test has a path");
    let built = here.ancestors().nth(2).expect("target/debug");
    let program = built.join(example);
    assert!(
        program.exists(),
        "build {example} first: cargo build --workspace"
    );
    let status = Command::new("node")
        .arg(script)
        .arg(program)
        .current_dir(folder())
        .status();
    let status = status.expect("node starts");
    assert!(status.success(), "{status}; its output says what failed");
}

#[test]
#[ignore = "needs Node, Chromium and the packages of tests/browser"]
fn two_people_chat_in_chromium() {
    in_chromium("chat.mjs", "chat");
}

#[test]
#[ignore = "needs Node, Chromium and the packages of tests/browser"]
fn every_button_of_the_flask_demo_works_in_chromium() {
    in_chromium("flask-demo.mjs", "flask-demo");
}

#[test]
#[ignore = "needs Node, Chromium and the packages of tests/browser"]
fn two_people_say_yo_in_chromium() {
    in_chromium("nicknames.mjs", "nicknames");
}

#[test]
#[ignore = "needs Node, Chromium and the packages of tests/browser"]
fn announcements_over_http_are_seen_in_chromium() {
    in_chromium("http-emit.mjs", "http-emit");
}

#[test]
#[ignore = "needs Node, Chromium and the packages of tests/browser"]
fn two_people_use_every_step_of_the_tutorial_in_chromium() {
    for step in 1..=8 {
        in_chromium("tutorial.mjs", &format!("tutorial-{step}"));
    }
}

#[test]
#[ignore = "needs Node, Chromium and the packages of tests/browser"]
fn notes_are_pinned_to_the_starter_s_board_in_chromium() {
    in_chromium("starter.mjs", "starter");
}

#[test]
#[ignore = "needs Node, Chromium, nginx, Redis and the packages of tests/browser"]
fn three_nodes_behind_nginx_are_one_chat_in_chromium() {
    in_chromium("cluster.mjs", "cluster");
}
