//! Step 9 over the wire: two nodes, with a Redis server of the test's own between them.

use cluster_tests::RedisServer;
use serde_json::{Value, json};
use tests::{
    Client, Program, Socket,
    http::{self, Request},
};

async fn node(redis: &RedisServer) -> Program {
    let url = redis.url();
    let config = [("CHAT_PASSWORD", "mellon"), ("REDIS_URL", url.as_str())];
    Program::start_with(env!("CARGO_BIN_EXE_tutorial-9"), &config).await
}

/// Logs in at a node; the cookie.
async fn log_in(node: &Program, nickname: &str) -> String {
    let request = Request::post("/login")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("nickname={nickname}&password=mellon"))
        .expect("a request");
    let answer = http::request(node.address(), request).await;
    assert_eq!(answer.status(), 200, "{}", answer.body());
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    cookie.split(';').next().expect("a cookie").to_owned()
}

fn client(node: &Program, cookie: &str) -> Client {
    Client::websocket(node.address()).header("Cookie", cookie)
}

async fn enter(node: &Program, nickname: &str) -> Socket {
    let cookie = log_in(node, nickname).await;
    client(node, &cookie).connect("/chat", None).await
}

/// Sends an event that must succeed: its answer is empty.
async fn ask(client: &Socket, event: &str, args: &[&str]) {
    let answer = client.call(event, args).await.args;
    assert_eq!(answer, Vec::<Value>::new(), "the answer to {event}");
}

async fn sees_members(client: &Socket, event: &str, members: &[&str]) -> u64 {
    let list = client.expect(event).await.remove(0);
    assert_eq!(list["members"], json!(members));
    list["version"].as_u64().expect("a number")
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn two_nodes_are_one_chat() {
    let redis = RedisServer::start();
    let (here, there) = (node(&redis).await, node(&redis).await);
    let anna = enter(&here, "anna").await;
    let bert = enter(&there, "bert").await;

    ask(&anna, "join", &["tea"]).await;
    anna.expect("history").await;
    let first = sees_members(&anna, "joined", &["anna"]).await;
    ask(&anna, "say", &["tea", "hello"]).await;
    let message = json!({ "id": 1, "from": "anna", "text": "hello" });
    let said = json!({ "room": "tea", "id": 1, "from": "anna", "text": "hello" });
    assert_eq!(anna.expect("said").await, [said]);

    ask(&bert, "join", &["tea"]).await;
    let history = json!({ "room": "tea", "messages": [message] });
    assert_eq!(bert.expect("history").await, [history]);
    for client in [&anna, &bert] {
        assert!(sees_members(client, "joined", &["anna", "bert"]).await > first);
    }

    ask(&bert, "whisper", &["anna", "psst"]).await;
    let whispered = json!({ "from": "bert", "to": "anna", "text": "psst" });
    for client in [&anna, &bert] {
        assert_eq!(client.expect("whispered").await[0], whispered);
    }

    // A node that ends sees its clients off.
    there.terminate().await;
    sees_members(&anna, "left", &["anna"]).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn who_logs_in_at_one_node_is_known_at_the_other() {
    let redis = RedisServer::start();
    let (here, there) = (node(&redis).await, node(&redis).await);
    let cookie = log_in(&here, "anna").await;
    let anna = client(&there, &cookie).connect("/chat", None).await;
    let refused = client(&here, &cookie).connect_refused("/chat", None).await;
    assert_eq!(refused.message, "anna is here already");

    anna.close().await;
    let free = async {
        loop {
            let connection = client(&here, &cookie).open().await;
            if connection.connect("/chat", None).await.is_ok() {
                break;
            }
        }
    };
    tests::deadline("the nickname to be free", free).await;
}
