//! What goes wrong between the servers of a cluster, and how each comes back by itself. Times are printed,
//! and asserted only against deadlines that nobody would call fast.

mod away;
mod servers;
mod starting;

use std::time::Instant;

use cluster_tests::{PostgresServer, RedisServer};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cluster-node");

/// What is between the servers.
trait Backend: Sized {
    const NAME: &str;
    fn start() -> Self;
    fn url(&self) -> String;
    fn stop(&mut self);
    fn start_again(&mut self);
}

impl Backend for RedisServer {
    const NAME: &str = "Redis";
    fn start() -> Self {
        Self::start()
    }
    fn url(&self) -> String {
        self.url()
    }
    fn stop(&mut self) {
        self.stop();
    }
    fn start_again(&mut self) {
        self.start_again();
    }
}

impl Backend for PostgresServer {
    const NAME: &str = "PostgreSQL";
    fn start() -> Self {
        Self::start()
    }
    fn url(&self) -> String {
        self.url()
    }
    fn stop(&mut self) {
        self.stop();
    }
    fn start_again(&mut self) {
        self.start_again();
    }
}

#[expect(
    clippy::print_stdout,
    reason = "this is what the figures are taken from"
)]
fn took(what: &str, since: Instant) {
    println!("{what}: {} ms", since.elapsed().as_millis());
}

fn is_failure(answer: &Value) -> bool {
    answer["failed"]
        .as_str()
        .is_some_and(|text| text.starts_with("the cluster was not reached"))
}
