//! Seeing a client off: its tasks end, `on_disconnect` runs, and it is gone for good.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use tracing::Instrument;

use crate::{
    client::{Client, ClientState},
    dispatch::Mounted,
    failure::panicked,
    lane::Leaving,
    namespace::Namespace,
};

impl<N: Namespace> Mounted<N> {
    /// The last thing that happens to a client.
    pub(crate) async fn see_off(self: &Arc<Self>, client: &Arc<ClientState>, leaving: Leaving) {
        let _gone = Gone(client);
        client.end_tasks(client.socketio.options().grace).await;
        let Leaving { reason, socket } = leaving;
        let span = tracing::debug_span!(
            target: "hobnob::connect",
            "disconnect",
            namespace = %client.namespace.path,
            sid = %client.sid,
            %reason,
        );
        let leaving = Client::new(Arc::clone(client));
        let handler = self.disconnect(leaving, reason).instrument(span);
        let failed = match AssertUnwindSafe(handler).catch_unwind().await {
            Ok(result) => result.err(),
            Err(payload) => Some(panicked(&*payload)),
        };
        if let Some(error) = failed {
            tracing::error!(
                target: "hobnob::connect",
                namespace = %client.namespace.path,
                sid = %client.sid,
                %error,
                "on_disconnect failed",
            );
        }
        tracing::debug!(
            target: "hobnob::connect",
            namespace = %client.namespace.path,
            sid = %client.sid,
            %reason,
            "disconnected",
        );
        drop(socket);
    }
}

/// The client is gone for good when this is dropped, whatever happened meanwhile.
struct Gone<'a>(&'a ClientState);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.namespace.remove(self.0.sid);
    }
}
