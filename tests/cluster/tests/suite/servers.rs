//! What servers tell each other, beside their clients.

use std::{collections::HashSet, net::SocketAddr};

use cluster_tests::{Guest, all_are_counted, sorted};
use serde_json::{Value, json};
use tests::eventually;

pub(crate) async fn servers_tell_and_ask_each_other(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &[]).await;
    let bert = Guest::new(servers[1], &[]).await;
    let cleo = Guest::new(servers[1], &[]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
    let others = HashSet::from(servers).len() - 1;

    let all = |answer: Value| json!({ "answers": vec![answer; others], "unanswered": 0 });
    let told = anna.ask("tell_servers", ("keep", "the news")).await;
    assert_eq!(told, Value::Null);
    eventually("the others to have kept it", async || {
        anna.ask("ask_servers", ("kept", Value::Null)).await == all(json!("the news"))
    })
    .await;
    let mut answer = anna.ask("ask_servers", ("clients", "/hall")).await;
    let expected = if others == 0 {
        json!([])
    } else {
        json!([0, 2])
    };
    assert_eq!(sorted(answer["answers"].take()), expected);

    // What goes wrong there is counted here.
    for (event, data) in [
        ("fail", Value::Null),
        ("clients", json!(1)),
        ("unknown", Value::Null),
    ] {
        let answer = anna.ask("ask_servers", (event, data)).await;
        assert_eq!(answer, json!({ "answers": [], "unanswered": others }));
    }
    let answer = anna.ask("ask_servers", ("kept", Value::Null)).await;
    assert_eq!(answer, all(json!("the news")));
}
