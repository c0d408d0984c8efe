//! The chat over the wire: what its page relies on when much happens at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn log_in(chat: &Program, nickname: &str) -> Socket {
    let login = json!({ "nickname": nickname });
    let client = Client::websocket(chat.address());
    client.connect("/chat", login).await
}

async fn join(client: &Socket, room: &str) -> Value {
    client.call("join", (json!({ "room": room }),)).await.only()
}

/// The next notice of somebody leaving: who, and who remained.
async fn left(client: &Socket) -> (String, u64, Value) {
    loop {
        let notice = client.next_event().await;
        if notice.event == "left" {
            let left = notice.only();
            let nickname = left["nickname"].as_str().expect("a nickname").to_owned();
            let members = &left["members"];
            let version = members["version"].as_u64().expect("a version");
            return (nickname, version, members["value"].clone());
        }
    }
}

/// They leave at once, each by a handler of its own, so their notices may come in any order.
#[tokio::test]
async fn of_all_who_leave_at_once_the_newest_notice_is_right() {
    let chat = Program::start(env!("CARGO_BIN_EXE_chat")).await;
    let witness = log_in(&chat, "witness").await;
    join(&witness, "lobby").await;
    for round in 0..20 {
        let names: Vec<_> = (0..8).map(|n| format!("guest {round}.{n}")).collect();
        let mut guests = Vec::new();
        for name in &names {
            let guest = log_in(&chat, name).await;
            join(&guest, "lobby").await;
            guests.push(guest);
        }
        join_all(guests.iter().map(Socket::close)).await;

        let mut by_version = BTreeMap::new();
        for _ in &names {
            let (who, version, members) = left(&witness).await;
            assert!(names.contains(&who), "{who} left in round {round}");
            by_version.insert(version, members);
        }
        assert_eq!(by_version.len(), names.len(), "each has its version");
        let (_, newest) = by_version.pop_last().expect("somebody left");
        assert_eq!(newest, json!(["witness"]));
    }
}
