//! The suite on three servers with Redis between them, and on three with a Redis Cluster.

mod suite;

use cluster_tests::{Node, NodeOptions, RedisServer};
use suite::Servers;

async fn three(options: &NodeOptions) -> [Node; 3] {
    let path = env!("CARGO_BIN_EXE_cluster-node");
    let nodes = [(); 3].map(|()| Node::start(path, options));
    let [one, two, three] = nodes;
    tokio::join!(one, two, three).into()
}

async fn on_redis() -> Servers<([Node; 3], RedisServer)> {
    let redis = RedisServer::start();
    let nodes = three(&NodeOptions::of(redis.url())).await;
    Servers {
        addresses: nodes.each_ref().map(Node::address),
        _kept: (nodes, redis),
    }
}

suite::suite!(
    #[ignore = "needs Redis"]
    on_redis
);
