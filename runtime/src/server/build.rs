//! Building a server: what is wrong with its options, then the engine, then its namespaces.

use std::{
    collections::HashMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

use parking_lot::{Mutex, RwLock};
use socketioxide::{ParserConfig, SocketIoBuilder as EngineBuilder, TransportType};
use tokio::{runtime::Handle, sync::Semaphore, task::JoinSet};

use super::{
    Parser, Server, SocketIo, SocketIoBuilder,
    layer::{self, EngineService},
    mounting::Plan,
    shutdown::Stopping,
};
use crate::{
    adapter::{Adapter, Backend},
    emit::NamespaceState,
    error::BuildError,
};

type Engine = socketioxide::SocketIo<Adapter>;

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
        self.backend.parser = self.parser;
        let backend = Arc::new(std::mem::take(&mut self.backend));
        let (service, engine) = self.engine(&backend);

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
                layered: AtomicBool::new(false),
                entering: Mutex::new(()),
                tasks: Mutex::new(JoinSet::new()),
                runtime: Handle::current(),
                connections: Arc::default(),
                stopping: Stopping::default(),
                slow_clients: AtomicU64::new(0),
                slow_packets: AtomicU64::new(0),
                flooding_clients: AtomicU64::new(0),
            }
        });

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

    fn engine(&self, backend: &Arc<Backend>) -> (EngineService, Engine) {
        let engine = EngineBuilder::new()
            .req_path(self.options.path.clone())
            .ping_interval(self.ping_interval)
            .ping_timeout(self.ping_timeout)
            .upgrade_timeout(self.upgrade_timeout)
            .ws_read_buffer_size(self.read_buffer)
            .max_payload(self.max_message_size as u64)
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
                    .packet_completion_timeout(Duration::from_secs(10)),
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
        (layer::service(service, &self.options), engine)
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
        let not_zero = [
            ("max_message_size", self.max_message_size),
            ("max_waiting_packets", self.max_waiting_packets),
            ("read_buffer", self.read_buffer),
            ("max_waiting_events", self.options.max_waiting_events),
            ("max_namespaces", self.options.max_namespaces),
        ];
        for (option, value) in not_zero {
            if value == 0 {
                let reason = "nothing would get through; it is at least 1";
                return Err(BuildError::InvalidOption {
                    option,
                    value: "0".to_owned(),
                    reason,
                });
            }
        }
        let not_instant = [
            ("ping_interval", self.ping_interval),
            ("ping_timeout", self.ping_timeout),
            ("upgrade_timeout", self.upgrade_timeout),
            ("connect_timeout", self.options.connect_timeout),
            ("write_timeout", self.options.write_timeout),
        ];
        for (option, value) in not_instant {
            if value.is_zero() {
                let reason = "every connection would end at once";
                return Err(BuildError::InvalidOption {
                    option,
                    value: "zero".to_owned(),
                    reason,
                });
            }
        }
        Ok(())
    }
}
