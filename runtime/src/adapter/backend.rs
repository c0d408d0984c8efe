//! What makes the adapters of a server's namespaces.

use std::{collections::HashMap, fmt, sync::Arc};

use parking_lot::Mutex;
use socketioxide::adapter::Emitter;
use socketioxide_core::adapter::{CoreAdapter, CoreLocalAdapter};

use super::{Adapter, ClusterAdapter};
use crate::server::Parser;

/// What makes the adapter of a namespace in a cluster.
pub(crate) type MakeAdapter =
    dyn Fn(CoreLocalAdapter<Emitter>) -> Arc<dyn ClusterAdapter> + Send + Sync;

/// Makes the adapter of each namespace, and hands it over to the server that mounts it.
pub struct Backend {
    cluster: Option<Box<MakeAdapter>>,
    /// What all clients of the server speak.
    parser: Parser,
    adapters: Mutex<HashMap<String, Arc<Adapter>>>,
}

impl Backend {
    /// Memory, if there is no cluster.
    pub(crate) fn new(parser: Parser, cluster: Option<Box<MakeAdapter>>) -> Self {
        Self {
            cluster,
            parser,
            adapters: Mutex::default(),
        }
    }

    pub(super) fn cluster(&self) -> Option<&MakeAdapter> {
        self.cluster.as_deref()
    }

    pub(super) fn parser(&self) -> Parser {
        self.parser
    }

    /// Keeps an adapter for whoever mounts its namespace, which is `ready` then. Both in one step: of two
    /// namespaces at one path, that one is found whose adapter is here.
    pub(super) fn hand_over(&self, adapter: Arc<Adapter>, ready: impl FnOnce()) {
        let path = adapter.get_local().path().to_string();
        let mut adapters = self.adapters.lock();
        adapters.insert(path, adapter);
        ready();
    }

    /// The adapter the engine made for `path`. Once only: the namespace keeps it.
    pub(crate) fn take(&self, path: &str) -> Option<Arc<Adapter>> {
        self.adapters.lock().remove(path)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("cluster", &self.cluster.is_some())
            .finish_non_exhaustive()
    }
}
