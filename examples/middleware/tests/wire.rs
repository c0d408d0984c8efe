//! The board over the wire: who is let through, how often, with what.

use serde_json::{Value, json};
use tests::{Client, Program, Socket};

async fn start() -> Program {
    Program::start(env!("CARGO_BIN_EXE_middleware")).await
}

async fn connect(program: &Program, password: Value) -> Socket {
    let client = Client::websocket(program.address());
    client.connect("/board", password).await
}

#[tokio::test]
async fn only_administrators_clear_the_board() {
    let program = start().await;
    let visitor = connect(&program, Value::Null).await;
    let admin = connect(&program, json!("open sesame")).await;
    let refused = visitor.call("admin:clear", ()).await.only();
    assert_eq!(refused, json!({ "error": "for administrators only" }));
    // What nobody handles is guarded as well.
    let refused = visitor.call("admin:unknown", ()).await.only();
    assert_eq!(refused, json!({ "error": "for administrators only" }));

    assert_eq!(admin.call("admin:clear", ()).await.args, [] as [Value; 0]);
    assert_eq!(visitor.expect("cleared").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_notice_is_checked_before_it_is_posted() {
    let program = start().await;
    let client = connect(&program, Value::Null).await;
    let notice = json!({ "title": "jumble sale", "days": 3 });
    let posted = client.call("post", [notice]).await.only();
    assert_eq!(posted, "jumble sale for 3 days");
    assert_eq!(client.expect("posted").await, ["jumble sale"]);

    let forever = json!({ "title": "jumble sale", "days": 31 });
    let refused = client.call("post", [forever]).await.only();
    let expected = "argument 1, `days`: greater than 30";
    assert_eq!(refused, json!({ "error": expected }));
}

#[tokio::test]
async fn who_posts_too_often_is_told_how_long_to_wait() {
    let program = start().await;
    let (eager, other) = (
        connect(&program, Value::Null).await,
        connect(&program, Value::Null).await,
    );
    let notice = json!({ "title": "again", "days": 1 });
    let mut limited = Value::Null;
    // Two each second: of so many at once one comes too early, however slow the machine is.
    for _ in 0..50 {
        let answer = eager.call("post", [&notice]).await.only();
        if answer["error"] == "too many requests" {
            limited = answer;
            break;
        }
    }
    let wait = limited["data"]["retry_after"]
        .as_f64()
        .expect("a time to wait");
    assert!(wait > 0.0 && wait <= 0.5, "{wait}");
    // The limit is each client's own.
    assert_eq!(
        other.call("post", [&notice]).await.only(),
        "again for 1 days"
    );
}
