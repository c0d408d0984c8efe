//! What handles events, as the builder is given it: classes, functions beside them, middleware around
//! both.

use std::{collections::HashMap, future::Future, sync::Arc};

use serde::Serialize;

use super::{OnError, SocketIoBuilder, mounting::Mountable};
use crate::{
    argument::EventName,
    client::Client,
    error::{BuildError, EventError},
    event::is_reserved,
    function::{ConnectHandler, DisconnectHandler, Functions, Handler},
    middleware::{AnyMiddleware, Middleware},
};

#[derive(Default)]
pub(super) struct Handlers {
    pub(super) mounts: Vec<(String, Box<dyn Mountable>)>,
    pub(super) functions: HashMap<String, Functions>,
    pub(super) middleware: Vec<Arc<dyn AnyMiddleware>>,
    pub(super) middleware_at: Vec<(String, Arc<dyn AnyMiddleware>)>,
    /// Namespaces to be there even if nothing is.
    pub(super) accepted: Vec<String>,
    /// What was wrong with what was given, for `build` to say.
    pub(super) mistakes: Vec<BuildError>,
}

impl Handlers {
    /// Adds a function; `event` is what it is there for.
    fn add(&mut self, path: String, event: &str, add: impl FnOnce(&mut Functions) -> bool) {
        let functions = self.functions.entry(path.clone()).or_default();
        if !add(functions) {
            let event = event.to_owned();
            self.mistakes
                .push(BuildError::DuplicateFunction { path, event });
        }
    }
}

