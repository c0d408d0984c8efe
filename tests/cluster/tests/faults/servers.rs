//! A server of the cluster is killed, hangs, or is shut down.

use std::time::{Duration, Instant};

use cluster_tests::{
    Guest, Node, NodeOptions, PostgresServer, RedisServer, all_are_counted, heard, sorted,
};
use serde_json::{Value, json};

use crate::{Backend, PROGRAM, took};

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
