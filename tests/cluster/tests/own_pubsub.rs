//! The suite on three servers of one process, with a `PubSub` of our own between them: what somebody would
//! write whose messages go another way. It needs nothing that is not in the process.

mod suite;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::Router;
use hobnob::{
    Bytes, Cluster, ClusterError, Inbox, PubSub, prelude::*, socketioxide::adapter::LocalAdapter,
};
use suite::Servers;
use tokio::net::TcpListener;

#[derive(Clone, Default)]
struct Here(Arc<Mutex<Vec<Subscribed>>>);

/// The channels, and where their messages go.
type Subscribed = (Vec<String>, Inbox);

impl Here {
    fn inboxes(&self, channel: &str) -> Vec<Inbox> {
        let subscribed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listening = subscribed
            .iter()
            .filter(|(channels, _)| channels.iter().any(|name| name == channel));
        listening.map(|(_, inbox)| inbox.clone()).collect()
    }
}

impl PubSub for Here {
    async fn publish(&self, channel: &str, message: Bytes) -> Result<(), ClusterError> {
        for inbox in self.inboxes(channel) {
            inbox.deliver(channel, message.clone()).await;
        }
        Ok(())
    }

    async fn subscribe(&self, channels: Vec<String>, inbox: Inbox) -> Result<(), ClusterError> {
        let mut subscribed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        subscribed.push((channels, inbox));
        Ok(())
    }
}

async fn in_one_process() -> Servers<()> {
    let here = Here::default();
    let mut addresses = Vec::new();
    for _ in 0..3 {
        let socketio = cluster_tests::builder().cluster(here.clone()).build().await;
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let (socketio, listener) = (socketio.expect("a server"), listener.expect("a port"));
        addresses.push(listener.local_addr().expect("an address"));
        tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await });
    }
    Servers {
        addresses: addresses.try_into().expect("three"),
        _kept: (),
    }
}

suite::suite!(in_one_process);

#[tokio::test]
async fn options_that_cannot_work_are_refused() {
    let cluster = || Cluster::new(Here::default());
    let second = Duration::from_secs(1);
    for (wrong, option) in [
        (cluster().prefix(""), "prefix"),
        (cluster().prefix("two words"), "prefix"),
        (cluster().prefix("x".repeat(31)), "prefix"),
        (
            cluster().heartbeat_interval(Duration::ZERO),
            "heartbeat_interval",
        ),
        (cluster().heartbeat_timeout(second), "heartbeat_timeout"),
        (Cluster::of_engine::<LocalAdapter>(()).prefix("x"), "prefix"),
    ] {
        let refused = cluster_tests::builder().cluster(wrong).build().await;
        let error = refused.expect_err("it cannot work").to_string();
        assert!(
            error.starts_with(&format!("the option `{option}` cannot be ")),
            "{error}"
        );
    }
    let twice = cluster_tests::builder().on_server_side("keep", async |_, ()| ());
    let error = twice
        .build()
        .await
        .expect_err("it is there already")
        .to_string();
    assert!(
        error.starts_with("two functions are there for `keep`"),
        "{error}"
    );
}

#[tokio::test]
async fn clusters_of_two_prefixes_do_not_hear_each_other() -> Result {
    let here = Here::default();
    let serve = async |prefix: &str| {
        let cluster = Cluster::new(here.clone()).prefix(prefix);
        cluster_tests::builder().cluster(cluster).build().await
    };
    let (one, other, third) = (serve("a").await?, serve("b").await?, serve("a").await?);
    let asked = one.server_side_call::<String>("kept", ()).await?;
    assert_eq!((asked.answers.len(), asked.unanswered), (1, 0));
    let asked = other.server_side_call::<String>("kept", ()).await?;
    assert_eq!((asked.answers.len(), asked.unanswered), (0, 0));
    // Who has gone is not asked any more.
    third.shutdown().await;
    let asked = one.server_side_call::<String>("kept", ()).await?;
    assert_eq!((asked.answers.len(), asked.unanswered), (0, 0));
    Ok(())
}
