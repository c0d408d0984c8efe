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

/// Two nodes of a Redis Cluster that know each other: what is published on one is heard on both. Each
/// server is told of both, and takes one.
async fn on_a_redis_cluster() -> Servers<([Node; 3], [RedisServer; 2])> {
    let redis = [(); 2].map(|()| RedisServer::start_in_cluster());
    redis[0].meet(&redis[1]);
    let (one, other) = (redis[0].url(), redis[1].url());
    let here = NodeOptions::of(format!("{one} {other}"));
    let there = NodeOptions::of(format!("{other} {one}"));
    let path = env!("CARGO_BIN_EXE_cluster-node");
    let nodes = [
        Node::start(path, &here).await,
        Node::start(path, &there).await,
        Node::start(path, &there).await,
    ];
    Servers {
        addresses: nodes.each_ref().map(Node::address),
        _kept: (nodes, redis),
    }
}

suite::suite!(
    #[ignore = "needs Redis"]
    on_redis
);

mod redis_cluster {
    crate::suite::suite!(
        #[ignore = "needs Redis"]
        super::on_a_redis_cluster
    );
}
