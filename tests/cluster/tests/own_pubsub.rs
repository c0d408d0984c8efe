//! The suite on three servers of one process, with a `PubSub` of our own between them: what somebody would
//! write whose messages go another way. It needs nothing that is not in the process.

mod suite;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use hobnob::{Bytes, ClusterError, Inbox, PubSub};
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
