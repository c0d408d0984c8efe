//! A server starts, and what it needs is not there.

use std::{process::Stdio, time::Duration};

use cluster_tests::{Guest, NodeOptions, RedisServer, all_are_counted};
use tests::{Program, deadline};

use crate::PROGRAM;

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