/// # Functions
///
/// Handlers that are no methods, beside classes or without any. Where there is a function and a method
/// for one event, the function handles it, as in Flask-SocketIO: of the functions first the one for this
/// event in this namespace, then the namespace's catch-all, then the same of the path `"*"`, which
/// stands for all namespaces; the class comes last.
impl SocketIoBuilder {
    /// Handles an event with a function: the arguments of a method without `&self`, and what a method
    /// returns.
    ///
    /// The event `"*"` is every one that no other function of the namespace handles, the path `"*"`
    /// every namespace that there is. [`concurrent`](crate::concurrent) takes the function out of its
    /// clients' lines. A function may take a [`Session<T>`](crate::Session) if `T` is what `on_connect`
    /// of the namespace returns.
    ///
    /// Where an error type of yours is also `Serialize`, turn it into an [`Error`](crate::Error) with
    /// `map_err`: the compiler could not say which of the two it is here. A method has no such doubt.
    ///
    /// Flask-SocketIO: `@socketio.on('my event', namespace='/test')`, `on_event`.
    ///
    /// ```
    /// use hobnob::prelude::*;
    ///
    /// async fn ping(client: Client) -> Result {
    ///     client.emit("pong", ())?;
    ///     Ok(())
    /// }
    ///
    /// let builder = SocketIo::builder()
    ///     .on("/test", "ping", ping)
    ///     .on("/test", "add", |a: i32, b: i32| a + b)
    ///     .on("/test", "shout", async |client: Client, text: String| -> Result<usize> {
    ///         client.broadcast().send(text.to_uppercase()).await?;
    ///         Ok(text.len())
    ///     });
    /// # drop(builder);
    /// ```
    pub fn on<H, M: 'static>(
        mut self,
        path: impl Into<String>,
        event: impl Into<String>,
        handler: H,
    ) -> Self
    where
        H: Handler<M>,
    {
        let (path, event) = (path.into(), event.into());
        if is_reserved(&event) {
            let reason = match &*event {
                "connect" => "what lets clients in is given to `on_connect`",
                "disconnect" => "what sees clients off is given to `on_disconnect`",
                _ => "the name belongs to the protocol",
            };
            self.handlers.mistakes.push(BuildError::ReservedEvent {
                path,
                event,
                reason,
            });
            return self;
        }
        self.handlers.add(path, &event.clone(), |functions| {
            functions.on(event, handler)
        });
        self
    }

    /// Lets clients in with a function: the arguments of a method `on_connect` without `&self`. It
    /// returns nothing, `bool`, or a `Result` whose `Ok` is the session.
    ///
    /// Flask-SocketIO: `@socketio.on('connect', namespace='/test')`.
    ///
    /// ```
    /// use hobnob::prelude::*;
    ///
    /// struct User { name: String }
    ///
    /// let builder = SocketIo::builder()
    ///     .on_connect("/test", |name: Option<String>| {
    ///         let name = name.ok_or("a name, please")?;
    ///         Ok::<_, ConnectionRefused>(User { name })
    ///     })
    ///     .on("/test", "whoami", |user: Session<User>| user.name.clone());
    /// # drop(builder);
    /// ```
    pub fn on_connect<H, M: 'static>(mut self, path: impl Into<String>, handler: H) -> Self
    where
        H: ConnectHandler<M>,
    {
        let add = |functions: &mut Functions| functions.on_connect(handler);
        self.handlers.add(path.into(), "connect", add);
        self
    }

    /// Sees clients off with a function: the arguments of a method `on_disconnect` without `&self`.
    ///
    /// Flask-SocketIO: `@socketio.on('disconnect', namespace='/test')`.
    ///
    /// ```
    /// use hobnob::prelude::*;
    ///
    /// let builder = SocketIo::builder().on_disconnect("/test", |client: Client, reason: DisconnectReason| {
    ///     tracing::info!("{} has left: {reason}", client.sid());
    /// });
    /// # drop(builder);
    /// ```
    pub fn on_disconnect<H, M: 'static>(mut self, path: impl Into<String>, handler: H) -> Self
    where
        H: DisconnectHandler<M>,
    {
        let add = |functions: &mut Functions| functions.on_disconnect(handler);
        self.handlers.add(path.into(), "disconnect", add);
        self
    }

    /// As [`on_error`](Self::on_error), for the events of one namespace. It comes before `on_error` of the
    /// class, which does not run then. At `"*"` it is for all namespaces without one of their own.
    ///
    /// Flask-SocketIO: `@socketio.on_error('/test')`.
    pub fn on_error_at<F, Fut, R>(mut self, path: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Client, EventName, EventError) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: Serialize,
    {
        let handler = boxed_on_error(handler);
        let add = |functions: &mut Functions| functions.error.replace(handler).is_none();
        self.handlers.add(path.into(), "error", add);
        self
    }

    /// Lets clients connect to these namespaces even if nothing is there for them: `"*"` to any. What
    /// the server sends there reaches them, and functions for all namespaces handle their events.
    ///
    /// Flask-SocketIO: `namespaces=[..]`. There `/` is accepted unless it is said otherwise.
    ///
    /// ```
    /// use hobnob::prelude::*;
    ///
    /// let builder = SocketIo::builder().accept(["/news", "/weather"]);
    /// # drop(builder);
    /// ```
    pub fn accept<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.handlers
            .accepted
            .extend(paths.into_iter().map(Into::into));
        self
    }

    /// Puts a [`Middleware`] around the handlers of all namespaces: it sees every client connect, send
    /// events and leave. The first one added is the outermost.
    ///
    /// Flask-SocketIO: overriding `trigger_event` in every class.
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.handlers.middleware.push(Arc::new(middleware));
        self
    }

    /// Puts a [`Middleware`] around the handlers of one namespace, inside those of the server. At `"*"`
    /// it is around those of the class that is mounted there.
    ///
    /// Flask-SocketIO: overriding `trigger_event` in a class.
    pub fn middleware_at(mut self, path: impl Into<String>, middleware: impl Middleware) -> Self {
        let added = (path.into(), Arc::new(middleware) as Arc<dyn AnyMiddleware>);
        self.handlers.middleware_at.push(added);
        self
    }
}

pub(super) fn boxed_on_error<F, Fut, R>(handler: F) -> OnError
where
    F: Fn(Client, EventName, EventError) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: Serialize,
{
    let handler = Arc::new(handler);
    Arc::new(move |client, event, error| {
        let handler = Arc::clone(&handler);
        // Called in here, where a panic of it is caught as well.
        Box::pin(async move {
            let answer = serde_json::to_value(handler(client, event, error).await);
            answer.unwrap_or_else(|_| serde_json::json!({ "error": "internal error" }))
        })
    })
}
