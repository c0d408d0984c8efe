//! Accepting connections, each with `TCP_NODELAY` and a watch on its writes.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener as AxumListener},
};
use tokio::net::TcpListener;

use super::{
    connection::{Connection, Cut, Peer},
    connections::Connections,
};

pub(super) struct Listener {
    inner: TcpListener,
    write_timeout: Duration,
    connections: Arc<Connections>,
}

impl Listener {
    pub(super) fn new(
        inner: TcpListener,
        write_timeout: Duration,
        connections: Arc<Connections>,
    ) -> Self {
        Self {
            inner,
            write_timeout,
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
        let connection = Connection::new(stream, Arc::clone(&cut), self.write_timeout);
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
