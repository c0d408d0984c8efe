//! Building a server: what is wrong with its options, then the engine, then its namespaces.

use std::{
    collections::HashMap,
    sync::{Arc, Weak, atomic::AtomicU64},
    time::Duration,
};

use parking_lot::Mutex;
use socketioxide::{ParserConfig, SocketIoBuilder as EngineBuilder};
use tokio::{runtime::Handle, sync::Semaphore, task::JoinSet};

use super::{
    Parser, Server, SocketIo, SocketIoBuilder,
    layer::{self, EngineService},
    shutdown::Stopping,
};
use crate::{
    adapter::{Adapter, Backend, Initialized},
    emit::NamespaceState,
    error::BuildError,
    mount::{Mark, Mount},
    namespace::{EventDescription, Namespace},
};

type Engine = socketioxide::SocketIo<Adapter>;

/// A class that waits to be mounted, whatever its type.
pub(super) trait Mountable: Send {
    fn events(&self) -> &'static [EventDescription];

    fn mount(self: Box<Self>, engine: &Engine, namespace: Arc<NamespaceState>) -> Initialized;
}

impl<N: Namespace> Mountable for N {
    fn events(&self) -> &'static [EventDescription] {
        N::EVENTS
    }

    fn mount(self: Box<Self>, engine: &Engine, namespace: Arc<NamespaceState>) -> Initialized {
        let path = namespace.path.to_string();
        engine.ns::<_, Mark>(path, Mount::new(*self, namespace))
    }
}

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
        self.backend.parser = self.parser;
        let backend = Arc::new(std::mem::take(&mut self.backend));
        let (service, engine) = self.engine(&backend);

        let mut namespaces = HashMap::new();
        let mut waiting = Vec::new();
        let server = Arc::new_cyclic(|server: &Weak<Server>| {
            for (path, class) in self.mounts {
                let namespace = Arc::new(NamespaceState::new(&path, Weak::clone(server)));
                namespaces.insert(Arc::clone(&namespace.path), Arc::clone(&namespace));
                waiting.push((namespace, class));
            }
            Server {
                options: self.options,
                namespaces,
                engine,
                service,
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

        for (namespace, class) in waiting {
            let path = namespace.path.to_string();
            let events: Vec<_> = class.events().iter().map(|event| event.name).collect();
            let mounted = class.mount(&server.engine, Arc::clone(&namespace)).await;
            mounted.map_err(|source| BuildError::Cluster {
                path: path.clone(),
                source,
            })?;
            if let Some(adapter) = backend.take(&path) {
                namespace.set_adapter(adapter);
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
        let (service, engine) = engine.build_svc();
        let origins = self.options.origins.clone();
        (layer::service(service, origins), engine)
    }

    /// What can be said to be wrong before anything runs.
    fn check(&self) -> Result<(), BuildError> {
        for (i, (path, _)) in self.mounts.iter().enumerate() {
            check_path(path)?;
            if self.mounts[..i].iter().any(|(earlier, _)| earlier == path) {
                return Err(BuildError::DuplicateNamespace { path: path.clone() });
            }
        }
        if !self.options.path.starts_with('/') || self.options.path.ends_with('/') {
            return Err(BuildError::InvalidOption {
                option: "path",
                value: format!("`{}`", self.options.path),
                reason: "it begins with `/` and does not end with one, as `/socket.io`",
            });
        }
        let not_zero = [
            ("max_message_size", self.max_message_size),
            ("max_waiting_packets", self.max_waiting_packets),
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

/// A path that a client can name: the protocol ends it with a comma, and takes a question mark for
/// the beginning of a query.
fn check_path(path: &str) -> Result<(), BuildError> {
    let invalid = |reason| BuildError::InvalidPath {
        path: path.to_owned(),
        reason,
    };
    if !path.starts_with('/') {
        return Err(invalid("it begins with `/`, as `/chat`"));
    }
    if path.contains([',', '?', '#']) || path.contains(char::is_whitespace) {
        return Err(invalid(
            "no client can name it: leave out `,` `?` `#` and white space",
        ));
    }
    Ok(())
}
