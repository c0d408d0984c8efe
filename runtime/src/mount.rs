//! Between a class and the engine: connecting a client, taking its events, seeing it off.

use std::{fmt::Display, future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use futures_util::FutureExt;
use socketioxide::{
    handler::{ConnectHandler, DisconnectHandler, MessageHandler},
    socket::{DisconnectReason as EngineReason, Socket},
};
use socketioxide_core::Value;

use crate::{
    adapter::Adapter,
    argument::{Incoming, nesting},
    client::ClientState,
    dispatch::Mounted,
    emit::NamespaceState,
    error::{ConnectionRefused, EventError, Panic},
    lane::Received,
    namespace::Namespace,
    rate::{Limited, Rate},
    reason::DisconnectReason,
    server::SocketIo,
    sid::Sid,
    work::Class,
};

/// The engine's traits are generic over what a closure's arguments look like. Ours look like this.
pub(crate) enum Mark {}

/// A class at a path, as the engine has it.
pub(crate) struct Mount<N> {
    mounted: Arc<Mounted<N>>,
}

impl<N: Namespace> Mount<N> {
    pub(crate) fn new(mounted: Mounted<N>) -> Self {
        Self {
            mounted: Arc::new(mounted),
        }
    }

    pub(crate) fn namespace(&self) -> &Arc<NamespaceState> {
        &self.mounted.namespace
    }

    async fn connect(
        &self,
        socket: &Arc<Socket<Adapter>>,
        auth: Option<Value>,
    ) -> Result<(), ConnectionRefused> {
        let namespace = &self.mounted.namespace;
        let Some(socketio) = SocketIo::of_server(&namespace.server) else {
            return Err(ConnectionRefused::new("the server is gone"));
        };
        let class = Arc::clone(&self.mounted) as Arc<dyn Class>;
        let client = ClientState::new(socket, Arc::clone(namespace), socketio, class);
        let client = Arc::new(client);
        client.socketio.enter(&client).await?;
        let mut undecided = Undecided(Some(&client));

        // Before the client knows that it is connected, so that no event of its finds no handler.
        let handler = EventHandler(Arc::clone(&client));
        match socket.req_parts().extensions.get::<Arc<Rate>>() {
            None => socket.on_fallback(handler),
            Some(rate) => {
                let rate = Arc::clone(rate);
                socket.on_fallback(Limited { handler, rate });
            }
        }
        socket.on_disconnect(LeaveHandler(Arc::clone(&client)));

        let connecting = async {
            check_nesting(&client, auth.as_ref())?;
            self.mounted.connect(&client, auth).await
        };
        let connecting = AssertUnwindSafe(connecting).catch_unwind();
        let limit = client.socketio.options().connect_timeout;
        let connected = match tokio::time::timeout(limit, connecting).await {
            Ok(Ok(connected)) => connected,
            Ok(Err(payload)) => Err(Panic::new(&*payload).into()),
            Err(_) => {
                client.socketio.tally().late_connects.one();
                Err(ConnectionRefused::new("on_connect took too long").into())
            }
        };
        undecided.0 = None;
        if let Err(error) = connected {
            log_refused(&client, &error);
            if client.has_session() {
                // `on_connect` had let it in, and a middleware refused it then: it is seen off.
                client.lane.accept();
                client.leave(DisconnectReason::ServerDisconnect, None, || ());
            } else {
                client.refuse();
            }
            return Err(error.into());
        }
        if client.lane.accept() {
            tracing::debug!(
                target: "hobnob::connect",
                namespace = %namespace.path,
                sid = %client.sid,
                "connected",
            );
            Ok(())
        } else {
            client.kick();
            Err(client.socketio.gone().await)
        }
    }
}

/// The auth object may be nested no deeper than an argument.
fn check_nesting(client: &ClientState, auth: Option<&Value>) -> Result<(), EventError> {
    let most = client.socketio.options().max_nesting;
    let too_deep = auth.and_then(|auth| nesting::of_auth(auth, most));
    too_deep.map_or(Ok(()), |error| {
        client.socketio.tally().deep_events.one();
        Err(error.into())
    })
}

/// A client until `on_connect` has decided. If that is dropped before, with the runtime it runs on, the
/// client is refused: its namespace would else keep it, and it the server, for ever.
struct Undecided<'a>(Option<&'a ClientState>);

