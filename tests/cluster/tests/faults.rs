//! What goes wrong between the servers of a cluster, and how each comes back by itself. Times are printed,
//! and asserted only against deadlines that nobody would call fast.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use cluster_tests::{
    Guest, Node, NodeOptions, PostgresServer, RedisServer, all_are_counted, heard, sorted,
};
use serde_json::{Value, json};
use tests::{Program, deadline, eventually};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cluster-node");

/// What is between the servers.
trait Backend: Sized {
    const NAME: &str;
    fn start() -> Self;
    fn url(&self) -> String;
    fn stop(&mut self);
    fn start_again(&mut self);
}

impl Backend for RedisServer {
    const NAME: &str = "Redis";
    fn start() -> Self {
        Self::start()
    }
    fn url(&self) -> String {
        self.url()
    }
    fn stop(&mut self) {
        self.stop();
    }
    fn start_again(&mut self) {
        self.start_again();
    }
}

impl Backend for PostgresServer {
    const NAME: &str = "PostgreSQL";
    fn start() -> Self {
        Self::start()
    }
    fn url(&self) -> String {
        self.url()
    }
    fn stop(&mut self) {
        self.stop();
    }
    fn start_again(&mut self) {
        self.start_again();
    }
}

#[expect(
    clippy::print_stdout,
    reason = "this is what the figures are taken from"
)]
fn took(what: &str, since: Instant) {
    println!("{what}: {} ms", since.elapsed().as_millis());
}

fn is_failure(answer: &Value) -> bool {
    answer["failed"]
        .as_str()
        .is_some_and(|text| text.starts_with("the cluster was not reached"))
}

/// Broadcasts, which does not reach the others.
async fn say_in_vain(guest: &Guest, event: &str) {
    let answer = guest.ask("say", [json!({ "event": event })]).await;
    assert!(is_failure(&answer), "{answer}");
}

