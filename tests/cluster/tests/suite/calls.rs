//! Asking a client of another server.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tests::deadline;

use cluster_tests::{Guest, all_are_counted};

/// Longer than any test waits: a call that ends before has ended early.
const LONG: u64 = 60_000;

pub(crate) async fn a_client_is_called(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &[]).await;
    let bert = Guest::new(servers[1], &[]).await;
    let cleo = Guest::new(servers[2], &[]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
    for asked in [&anna, &bert, &cleo] {
        let id = anna.socket.emit_with_id("ask", (&asked.sid, "how", LONG));
        let question = asked.socket.next_event().await;
        assert_eq!(question.event, "how");
        assert_eq!(question.args, ["well?"]);
        asked.socket.reply(question.id(), ["well"]);
        let answer = anna.socket.expect_ack(id).await.only();
        assert_eq!(answer, json!({ "answer": "well" }));
    }
    let late = anna.ask("ask", (&bert.sid, "how", 50)).await;
    assert_eq!(
        late,
        json!({ "failed": "the client did not answer in time" })
    );
}

pub(crate) async fn a_call_ends_with_its_client(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &[]).await;
    let bert = Guest::new(servers[1], &[]).await;
    let cleo = Guest::new(servers[2], &[]).await;
    all_are_counted(&[&anna, &bert, &cleo]).await;
    let left: Value = json!({ "failed": "the client left before it answered" });

    let id = anna.socket.emit_with_id("ask", (&bert.sid, "how", LONG));
    bert.socket.next_event().await;
    bert.socket.abort().await;
    let answer = deadline("the end of the call", anna.socket.expect_ack(id));
    assert_eq!(answer.await.only(), left);

    let asked = anna.ask("ask", (&bert.sid, "how", LONG));
    assert_eq!(deadline("the end of the call", asked).await, left);

    // Thrown out while asked.
    let id = anna.socket.emit_with_id("ask", (&cleo.sid, "how", LONG));
    cleo.socket.next_event().await;
    assert_eq!(cleo.ask("throw_out", [&cleo.sid]).await, Value::Null);
    let answer = deadline("the end of the call", anna.socket.expect_ack(id));
    assert_eq!(answer.await.only(), left);
}