impl Drop for Undecided<'_> {
    fn drop(&mut self) {
        if let Some(client) = self.0 {
            client.refuse();
        }
    }
}

fn log_refused(client: &ClientState, error: &EventError) {
    if let EventError::Panic(panic) = error {
        tracing::error!(
            target: "hobnob::connect",
            namespace = %client.namespace.path,
            sid = %client.sid,
            %panic,
            "on_connect panicked, the client is refused",
        );
    } else {
        tracing::debug!(
            target: "hobnob::connect",
            namespace = %client.namespace.path,
            sid = %client.sid,
            reason = %error,
            "refused",
        );
    }
}

impl<N> Clone for Mount<N> {
    fn clone(&self) -> Self {
        Self {
            mounted: Arc::clone(&self.mounted),
        }
    }
}

/// What the engine tells a client that is refused.
pub(crate) type Refusal = Box<dyn Display + Send>;

pub(crate) type Connecting<'a> = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>>;

impl<N: Namespace> ConnectHandler<Adapter, Mark> for Mount<N> {
    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket<Adapter>>,
        auth: &'a Option<Value>,
    ) -> Connecting<'a> {
        Box::pin(async move {
            let connected = self.connect(&socket, auth.clone()).await;
            connected.map_err(|refused| Box::new(refused.to_message()) as Refusal)
        })
    }

    /// The acceptance is on its way to the client.
    fn call(&self, socket: Arc<Socket<Adapter>>, _: Option<Value>) {
        let namespace = &self.mounted.namespace;
        if let Some(client) = namespace.client(Sid::of(socket.id, &namespace.path)) {
            client.state().open();
        }
    }
}

/// Takes the events of one client. The engine keeps it for as long as it keeps the socket.
pub(crate) struct EventHandler(Arc<ClientState>);

impl EventHandler {
    pub(crate) fn client(&self) -> &Arc<ClientState> {
        &self.0
    }
}

impl MessageHandler<Adapter, Mark> for EventHandler {
    /// On the connection's own task, in the order of the wire.
    fn call(&self, _: Arc<Socket<Adapter>>, value: Value, ack: Option<i64>) {
        let client = &self.0;
        let event = Incoming { value, ack };
        let most = client.socketio.options().max_waiting;
        if client.is_open() && client.class.is_concurrent(&event) {
            if !Arc::clone(&client.class).run_concurrently(client, event, most.events) {
                client.evict_flooding(most.events);
            }
            return;
        }
        match client.lane.receive(event, most) {
            Received::Next(event) => Arc::clone(&client.class).work_off(client, event),
            Received::Queued => {}
            Received::Full => client.evict_flooding(most.events),
            Received::Closed => tracing::debug!(
                target: "hobnob::event",
                namespace = %client.namespace.path,
                sid = %client.sid,
                "an event came after its client began to leave",
            ),
        }
    }
}

impl Drop for EventHandler {
    /// A client that left while `on_connect` ran is dropped by the engine without a word. If
    /// `on_connect` accepted it all the same, `on_disconnect` is due.
    fn drop(&mut self) {
        if self.0.lane.is_abandoned() {
            self.0.leave(DisconnectReason::TransportClose, None, || ());
        }
    }
}

/// Sees one client off.
struct LeaveHandler(Arc<ClientState>);

impl DisconnectHandler<Adapter, Mark> for LeaveHandler {
    fn call_with_defer(
        &self,
        socket: Arc<Socket<Adapter>>,
        reason: EngineReason,
        remove: fn(Arc<Socket<Adapter>>),
    ) {
        // The engine lets go of the socket now and not after `on_disconnect`: a client that
        // connects again at once would otherwise be ignored, and one whose `on_disconnect` panics
        // would stay in its rooms for ever.
        let leaving = Arc::clone(&socket);
        let removed = || remove(Arc::clone(&socket));
        self.0.leave(reason.into(), Some(leaving), removed);
    }
}
