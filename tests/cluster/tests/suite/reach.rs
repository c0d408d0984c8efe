//! Whom a broadcast reaches.

use std::net::SocketAddr;

use hobnob::Bytes;
use serde_json::{Value, json};
use tests::placeholder;

use cluster_tests::{Guest, all_are_counted, heard};

async fn three(servers: [SocketAddr; 3]) -> [Guest; 3] {
    let guests = [
        Guest::new(servers[0], &["tea"]).await,
        Guest::new(servers[1], &["tea", "coffee"]).await,
        Guest::new(servers[2], &["coffee"]).await,
    ];
    all_are_counted(&guests.each_ref()).await;
    guests
}

/// Says everything, and checks what each of the three guests has heard.
async fn check(guests: &[Guest; 3], broadcasts: &[Value], expected: [&[&str]; 3]) {
    for broadcast in broadcasts {
        guests[0].say(broadcast.clone()).await;
    }
    assert_eq!(heard(&guests[0], &guests.each_ref()).await, expected);
}

pub(crate) async fn everybody_in_the_rooms_is_reached_once(servers: [SocketAddr; 3]) {
    let guests = three(servers).await;
    let broadcasts = [
        json!({ "event": "all" }),
        json!({ "event": "tea", "to": ["tea"] }),
        json!({ "event": "coffee", "to": ["coffee"] }),
        json!({ "event": "either", "to": ["tea", "coffee"] }),
        json!({ "event": "bert", "to": [guests[1].sid] }),
        json!({ "event": "cleo or tea", "to": ["tea", guests[2].sid] }),
        json!({ "event": "nobody", "to": ["juice"] }),
        json!({ "event": "no room", "to": [] }),
    ];
    let expected: [&[&str]; 3] = [
        &["all", "tea", "either", "cleo or tea"],
        &["all", "tea", "coffee", "either", "bert", "cleo or tea"],
        &["all", "coffee", "either", "cleo or tea"],
    ];
    check(&guests, &broadcasts, expected).await;
}

pub(crate) async fn who_is_left_out_is_left_out(servers: [SocketAddr; 3]) {
    let guests = three(servers).await;
    let broadcasts = [
        json!({ "event": "others", "include_self": false }),
        json!({ "event": "others for tea", "to": ["tea"], "include_self": false }),
        json!({ "event": "not coffee", "except": ["coffee"] }),
        json!({ "event": "tea, not coffee", "to": ["tea"], "except": ["coffee"] }),
        json!({ "event": "not bert", "skip": [guests[1].sid] }),
        json!({ "event": "not bert, not me", "skip": [guests[1].sid], "include_self": false }),
    ];
    let expected: [&[&str]; 3] = [
        &["not coffee", "tea, not coffee", "not bert"],
        &["others", "others for tea"],
        &["others", "not bert", "not bert, not me"],
    ];
    check(&guests, &broadcasts, expected).await;
}

pub(crate) async fn what_is_local_stays_on_the_server(servers: [SocketAddr; 3]) {
    let guests = three(servers).await;
    let broadcasts = [
        json!({ "event": "here", "local": true }),
        json!({ "event": "coffee here", "to": ["coffee"], "local": true }),
    ];
    let if_here = |server, events: &'static [&'static str]| {
        if server == servers[0] { events } else { &[] }
    };
    let expected = [
        &["here"] as &[&str],
        if_here(servers[1], &["here", "coffee here"]),
        if_here(servers[2], &["here", "coffee here"]),
    ];
    check(&guests, &broadcasts, expected).await;
}

pub(crate) async fn bytes_and_long_messages_arrive(servers: [SocketAddr; 3]) {
    let guests = three(servers).await;
    // Some that are alike from beginning to end, and longer than any part of a message.
    for bytes in [vec![0xff, 0x00], vec![0; 300_000]] {
        let bytes = Bytes::from(bytes);
        let shown = guests[0]
            .socket
            .call_binary("show", [placeholder(0)], vec![bytes.clone()]);
        assert!(shown.await.args.is_empty());
        for guest in &guests {
            let event = guest.socket.next_event().await;
            assert_eq!(event.event, "shown");
            assert_eq!(event.args, [json!("here"), placeholder(0)]);
            assert!(event.attachments == [bytes.clone()], "other bytes");
        }
    }
    let text = "où? ".repeat(100_000);
    guests[0]
        .say(json!({ "event": "long", "data": text }))
        .await;
    for guest in &guests {
        assert!(
            guest.socket.expect("long").await == [text.as_str()],
            "other text"
        );
    }
}
