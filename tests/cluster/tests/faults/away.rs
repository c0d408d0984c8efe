//! What is between the servers is away, or hangs, and comes back.

use std::time::{Duration, Instant};

use cluster_tests::{
    Guest, Node, NodeOptions, PostgresServer, RedisServer, all_are_counted, heard,
};
use serde_json::{Value, json};
use tests::{deadline, eventually};

use crate::{Backend, PROGRAM, is_failure, took};

/// Broadcasts, which does not reach the others.
async fn say_in_vain(guest: &Guest, event: &str) {
    let answer = guest.ask("say", [json!({ "event": event })]).await;
    assert!(is_failure(&answer), "{answer}");
}

/// Broadcasts until it gets through to the other. `word` has not been said before.
async fn say_until_heard(guest: &Guest, other: &Guest, word: &str) {
    eventually("the cluster to be reached", async || {
        guest.ask("say", [json!({ "event": "back" })]).await == 0
    })
    .await;
    // What it says may be lost as long as the other has not listened again.
    let hears = async {
        let saying = async {
            loop {
                guest.ask("say", [json!({ "event": word })]).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = saying => {}
            _ = other.until(word) => {}
        }
    };
    deadline("the other to be heard", hears).await;
}

/// Both ways.
async fn hear_each_other(guest: &Guest, other: &Guest, round: u32) {
    say_until_heard(guest, other, &format!("there? {round}")).await;
    say_until_heard(other, guest, &format!("here {round}")).await;
}

/// A question that is lost is soon asked again.
fn options(url: &str) -> NodeOptions {
    NodeOptions {
        request_timeout: Some(Duration::from_secs(1)),
        ..NodeOptions::of(url)
    }
}

async fn backend_goes_and_comes_back<B: Backend>() {
    let mut backend = B::start();
    let options = options(&backend.url());
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
        hear_each_other(&anna, &cleo, round).await;
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
    let options = options(&redis.url());
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
    hear_each_other(&anna, &cleo, 0).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
    took("Redis goes on: healed after", back);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_node_of_a_redis_cluster_goes() {
    let mut redis = [(); 2].map(|()| RedisServer::start_in_cluster());
    redis[0].meet(&redis[1]);
    let urls = redis.each_ref().map(RedisServer::url).join(" ");
    let options = options(&urls);
    let one = Node::start(PROGRAM, &options).await;
    let other = Node::start(PROGRAM, &options).await;
    let anna = Guest::new(one.address(), &[]).await;
    let bert = Guest::new(other.address(), &[]).await;
    all_are_counted(&[&anna, &bert]).await;
    // Both servers are connected to the first, and find the second.
    redis[0].stop();
    let gone = Instant::now();
    hear_each_other(&anna, &bert, 0).await;
    all_are_counted(&[&anna, &bert]).await;
    took("Redis Cluster, a node gone: healed after", gone);
}
