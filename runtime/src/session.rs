//! What `on_connect` returned: who the client is, for as long as it is connected.

use std::{fmt, ops::Deref, sync::Arc};

/// The value that `on_connect` returned for this client, as an argument of every other handler.
///
/// The class names the type: `#[namespace("/chat", session = User)]`. A handler that takes a
/// `Session<User>` cannot run without one: a client is connected only if `on_connect` returned it.
/// It is shared by all handlers of the client; what changes goes into a `Mutex` or an atomic in it.
///
/// Flask-SocketIO: the `session`, untyped, and the `current_user` of Flask-Login.
///
/// ```
/// use hobnob::prelude::*;
///
/// struct User { name: String }
/// struct Greeter;
///
/// #[namespace(session = User)]
/// impl Greeter {
///     fn on_connect(&self, name: String) -> User {
///         User { name }
///     }
///
///     fn on_greet(&self, user: Session<User>) -> String {
///         format!("hello, {}", user.name)
///     }
/// }
/// ```
pub struct Session<T> {
    value: Arc<T>,
}

impl<T> Session<T> {
    pub(crate) fn new(value: Arc<T>) -> Self {
        Self { value }
    }
}

impl<T> Deref for Session<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Clone for Session<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.value))
    }
}

impl<T: fmt::Debug> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.value).finish()
    }
}
