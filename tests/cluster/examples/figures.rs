//! What a cluster costs: prints a table. It needs Redis and PostgreSQL, and starts its own.
//!
//! ```text
//! cargo build --release -p cluster-tests && cargo run --release -p cluster-tests --example figures
//! ```

use std::{
    fs,
    time::{Duration, Instant},
};

use cluster_tests::{Guest, Node, NodeOptions, PostgresServer, RedisServer, all_are_counted};
use serde_json::json;

/// On all servers together.
const GUESTS: usize = 30;
const BROADCASTS: u32 = 2000;
const CALLS: usize = 500;

#[tokio::main]
async fn main() {
    show(
        "between the servers",
        "servers",
        ["everybody", "a room", "nobody"],
        "call",
    );
    measure("nothing", None, 1).await;
    let redis = RedisServer::start();
    for servers in [1, 2, 3, 5] {
        measure("Redis", Some(redis.url()), servers).await;
    }
    let postgres = PostgresServer::start();
    for servers in [1, 2, 3, 5] {
        measure("PostgreSQL", Some(postgres.url()), servers).await;
    }
}

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn show(between: &str, servers: &str, broadcasts: [&str; 3], call: &str) {
    let [everybody, room, nobody] = broadcasts;
    println!("| {between} | {servers} | {everybody} | {room} | {nobody} | {call} |");
}

async fn measure(name: &str, url: Option<String>, servers: usize) {
    let program = std::env::current_exe().expect("a path");
    let program = program
        .with_file_name("../cluster-node")
        .display()
        .to_string();
    let options = url.map(NodeOptions::of).unwrap_or_default();
    let mut nodes = Vec::new();
    for _ in 0..servers {
        nodes.push(Node::start(&program, &options).await);
    }
    let mut guests = Vec::new();
    for number in 0..GUESTS {
        let node = &nodes[number % servers];
        let rooms: &[&str] = if number < servers { &["tea"] } else { &[] };
        guests.push(Guest::new(node.address(), rooms).await);
    }
    let all: Vec<_> = guests.iter().collect();
    all_are_counted(&all).await;

    let everybody = broadcasts(&nodes, &guests, None).await;
    let room = broadcasts(&nodes, &guests, Some("tea")).await;
    let nobody = broadcasts(&nodes, &guests, Some("nobody's")).await;
    let call = calls(&guests[0], &guests[servers - 1]).await;
    let broadcasts = [everybody, room, nobody];
    let broadcasts = broadcasts.each_ref().map(String::as_str);
    show(name, &servers.to_string(), broadcasts, &call);
}

/// One client's broadcasts, one after the other: how long each took until all had it, and what each cost
/// the server of the sender and another one.
async fn broadcasts(nodes: &[Node], guests: &[Guest], room: Option<&str>) -> String {
    let before: Vec<_> = nodes.iter().map(cpu).collect();
    let start = Instant::now();
    let room = room.map(|room| vec![room]);
    let repeat = json!({ "to": room, "event": "told", "times": BROADCASTS });
    let id = guests[0].socket.emit_with_id("repeat", [repeat]);
    guests[0].socket.expect_ack(id).await;
    guests[0].say(json!({ "event": "last" })).await;
    for guest in guests {
        guest.until("last").await;
    }
    let each = start.elapsed() / BROADCASTS;
    let costs = nodes
        .iter()
        .zip(before)
        .map(|(node, before)| cpu(node).saturating_sub(before));
    let costs: Vec<_> = costs.map(|cost| cost / BROADCASTS).collect();
    let others = match costs.get(1) {
        Some(other) => format!(", {} µs there", other.as_micros()),
        None => String::new(),
    };
    let (each, here) = (each.as_micros(), costs[0].as_micros());
    format!("{each} µs; {here} µs here{others}")
}

/// The median time of a call.
async fn calls(asker: &Guest, other: &Guest) -> String {
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        let id = asker
            .socket
            .emit_with_id("ask", (&other.sid, "how", 10_000));
        let question = other.socket.next_event().await;
        other.socket.reply(question.id(), ["well"]);
        asker.socket.expect_ack(id).await;
        times.push(start.elapsed());
    }
    times.sort();
    format!("{} µs", times[CALLS / 2].as_micros())
}

/// What a process has used of the processors, in the ticks of Linux: 10 ms.
fn cpu(node: &Node) -> Duration {
    let text = fs::read_to_string(format!("/proc/{}/stat", node.pid())).expect("a process");
    let (_, fields) = text.rsplit_once(')').expect("its name ends");
    let fields: Vec<_> = fields.split_whitespace().collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
