//! The task of a connection: it runs the session over one transport, then perhaps another.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::link::{Closed, Link, Order};
use crate::polling::Polling;
use crate::websocket::{self, WebSocket};

/// What a session runs over.
#[derive(Debug)]
pub(crate) enum Transport {
    WebSocket(Box<WebSocket>),
    Polling(Box<Polling>),
}

impl Transport {
    /// Runs the session to its end.
    pub(crate) async fn run(mut self, link: Arc<Link>, mut orders: UnboundedReceiver<Order>) {
        loop {
            let step = tokio::select! {
                step = self.pump(&link, &mut orders) => step,
                () = link.aborted.notified() => {
                    self.reset().await;
                    Err(Closed::Here)
                }
            };
            match step {
                Ok(websocket) => self = Self::WebSocket(Box::new(websocket)),
                Err(closed) => {
                    drop((self, orders));
                    return link.close(closed);
                }
            }
        }
    }

    /// Carries frames both ways until the transport ends, or is to go on over a WebSocket.
    async fn pump(
        &mut self,
        link: &Link,
        orders: &mut UnboundedReceiver<Order>,
    ) -> Result<WebSocket, Closed> {
        match self {
            Self::WebSocket(websocket) => Err(websocket::pump(websocket, link, orders).await),
            Self::Polling(polling) => polling.pump(link, orders).await,
        }
    }

    /// Makes the end of the TCP connection a reset.
    async fn reset(&mut self) {
        match self {
            Self::WebSocket(websocket) => {
                let _ = websocket.get_ref().set_zero_linger();
            }
            Self::Polling(polling) => polling.reset().await,
        }
    }
}
