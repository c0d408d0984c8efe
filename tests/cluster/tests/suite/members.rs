//! Who is in a room, and how others see to it.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tests::eventually;

use cluster_tests::{Guest, all_are_counted, sids, sorted};

pub(crate) async fn rooms_are_counted_and_closed(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &["tea"]).await;
    let bert = Guest::new(servers[1], &["tea", "coffee"]).await;
    let cleo = Guest::new(servers[2], &["coffee"]).await;
    let all = [&anna, &bert, &cleo];
    all_are_counted(&all).await;
    for guest in all {
        assert_eq!(guest.clients(Some("tea")).await, sids(&[&anna, &bert]));
        assert_eq!(guest.clients(Some("coffee")).await, sids(&[&bert, &cleo]));
        assert_eq!(guest.clients(Some("juice")).await, json!([]));
        assert_eq!(guest.clients(Some(&bert.sid)).await, sids(&[&bert]));
        assert_eq!(guest.ask("len", ["tea"]).await, 2);
        assert_eq!(guest.ask("len", ["juice"]).await, 0);
    }

    assert_eq!(anna.ask("close_room", ["coffee"]).await, Value::Null);
    for guest in all {
        eventually("the room to be empty", async || {
            guest.ask("len", ["coffee"]).await == 0
        })
        .await;
        assert_eq!(guest.clients(None).await, sids(&all));
    }
    assert_eq!(bert.ask("rooms", ()).await, json!(["tea"]));
}

pub(crate) async fn clients_are_moved_and_disconnected(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &[]).await;
    let bert = Guest::new(servers[1], &["tea"]).await;
    let cleo = Guest::new(servers[2], &["tea"]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;

    assert_eq!(anna.ask("bring", (&bert.sid, "coffee")).await, Value::Null);
    assert_eq!(anna.ask("bring", (&bert.sid, "juice")).await, Value::Null);
    assert_eq!(anna.ask("send_away", (&bert.sid, "tea")).await, Value::Null);
    // What comes from the same server comes behind.
    anna.say(json!({ "event": "for coffee", "to": ["coffee"] }))
        .await;
    assert!(bert.socket.expect("for coffee").await == [Value::Null]);
    assert_eq!(
        sorted(bert.ask("rooms", ()).await),
        json!(["coffee", "juice"])
    );
    assert_eq!(cleo.clients(Some("tea")).await, sids(&[&cleo]));
    assert_eq!(cleo.clients(Some("coffee")).await, sids(&[&bert]));
    let failed = anna.ask("bring", (&bert.sid, &cleo.sid)).await;
    assert!(failed["failed"].is_string(), "{failed}");

    assert_eq!(anna.ask("throw_out", [&bert.sid]).await, Value::Null);
    bert.socket.expect_disconnect().await;
    for guest in [&anna, &cleo] {
        eventually("bert to be gone", async || {
            guest.clients(None).await == sids(&[&anna, &cleo])
        })
        .await;
    }
    // Who is gone is no error to send to.
    assert_eq!(anna.ask("throw_out", [&bert.sid]).await, Value::Null);
    assert_eq!(anna.ask("bring", (&bert.sid, "tea")).await, Value::Null);
    anna.say(json!({ "event": "for bert", "to": [bert.sid] }))
        .await;
    assert_eq!(cleo.clients(Some("tea")).await, sids(&[&cleo]));
}

pub(crate) async fn who_leaves_is_heard_of_everywhere(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &["tea"]).await;
    let bert = Guest::new(servers[1], &["tea"]).await;
    let cleo = Guest::new(servers[2], &["tea"]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
    bert.socket.abort().await;
    for guest in [&anna, &cleo] {
        assert_eq!(guest.socket.expect("went").await, [bert.sid.as_str()]);
        eventually("bert to be gone", async || {
            guest.ask("len", ["tea"]).await == 2
        })
        .await;
    }
}

pub(crate) async fn namespaces_come_and_go(servers: [SocketAddr; 3]) {
    for round in 0..3 {
        let namespace = &format!("/room/{round}");
        let there = async |at: usize| Guest::in_namespace(servers[at], namespace, &["tea"]).await;
        // All at once: none of them knows of the namespace yet.
        let (anna, bert, cleo) = tokio::join!(there(0), there(1), there(2));
        let all = [&anna, &bert, &cleo];
        all_are_counted(&all).await;
        anna.say(json!({ "event": "hello", "to": ["tea"] })).await;
        for guest in all {
            assert_eq!(guest.socket.expect("hello").await, [Value::Null]);
        }
        bert.socket.close().await;
        for guest in [&anna, &cleo] {
            assert_eq!(guest.socket.expect("went").await, [bert.sid.as_str()]);
        }
        // Where it is not any more, there is nobody to be counted.
        eventually("bert to be gone", async || {
            anna.clients(None).await == sids(&[&anna, &cleo])
        })
        .await;
    }
}
