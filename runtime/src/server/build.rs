//! Building a server: what is wrong with its options, then the engine, then its namespaces.

use std::{
    collections::HashMap,
    sync::{Arc, Weak, atomic::AtomicBool},
    time::Duration,
};

use parking_lot::{Mutex, RwLock};
use socketioxide::{ParserConfig, SocketIoBuilder as EngineBuilder, TransportType};
use tokio::{runtime::Handle, sync::Semaphore, task::JoinSet};

use super::{
    Options, Parser, Server, SocketIo, SocketIoBuilder,
    body::BodyLimits,
    capacity::Capacity,
    counters::Tally,
    layer::{self, EngineService},
    mounting::Plan,
    shutdown::Stopping,
};
use crate::{
    adapter::{Adapter, Backend},
    cluster::Membership,
    emit::NamespaceState,
    error::BuildError,
};

type Engine = socketioxide::SocketIo<Adapter>;

/// What the engine is told is the most for one request or answer of long polling. Requests are limited in
/// front of it. Answers must not be: where more waits than goes into one, it sets a packet aside, and loses
/// it when the client changes to a WebSocket. It also tells clients, where it does not matter, and not all
/// of them could read a larger number.
const MAX_PAYLOAD: u64 = i32::MAX as u64;

impl SocketIoBuilder {
    /// Makes the server. It does not listen yet: [`serve`](SocketIo::serve) it, or put its
    /// [`layer`](SocketIo::layer) under a router.
    ///
    /// # Errors
    ///
    /// If two classes have one path, a path cannot be one, an option has an impossible value, or
    /// the cluster cannot be reached.
    pub async fn build(mut self) -> Result<SocketIo, BuildError> {
        self.check()?;
        let plans = std::mem::take(&mut self.handlers).plan()?;
        if plans.is_empty() {
            tracing::warn!(
                target: "hobnob::server",
                "no namespace is mounted, so every client will be refused: add `.namespace(..)` before `.build()`",
            );
        }
        let (make, membership) = match self.cluster.take() {
            Some(cluster) => {
                let (make, membership) = cluster.join().await?;
                (Some(make), membership)
            }
            None => (None, Membership::Alone),
        };
        let backend = Arc::new(Backend::new(self.parser, make));
        let tally = Arc::new(Tally::default());
        let (service, engine) = self.engine(&backend, &tally);
        let Options {
            max_connections,
            max_connections_per_address,
            ..
        } = self.options;

        let mut namespaces = HashMap::new();
        let mut waiting = Vec::new();
        let server = Arc::new_cyclic(|server: &Weak<Server>| {
            for plan in plans {
                let namespace = Arc::new(NamespaceState::new(&plan.path, Weak::clone(server)));
                if !plan.is_anywhere() {
                    namespaces.insert(Arc::clone(&namespace.path), Arc::clone(&namespace));
                }
                waiting.push((namespace, plan));
            }
            Server {
                options: self.options,
                namespaces,
                passing: RwLock::default(),
                engine,
                service,
                membership,
                layered: AtomicBool::new(false),
                entering: Mutex::new(()),
                tasks: Mutex::new(JoinSet::new()),
                runtime: Handle::current(),
                connections: Arc::default(),
                stopping: Stopping::default(),
                tally,
                capacity: Arc::new(Capacity::new(max_connections, max_connections_per_address)),
            }
        });

        #[cfg(feature = "cluster")]
        server
            .membership
            .serve(Arc::downgrade(&server), self.server_side);
        for (namespace, plan) in waiting {
            let (path, events) = (plan.path.clone(), plan.events());
            if plan.is_anywhere() {
                let (server_of, backend) = (Arc::downgrade(&server), Arc::clone(&backend));
                let Plan { class, beside, .. } = plan;
                class.mount_anywhere(&server.engine, server_of, backend, beside);
            } else {
                let place = Arc::clone(&namespace);
                let mounted = plan.class.mount(&server.engine, place, plan.beside).await;
                mounted.map_err(|source| BuildError::Cluster {
                    path: path.clone(),
                    source,
                })?;
                if let Some(adapter) = backend.take(&path) {
                    namespace.set_adapter(adapter);
                }
            }
            tracing::info!(target: "hobnob::server", %path, ?events, "namespace mounted");
        }
        Ok(SocketIo { server })
    }

    fn engine(&self, backend: &Arc<Backend>, tally: &Arc<Tally>) -> (EngineService, Engine) {
        let engine = EngineBuilder::new()
            .req_path(self.options.path.clone())
            .ping_interval(self.ping_interval)
            .ping_timeout(self.ping_timeout)
            .upgrade_timeout(self.upgrade_timeout)
            .ws_read_buffer_size(self.read_buffer)
            .max_payload(MAX_PAYLOAD.max(self.max_message_size as u64))
            .ws_max_message_size(self.max_message_size)
            .ws_max_frame_size(self.max_message_size)
            .max_buffer_size(self.max_waiting_packets.min(Semaphore::MAX_PERMITS))
            .ack_timeout(self.options.call_timeout)
            // Ours comes first, and says what happened; this one closes the connection.
            .connect_timeout(self.options.connect_timeout + Duration::from_secs(5))
            .with_adapter::<Adapter>(Arc::clone(backend));
        let engine = match self.parser {
            Parser::Json => engine.with_parser(
                ParserConfig::common()
                    .max_incoming_binaries(self.max_attachments)
                    .max_incoming_binary_buf_size(self.max_message_size)
                    .packet_completion_timeout(self.attachments_timeout),
            ),
            #[cfg(feature = "msgpack")]
            Parser::MsgPack => engine.with_parser(ParserConfig::msgpack()),
        };
        let polling = self.options.allows(TransportType::Polling);
        let websocket = self.options.allows(TransportType::Websocket);
        let engine = match (polling, websocket) {
            (true, false) => engine.transports([TransportType::Polling]),
            (false, true) => engine.transports([TransportType::Websocket]),
            _ => engine.transports([TransportType::Polling, TransportType::Websocket]),
        };
        let (service, engine) = engine.build_svc();
        let bodies = BodyLimits {
            size: self.max_message_size as u64,
            timeout: self.options.body_timeout,
            tally: Arc::clone(tally),
        };
        (layer::service(service, bodies, &self.options), engine)
    }

    /// What can be said to be wrong before anything runs.
    fn check(&self) -> Result<(), BuildError> {
        if !self.options.path.starts_with('/') || self.options.path.ends_with('/') {
            return Err(BuildError::InvalidOption {
                option: "path",
                value: format!("`{}`", self.options.path),
                reason: "it begins with `/` and does not end with one, as `/socket.io`",
            });
        }
        self.check_http()?;
        self.check_limits()?;
        Ok(())
    }
}
