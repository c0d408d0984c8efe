//! What one sender says arrives in order.

use std::net::SocketAddr;

use serde_json::json;

use cluster_tests::{Guest, all_are_counted};

const NUMBERS: u32 = 300;

pub(crate) async fn order_is_kept_for_each_sender(servers: [SocketAddr; 3]) {
    let anna = Guest::new(servers[0], &["tea"]).await;
    let bert = Guest::new(servers[1], &["tea"]).await;
    let cleo = Guest::new(servers[2], &["tea"]).await;
    let all = [&anna, &bert, &cleo];
    all_are_counted(&all).await;
    for sender in all {
        let id = sender.socket.emit_with_id("count", ("tea", NUMBERS));
        for guest in all {
            for number in 0..NUMBERS {
                assert_eq!(guest.socket.expect("counted").await, [json!(number)]);
            }
        }
        assert!(sender.socket.expect_ack(id).await.args.is_empty());
    }
}
