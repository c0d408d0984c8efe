//! Listening: bind, serve, and end in order on Ctrl-C and SIGTERM.

use std::{fmt, future::IntoFuture, sync::Arc};

use axum::{Router, ServiceExt, extract::Request};
use tokio::net::{TcpListener, ToSocketAddrs};
use tower_layer::Layer;

use super::{
    SocketIo,
    connection::{Peer, Timeouts},
    heads::NotingHeads,
    listener::Listener,
};
use crate::error::{Result, ServeError};

impl SocketIo {
    /// Serves `app`, with the Socket.IO server in it, until the process is told to end or
    /// [`shutdown`](Self::shutdown) is called.
    ///
    /// On Ctrl-C and SIGTERM, or a `shutdown`, it takes no more connections and does what
    /// [`shutdown`](Self::shutdown) does. `TCP_NODELAY` is set: small messages do not wait for
    /// larger ones.
    ///
    /// `app` may have the server's [`layer`](Self::layer) in it already, under others; else it gets it
    /// here. It is a router of the axum that hobnob itself uses: [`hobnob::axum`](crate::axum), 0.8.
    ///
    /// Flask-SocketIO: `socketio.run(app, host, port)`.
    ///
    /// # Errors
    ///
    /// A [`ServeError`] if the address cannot be bound, or listening fails.
    pub async fn serve(&self, address: impl ToSocketAddrs + fmt::Display, app: Router) -> Result {
        let text = address.to_string();
        let bound = TcpListener::bind(address).await;
        let listener = bound.map_err(|source| ServeError::Bind {
            address: text,
            source,
        })?;
        self.serve_on(listener, app).await
    }

    /// As [`serve`](Self::serve), on a listener that is bound already.
    ///
    /// # Errors
    ///
    /// A [`ServeError`] if listening fails.
    pub async fn serve_on(&self, listener: TcpListener, app: Router) -> Result {
        let address = listener.local_addr().map_err(ServeError::Io)?;
        tracing::info!(target: "hobnob::server", "listening on http://{address}");

        let service = NotingHeads(self.outer_layer().layer(app));
        let service = ServiceExt::<Request>::into_make_service_with_connect_info::<Peer>(service);
        let timeouts = Timeouts {
            write: self.options().write_timeout,
            handshake: self.options().handshake_timeout,
            tally: Arc::clone(&self.server.tally),
        };
        let connections = Arc::clone(&self.server.connections);
        let listener = Listener::new(listener, Arc::new(timeouts), connections);
        let accepting = {
            let socketio = self.clone();
            async move { socketio.stopping().await }
        };
        let serving = axum::serve(listener, service).with_graceful_shutdown(accepting);

        let ending = async {
            tokio::select! {
                () = told_to_end() => {}
                () = self.stopping() => {}
            }
            self.shutdown().await;
        };
        tokio::pin!(ending);
        // HTTP requests that are still being answered may finish, within the same limit. Without
        // any, the first arm is done as soon as the end begins.
        tokio::select! {
            served = serving.into_future() => {
                served.map_err(ServeError::Io)?;
                ending.await;
            }
            () = &mut ending => {}
        }
        Ok(())
    }
}

/// Ctrl-C, and SIGTERM where there is one.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
