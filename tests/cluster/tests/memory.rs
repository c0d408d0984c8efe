//! The suite on one server alone.

mod suite;

use cluster_tests::{Node, NodeOptions};
use suite::Servers;

async fn alone() -> Servers<Node> {
    let path = env!("CARGO_BIN_EXE_cluster-node");
    let node = Node::start(path, &NodeOptions::default()).await;
    Servers {
        addresses: [node.address(); 3],
        _kept: node,
    }
}

suite::suite!(alone);
