//! `Session<T>` as an argument. A class says what its session is, and the compiler sees to it; for a
//! function the server does, when it is built.

use std::any::{TypeId, type_name};

use super::{
    Argument, FromContext,
    context::{DisconnectContext, ErrorContext, EventContext, HandlerContext},
};
use crate::{
    client::Client, error::ArgumentError, function::Function, namespace::Namespace,
    session::Session,
};

/// Which type a session is of.
#[derive(Debug, Clone, Copy)]
pub struct SessionType {
    id: TypeId,
    pub(crate) name: &'static str,
}

impl SessionType {
    pub(crate) fn of<T: 'static>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        }
    }
}

impl PartialEq for SessionType {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

macro_rules! session_of_a_class {
    ($($context:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<N: Namespace> Argument<$context<N>, FromContext> for Session<N::Session> {
            fn from_context(context: &mut $context<N>) -> Result<Self, ArgumentError> {
                Ok(session(context.client()))
            }
        }
    )+};
}

session_of_a_class!(EventContext, DisconnectContext, ErrorContext);

macro_rules! session_of_a_function {
    ($($context:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Send + Sync + 'static> Argument<$context<Function>, FromContext> for Session<T> {
            fn from_context(context: &mut $context<Function>) -> Result<Self, ArgumentError> {
                Ok(session(context.client()))
            }

            fn session() -> Option<SessionType> {
                Some(SessionType::of::<T>())
            }
        }
    )+};
}

session_of_a_function!(EventContext, DisconnectContext);

fn session<T: Send + Sync + 'static>(client: &Client) -> Session<T> {
    #[expect(
        clippy::expect_used,
        reason = "no handler runs before on_connect has returned, and its type was looked at before"
    )]
    client
        .session()
        .expect("a handler runs without its session")
}
