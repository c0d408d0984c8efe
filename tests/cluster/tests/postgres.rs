//! The suite on three servers with PostgreSQL between them.

mod suite;

use cluster_tests::{Node, NodeOptions, PostgresServer};
use suite::Servers;

async fn on_postgres() -> Servers<([Node; 3], PostgresServer)> {
    let path = env!("CARGO_BIN_EXE_cluster-node");
    let postgres = PostgresServer::start();
    let options = NodeOptions::of(postgres.url());
    let nodes = [(); 3].map(|()| Node::start(path, &options));
    let [one, two, three] = nodes;
    let nodes: [Node; 3] = tokio::join!(one, two, three).into();
    Servers {
        addresses: nodes.each_ref().map(Node::address),
        _kept: (nodes, postgres),
    }
}

suite::suite!(
    #[ignore = "needs PostgreSQL"]
    on_postgres
);
