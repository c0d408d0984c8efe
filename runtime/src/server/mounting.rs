//! From what the builder was given to what is mounted: each namespace with its class, its functions and
//! its middleware.

use std::{
    any::TypeId,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;

use super::{Server, handlers::Handlers};
use crate::{
    adapter::{Adapter, Backend, Initialized},
    anywhere::{Anywhere, MountAnywhere},
    argument::SessionType,
    dispatch::Mounted,
    emit::NamespaceState,
    error::BuildError,
    function::{ANY, FunctionTable},
    middleware::Chain,
    mount::{Mark, Mount},
    namespace::{EventDescription, Namespace, NoClass},
};

type Engine = socketioxide::SocketIo<Adapter>;

/// A class that waits to be mounted, whatever its type.
pub(super) trait Mountable: Send {
    /// The same class, to be mounted once more.
    fn share(&self) -> Box<dyn Mountable>;

    fn events(&self) -> &'static [EventDescription];

    /// What its methods take for the session; `None` where there is no class.
    fn session(&self) -> Option<SessionType>;

    /// Mounts it at one path.
    fn mount(
        self: Box<Self>,
        engine: &Engine,
        namespace: Arc<NamespaceState>,
        beside: Beside,
    ) -> Initialized;

    /// Mounts it at every path where nothing else is, but `/`.
    fn mount_anywhere(
        self: Box<Self>,
        engine: &Engine,
        server: Weak<Server>,
        backend: Arc<Backend>,
        beside: Beside,
    );
}

/// What there is beside a class.
pub(super) struct Beside {
    functions: FunctionTable,
    middleware: Chain,
}

impl<N: Namespace> Mountable for Arc<N> {
    fn share(&self) -> Box<dyn Mountable> {
        Box::new(Self::clone(self))
    }

    fn events(&self) -> &'static [EventDescription] {
        N::EVENTS
    }

    fn session(&self) -> Option<SessionType> {
        let is_class = TypeId::of::<N>() != TypeId::of::<NoClass>();
        is_class.then(SessionType::of::<N::Session>)
    }

    fn mount(
        self: Box<Self>,
        engine: &Engine,
        namespace: Arc<NamespaceState>,
        beside: Beside,
    ) -> Initialized {
        let path = namespace.path.to_string();
        let mounted = Mounted {
            class: *self,
            namespace,
            functions: beside.functions,
            middleware: beside.middleware,
        };
        engine.ns::<_, Mark>(path, Mount::new(mounted))
    }

    fn mount_anywhere(
        self: Box<Self>,
        engine: &Engine,
        server: Weak<Server>,
        backend: Arc<Backend>,
        beside: Beside,
    ) {
        let anywhere = Anywhere {
            class: *self,
            functions: beside.functions,
            middleware: beside.middleware,
            server,
            backend,
            places: Mutex::default(),
        };
        let mount = MountAnywhere(Arc::new(anywhere));
        if let Err(error) = engine.dyn_ns::<_, Mark>("/{*path}", mount) {
            // The only one of its kind, with a pattern that is right.
            tracing::error!(target: "hobnob::server", %error, "`*` is not mounted");
        }
    }
}

/// One namespace to be.
pub(super) struct Plan {
    pub(super) path: String,
    pub(super) class: Box<dyn Mountable>,
    pub(super) beside: Beside,
}

impl Plan {
    /// The path stands for all where nothing else is.
    pub(super) fn is_anywhere(&self) -> bool {
        self.path == ANY
    }

    /// The names of what is handled, for the log.
    pub(super) fn events(&self) -> Vec<String> {
        let methods = self.class.events().iter().map(|event| event.name);
        let mut names: Vec<_> = methods.chain(self.beside.functions.names()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether all functions can have the session they take.
    fn check(&self) -> Result<(), BuildError> {
        let functions = &self.beside.functions;
        let of_class = self.class.session();
        let session = match (functions.connect(), of_class) {
            (Some(function), _) => function.session(),
            (None, of_class) => of_class.unwrap_or_else(SessionType::of::<()>),
        };
        for (event, taken) in functions.sessions() {
            if taken != session {
                return Err(BuildError::OtherSession {
                    path: self.path.clone(),
                    event: event.to_owned(),
                    taken: taken.name,
                    session: session.name,
                });
            }
        }
        match of_class {
            Some(of_class) if of_class != session => Err(BuildError::OtherSessionOfClass {
                path: self.path.clone(),
                taken: of_class.name,
                session: session.name,
            }),
            _ => Ok(()),
        }
    }
}

impl Handlers {
    /// What is to be mounted where.
    pub(super) fn plan(mut self) -> Result<Vec<Plan>, BuildError> {
        if let Some(mistake) = self.mistakes.into_iter().next() {
            return Err(mistake);
        }
        self.mounts.sort_by(|a, b| a.0.cmp(&b.0));
        if let Some(twice) = self.mounts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let path = twice[0].0.clone();
            return Err(BuildError::DuplicateNamespace { path });
        }

        let everywhere = Arc::new(self.functions.remove(ANY).unwrap_or_default());
        let without_class = self.functions.keys().cloned().chain(self.accepted);
        for path in without_class.collect::<Vec<_>>() {
            if self.mounts.iter().all(|(mounted, _)| *mounted != path) {
                self.mounts.push((path, Box::new(Arc::new(NoClass))));
            }
        }
        // The engine's patterns leave out `/`.
        let anywhere = self.mounts.iter().find(|(path, _)| path == ANY);
        let root = anywhere.map(|(_, class)| class.share());
        let root = root.filter(|_| self.mounts.iter().all(|(path, _)| path != "/"));
        let shares_root = root.is_some();
        self.mounts
            .extend(root.map(|class| ("/".to_owned(), class)));
        for (path, _) in &self.middleware_at {
            if self.mounts.iter().all(|(mounted, _)| mounted != path) {
                let path = path.clone();
                return Err(BuildError::UnknownNamespace { path });
            }
        }

        let mut plans = Vec::new();
        for (path, class) in self.mounts {
            check_path(&path)?;
            let own = Arc::new(self.functions.remove(&path).unwrap_or_default());
            let is_anywhere = path == ANY || (path == "/" && shares_root);
            let is_here = |at: &str| at == path || (at == ANY && is_anywhere);
            let here = self.middleware_at.iter().filter(|(at, _)| is_here(at));
            let middleware = self.middleware.iter().chain(here.map(|(_, added)| added));
            let plan = Plan {
                beside: Beside {
                    functions: FunctionTable::new(own, Arc::clone(&everywhere)),
                    middleware: middleware.cloned().collect(),
                },
                path,
                class,
            };
            plan.check()?;
            plans.push(plan);
        }
        Ok(plans)
    }
}

/// A path that a client can name: the protocol ends it with a comma, and takes a question mark for
/// the beginning of a query.
fn check_path(path: &str) -> Result<(), BuildError> {
    let invalid = |reason| BuildError::InvalidPath {
        path: path.to_owned(),
        reason,
    };
    if path == ANY {
        return Ok(());
    }
    if !path.starts_with('/') {
        return Err(invalid(
            "it begins with `/`, as `/chat`, or is `*` for all where nothing else is",
        ));
    }
    if path.contains([',', '?', '#']) || path.contains(char::is_whitespace) {
        return Err(invalid(
            "no client can name it: leave out `,` `?` `#` and white space",
        ));
    }
    Ok(())
}
