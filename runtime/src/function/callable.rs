//! Functions of up to eight arguments, called alike whether they return a future or not, and the lists
//! of their arguments. Rust can only enumerate them.

use std::future::Future;

use crate::{
    argument::{Argument, ConnectArgument, ConnectContext, SessionType},
    error::{ArgumentError, ConnectionRefused},
};

/// Something to call with `Args`. The mark `K` says which kind it is.
pub trait Callable<Args, K>: Send + Sync + 'static {
    #[doc(hidden)]
    type Returned;

    #[doc(hidden)]
    fn call_with(&self, arguments: Args) -> impl Future<Output = Self::Returned> + Send;
}

/// Marks a function that returns a future.
#[derive(Debug)]
pub enum Awaited {}

/// Marks a function that returns what it has to say at once.
#[derive(Debug)]
pub enum Immediate {}

/// The arguments of a function, made from a context. The marks `M` say where each comes from.
pub trait ArgumentList<C, M>: Sized {
    #[doc(hidden)]
    fn from_context(context: &mut C) -> Result<Self, ArgumentError>;

    /// The sessions that they take for granted.
    #[doc(hidden)]
    fn sessions() -> Vec<SessionType>;
}

/// The arguments of a function that lets clients in.
pub trait ConnectArgumentList<M>: Sized {
    #[doc(hidden)]
    fn from_context(
        context: &mut ConnectContext,
    ) -> impl Future<Output = Result<Self, ConnectionRefused>> + Send;
}

macro_rules! arity {
    ($($argument:ident $value:ident $mark:ident),*) => {
        #[diagnostic::do_not_recommend]
        impl<F, Fut, $($argument,)*> Callable<($($argument,)*), Awaited> for F
        where
            F: Fn($($argument,)*) -> Fut + Send + Sync + 'static,
            Fut: Future + Send,
            $($argument: Send,)*
        {
            type Returned = Fut::Output;

            fn call_with(
                &self,
                ($($value,)*): ($($argument,)*),
            ) -> impl Future<Output = Fut::Output> + Send {
                // Called once it is polled, where a panic is caught.
                async move { self($($value,)*).await }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<F, R, $($argument,)*> Callable<($($argument,)*), Immediate> for F
        where
            F: Fn($($argument,)*) -> R + Send + Sync + 'static,
            $($argument: Send,)*
        {
            type Returned = R;

            async fn call_with(&self, ($($value,)*): ($($argument,)*)) -> R {
                self($($value,)*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<C, $($argument: Argument<C, $mark>, $mark,)*> ArgumentList<C, ($($mark,)*)>
            for ($($argument,)*)
        {
            fn from_context(context: &mut C) -> Result<Self, ArgumentError> {
                // Without arguments nothing else does.
                let _ = &context;
                Ok(($($argument::from_context(context)?,)*))
            }

            fn sessions() -> Vec<SessionType> {
                let sessions: &[Option<SessionType>] = &[$($argument::session(),)*];
                sessions.iter().copied().flatten().collect()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($argument: ConnectArgument<$mark> + Send, $mark,)*> ConnectArgumentList<($($mark,)*)>
            for ($($argument,)*)
        {
            async fn from_context(context: &mut ConnectContext) -> Result<Self, ConnectionRefused> {
                let _ = &context;
                Ok(($($argument::from_context(context).await?,)*))
            }
        }
    };
}

arity!();
arity!(A1 a1 M1);
arity!(A1 a1 M1, A2 a2 M2);
arity!(A1 a1 M1, A2 a2 M2, A3 a3 M3);
arity!(A1 a1 M1, A2 a2 M2, A3 a3 M3, A4 a4 M4);
arity!(A1 a1 M1, A2 a2 M2, A3 a3 M3, A4 a4 M4, A5 a5 M5);
arity!(A1 a1 M1, A2 a2 M2, A3 a3 M3, A4 a4 M4, A5 a5 M5, A6 a6 M6);
arity!(A1 a1 M1, A2 a2 M2, A3 a3 M3, A4 a4 M4, A5 a5 M5, A6 a6 M6, A7 a7 M7);
arity!(A1 a1 M1, A2 a2 M2, A3 a3 M3, A4 a4 M4, A5 a5 M5, A6 a6 M6, A7 a7 M7, A8 a8 M8);
