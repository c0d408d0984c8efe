//! Functions that handle events beside classes or without any: what the builder has been given, and
//! which of it an event goes to.

mod callable;
mod handler;
mod life;

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use futures_util::future::BoxFuture;

pub use self::{
    handler::{Concurrent, FunctionReply, Handler, concurrent},
    life::{Admission, ConnectHandler, DisconnectHandler},
};
use crate::{
    argument::{ConnectContext, DisconnectContext, EventContext, SessionType},
    client::AnySession,
    error::{ConnectionRefused, EventError},
    namespace::Outcome,
    server::OnError,
};

/// The name that stands for all events, and the path that stands for all namespaces.
pub(crate) const ANY: &str = "*";

/// Stands in a context where otherwise the class stands.
#[derive(Debug)]
pub enum Function {}

/// A function that handles an event, whatever its type.
pub(crate) trait EventFunction: Send + Sync {
    fn handle<'a>(
        &'a self,
        context: &'a mut EventContext<Function>,
    ) -> BoxFuture<'a, Result<Outcome, EventError>>;

    fn is_concurrent(&self) -> bool;

    fn sessions(&self) -> Vec<SessionType>;
}

/// A function that lets clients in, whatever its type.
pub(crate) trait ConnectFunction: Send + Sync {
    fn handle<'a>(
        &'a self,
        context: &'a mut ConnectContext,
    ) -> BoxFuture<'a, Result<AnySession, ConnectionRefused>>;

    fn session(&self) -> SessionType;
}

/// A function that sees clients off, whatever its type.
pub(crate) trait DisconnectFunction: Send + Sync {
    fn handle<'a>(
        &'a self,
        context: &'a mut DisconnectContext<Function>,
    ) -> BoxFuture<'a, Result<(), EventError>>;

    fn sessions(&self) -> Vec<SessionType>;
}

/// A function with the mark by which the compiler knows what it is.
struct Marked<H, M>(H, PhantomData<fn() -> M>);

impl<H: Handler<M>, M> EventFunction for Marked<H, M> {
    fn handle<'a>(
        &'a self,
        context: &'a mut EventContext<Function>,
    ) -> BoxFuture<'a, Result<Outcome, EventError>> {
        Box::pin(self.0.handle(context))
    }

    fn is_concurrent(&self) -> bool {
        H::CONCURRENT
    }

    fn sessions(&self) -> Vec<SessionType> {
        H::sessions()
    }
}

impl<H: ConnectHandler<M>, M> ConnectFunction for Marked<H, M> {
    fn handle<'a>(
        &'a self,
        context: &'a mut ConnectContext,
    ) -> BoxFuture<'a, Result<AnySession, ConnectionRefused>> {
        Box::pin(self.0.handle(context))
    }

    fn session(&self) -> SessionType {
        H::session()
    }
}

impl<H: DisconnectHandler<M>, M> DisconnectFunction for Marked<H, M> {
    fn handle<'a>(
        &'a self,
        context: &'a mut DisconnectContext<Function>,
    ) -> BoxFuture<'a, Result<(), EventError>> {
        Box::pin(self.0.handle(context))
    }

    fn sessions(&self) -> Vec<SessionType> {
        H::sessions()
    }
}

/// The functions at one path, as the builder was given them.
#[derive(Default)]
pub(crate) struct Functions {
    pub(crate) events: HashMap<String, Box<dyn EventFunction>>,
    pub(crate) connect: Option<Box<dyn ConnectFunction>>,
    pub(crate) disconnect: Option<Box<dyn DisconnectFunction>>,
    pub(crate) error: Option<OnError>,
}

impl Functions {
    /// Adds a function for an event; `false` if there is one.
    pub(crate) fn on<H: Handler<M>, M: 'static>(&mut self, event: String, handler: H) -> bool {
        let function = Box::new(Marked(handler, PhantomData::<fn() -> M>));
        self.events.insert(event, function).is_none()
    }

    /// Adds the function that lets clients in; `false` if there is one.
    pub(crate) fn on_connect<H: ConnectHandler<M>, M: 'static>(&mut self, handler: H) -> bool {
        let function = Box::new(Marked(handler, PhantomData::<fn() -> M>));
        self.connect.replace(function).is_none()
    }

    /// Adds the function that sees clients off; `false` if there is one.
    pub(crate) fn on_disconnect<H: DisconnectHandler<M>, M: 'static>(
        &mut self,
        handler: H,
    ) -> bool {
        let function = Box::new(Marked(handler, PhantomData::<fn() -> M>));
        self.disconnect.replace(function).is_none()
    }
}

/// The functions that matter in one namespace: its own, and behind them those of all namespaces.
#[derive(Clone, Default)]
pub(crate) struct FunctionTable {
    own: Arc<Functions>,
    everywhere: Arc<Functions>,
    has_events: bool,
}

impl FunctionTable {
    pub(crate) fn new(own: Arc<Functions>, everywhere: Arc<Functions>) -> Self {
        Self {
            has_events: !own.events.is_empty() || !everywhere.events.is_empty(),
            own,
            everywhere,
        }
    }

    /// Whether there is a function for any event at all.
    pub(crate) fn has_events(&self) -> bool {
        self.has_events
    }

    fn levels(&self) -> [&Functions; 2] {
        [&self.own, &self.everywhere]
    }

    /// The function for an event. Each comes before the class, as in Flask-SocketIO, and a catch-all
    /// of the namespace before what is there for all namespaces.
    pub(crate) fn event(&self, event: &str) -> Option<&dyn EventFunction> {
        self.levels().into_iter().find_map(|level| {
            let function = level.events.get(event).or_else(|| level.events.get(ANY));
            function.map(|function| &**function)
        })
    }

    pub(crate) fn connect(&self) -> Option<&dyn ConnectFunction> {
        let mut levels = self.levels().into_iter();
        levels.find_map(|level| level.connect.as_deref())
    }

    pub(crate) fn disconnect(&self) -> Option<&dyn DisconnectFunction> {
        let mut levels = self.levels().into_iter();
        levels.find_map(|level| level.disconnect.as_deref())
    }

    /// What answers where an event failed.
    pub(crate) fn error(&self) -> Option<&OnError> {
        let mut levels = self.levels().into_iter();
        levels.find_map(|level| level.error.as_ref())
    }

    /// What takes a session for granted, by the name of its event, and which.
    pub(crate) fn sessions(&self) -> Vec<(&str, SessionType)> {
        let own = &self.own.events;
        // The others are never called here.
        let reached = |event: &String| !own.contains_key(event) && !own.contains_key(ANY);
        let everywhere = self.everywhere.events.iter();
        let events = own
            .iter()
            .chain(everywhere.filter(|(event, _)| reached(event)));
        let mut sessions = Vec::new();
        for (event, function) in events {
            let taken = function.sessions().into_iter();
            sessions.extend(taken.map(|session| (&**event, session)));
        }
        if let Some(function) = self.disconnect() {
            let taken = function.sessions().into_iter();
            sessions.extend(taken.map(|session| ("disconnect", session)));
        }
        sessions
    }

    /// The names of the events at this very path, for the log.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.own.events.keys().map(String::as_str)
    }
}