/// Broadcasts until it gets through to the other.
async fn say_until_heard(guest: &Guest, other: &Guest) {
    eventually("the cluster to be reached", async || {
        guest.ask("say", [json!({ "event": "back" })]).await == 0
    })
    .await;
    // What it says may be lost as long as the other has not listened again.
    let hears = async {
        let saying = async {
            loop {
                guest.ask("say", [json!({ "event": "again" })]).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = saying => {}
            _ = other.socket.next_event() => {}
        }
    };
    deadline("the other to be heard", hears).await;
}

async fn backend_goes_and_comes_back<B: Backend>() {
    let mut backend = B::start();
    let options = NodeOptions::of(backend.url());
    let one = Node::start(PROGRAM, &options).await;
    let other = Node::start(PROGRAM, &options).await;
    let anna = Guest::new(one.address(), &["tea"]).await;
    let bert = Guest::new(one.address(), &["tea"]).await;
    let cleo = Guest::new(other.address(), &["tea"]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;

    for round in 0..2 {
        backend.stop();
        let gone = Instant::now();
        eventually("somebody to notice", async || {
            is_failure(&anna.ask("say", [json!({ "event": "hello?" })]).await)
        })
        .await;
        took(&format!("{}, gone {round}: noticed after", B::NAME), gone);
        for number in 0..20 {
            let event = format!("number {number}");
            say_in_vain(&anna, &event).await;
            // Both are on the server itself.
            for guest in [&anna, &bert] {
                guest.until(&event).await;
            }
        }
        assert!(is_failure(&anna.ask("clients", [Value::Null]).await));
        assert!(is_failure(&anna.ask("bring", (&cleo.sid, "x")).await));
        // What is only for this server's clients needs nobody else.
        assert_eq!(anna.ask("bring", (&bert.sid, "x")).await, Value::Null);

        backend.start_again();
        let back = Instant::now();
        say_until_heard(&anna, &cleo).await;
        say_until_heard(&cleo, &anna).await;
        all_are_counted(&[&anna, &bert, &cleo]).await;
        took(&format!("{}, back {round}: healed after", B::NAME), back);
    }
    let _ = heard(&anna, &[&anna, &bert, &cleo]).await;
    anna.say(json!({ "event": "tea", "to": ["tea"] })).await;
    assert_eq!(heard(&anna, &[&bert, &cleo]).await, [["tea"], ["tea"]]);
    let id = anna.socket.emit_with_id("ask", (&cleo.sid, "how", 60_000));
    let question = cleo.socket.next_event().await;
    cleo.socket.reply(question.id(), ["well"]);
    let answer = anna.socket.expect_ack(id).await.only();
    assert_eq!(answer, json!({ "answer": "well" }));
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn redis_goes_and_comes_back() {
    backend_goes_and_comes_back::<RedisServer>().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn postgres_goes_and_comes_back() {
    backend_goes_and_comes_back::<PostgresServer>().await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn redis_hangs_and_goes_on() {
    let redis = RedisServer::start();
    let options = NodeOptions::of(redis.url());
    let one = Node::start(PROGRAM, &options).await;
    let other = Node::start(PROGRAM, &options).await;
    let anna = Guest::new(one.address(), &[]).await;
    let bert = Guest::new(one.address(), &[]).await;
    let cleo = Guest::new(other.address(), &[]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;

    redis.pause();
    let since = Instant::now();
    let id = anna
        .socket
        .emit_with_id("say", [json!({ "event": "still here" })]);
    // Nobody here waits for Redis.
    bert.socket.expect("still here").await;
    took("Redis hangs: a local client hears after", since);
    anna.socket.expect("still here").await;
    let answer = anna.socket.expect_ack(id).await.only();
    assert!(is_failure(&answer), "{answer}");
    took("Redis hangs: the sender is told after", since);
    say_in_vain(&anna, "and still").await;
    bert.socket.expect("and still").await;

    redis.resume();
    let back = Instant::now();
    say_until_heard(&anna, &cleo).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
    took("Redis goes on: healed after", back);
}

/// Three servers that soon miss each other, and a guest on each.
async fn three<B: Backend>(backend: &B) -> ([Node; 3], [Guest; 3]) {
    let options = NodeOptions {
        heartbeat: Some(Duration::from_millis(200)),
        request_timeout: Some(Duration::from_millis(500)),
        ..NodeOptions::of(backend.url())
    };
    let nodes = [
        Node::start(PROGRAM, &options).await,
        Node::start(PROGRAM, &options).await,
        Node::start(PROGRAM, &options).await,
    ];
    let guests = [
        Guest::new(nodes[0].address(), &["tea"]).await,
        Guest::new(nodes[1].address(), &["tea"]).await,
        Guest::new(nodes[2].address(), &["tea"]).await,
    ];
    all_are_counted(&guests.each_ref()).await;
    (nodes, guests)
}

async fn a_server_is_killed<B: Backend>() {
    let backend = B::start();
    let (nodes, [anna, bert, cleo]) = three(&backend).await;
    let id = anna.socket.emit_with_id("ask", (&cleo.sid, "how", 60_000));
    cleo.socket.next_event().await;

    nodes[2].kill();
    let killed = Instant::now();
    all_are_counted(&[&anna, &bert]).await;
    took(
        &format!("{}, a server killed: not counted after", B::NAME),
        killed,
    );
    let answer = anna.socket.expect_ack(id).await.only();
    let left = json!({ "failed": "the client left before it answered" });
    assert_eq!(answer, left);
    assert_eq!(anna.ask("len", ["tea"]).await, 2);
    let cleo = Guest::new(nodes[1].address(), &["tea"]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_server_on_redis_is_killed() {
    a_server_is_killed::<RedisServer>().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_server_on_postgres_is_killed() {
    a_server_is_killed::<PostgresServer>().await;
}

async fn a_server_hangs<B: Backend>() {
    let backend = B::start();
    let (nodes, [anna, bert, cleo]) = three(&backend).await;
    nodes[2].pause().await;
    let asked = Instant::now();
    let mut known = [anna.sid.clone(), bert.sid.clone()];
    known.sort();
    let mut answer = anna.ask("clients", [Value::Null]).await;
    took(
        &format!("{}, a server hangs: an answer after", B::NAME),
        asked,
    );
    assert_eq!(answer["missing"], 1, "{answer}");
    assert_eq!(sorted(answer["clients"].take()), json!(known));
    // The others go on among themselves, and soon do not wait for it any more.
    assert_eq!(heard(&anna, &[&bert]).await, [[""; 0]]);
    all_are_counted(&[&anna, &bert]).await;
    took(
        &format!("{}, a server hangs: not asked any more after", B::NAME),
        asked,
    );

    nodes[2].resume();
    let resumed = Instant::now();
    all_are_counted(&[&anna, &bert, &cleo]).await;
    took(
        &format!("{}, it goes on: counted again after", B::NAME),
        resumed,
    );
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_server_on_redis_hangs() {
    a_server_hangs::<RedisServer>().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_server_on_postgres_hangs() {
    a_server_hangs::<PostgresServer>().await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_server_that_is_shut_down_is_not_missed() {
    let redis = RedisServer::start();
    // With the times that are the default: it says goodbye, so nobody waits for them.
    let options = NodeOptions::of(redis.url());
    let one = Node::start(PROGRAM, &options).await;
    let other = Node::start(PROGRAM, &options).await;
    let anna = Guest::new(one.address(), &[]).await;
    let bert = Guest::new(other.address(), &[]).await;
    all_are_counted(&[&anna, &bert]).await;
    other.terminate();
    bert.socket.expect_closed().await;
    let asked = Instant::now();
    all_are_counted(&[&anna]).await;
    took("Redis, a server shut down: not counted after", asked);
}

/// What a server says that cannot start.
async fn start_in_vain(options: &NodeOptions) -> String {
    let mut command = options.command(PROGRAM);
    let running = command.stderr(Stdio::null()).output();
    let output = deadline("the program to end", running)
        .await
        .expect("it starts");
    assert!(!output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn without_its_backend_a_server_does_not_start() {
    // Nobody listens there.
    let unused = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = unused.local_addr().expect("an address");
    drop(unused);
    for (url, name) in [
        (format!("redis://user:secret@{address}/"), "Redis"),
        (format!("postgres://user:secret@{address}/x"), "PostgreSQL"),
    ] {
        let options = NodeOptions {
            patience: None,
            ..NodeOptions::of(url)
        };
        let said = start_in_vain(&options).await;
        let expected = format!("cannot serve: the cluster was not reached: {name} at {address}: ");
        assert!(said.starts_with(&expected), "{said}");
        assert!(said.contains("Connection refused"), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
    for (url, expected) in [
        (
            "redis:/nowhere",
            "cannot serve: the cluster was not reached: not a Redis URL: ",
        ),
        (
            "postgres:/x",
            "cannot serve: the cluster was not reached: not a PostgreSQL URL: ",
        ),
    ] {
        let said = start_in_vain(&NodeOptions::of(url)).await;
        assert!(said.starts_with(expected), "{said}");
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_server_waits_for_its_backend_if_told_to() {
    let mut redis = RedisServer::away();
    let options = NodeOptions::of(redis.url());
    let starting = Program::run(options.command(PROGRAM));
    let (node, ()) = tokio::join!(starting, async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        redis.start_again();
    });
    let anna = Guest::new(node.address(), &[]).await;
    all_are_counted(&[&anna]).await;
}
