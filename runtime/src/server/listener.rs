//! Accepting connections, each with `TCP_NODELAY`, a watch on its writes and one on the heads of its requests.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener as AxumListener},
};
use tokio::net::TcpListener;

use super::{
    connection::{Connection, Cut, Peer, Timeouts},
    connections::Connections,
};

pub(super) struct Listener {
    inner: TcpListener,
    timeouts: Arc<Timeouts>,
    connections: Arc<Connections>,
}

impl Listener {
    pub(super) fn new(
        inner: TcpListener,
        timeouts: Arc<Timeouts>,
        connections: Arc<Connections>,
    ) -> Self {
        Self {
            inner,
            timeouts,
            connections,
        }
    }
}

impl AxumListener for Listener {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        // axum's own way of accepting, which waits out a lack of file descriptors.
        let (stream, address) = AxumListener::accept(&mut self.inner).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(target: "hobnob::server", %error, "TCP_NODELAY could not be set");
        }
        let cut = Arc::new(Cut::default());
        self.connections.add(&cut);
        let connection = Connection::new(stream, Arc::clone(&cut), Arc::clone(&self.timeouts));
        (connection, Peer { address, cut })
    }

    fn local_addr(&self) -> io::Result<Peer> {
        let address: SocketAddr = TcpListener::local_addr(&self.inner)?;
        Ok(Peer {
            address,
            cut: Arc::default(),
        })
    }
}

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.remote_addr().clone()
    }
}
