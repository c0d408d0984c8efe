//! The errors of hobnob: one type for what a handler returns, and one for each operation.

mod application;
mod event;
mod operation;
mod refused;
mod response;

pub(crate) use self::event::Position;
pub(crate) use self::operation::UnknownNamespace;
pub use self::{
    application::{Error, Result},
    event::{ArgumentError, EventError, Panic},
    operation::{BuildError, CallError, EmitError, RoomError, ServeError},
    refused::ConnectionRefused,
};

#[cfg(test)]
mod tests {
    use std::{error::Error as StdError, io};

    use super::*;
    use crate::{adapter::ClusterError, sid::Sid};

    /// Each text with those of its causes, as a log has them.
    fn chain(error: &dyn StdError) -> Vec<String> {
        let mut texts = vec![error.to_string()];
        texts.extend(error.source().map(chain).unwrap_or_default());
        texts
    }

    fn argument() -> ArgumentError {
        ArgumentError {
            position: Position::Argument(2),
            path: "name".to_owned(),
            message: "missing".to_owned(),
        }
    }

    fn cluster() -> ClusterError {
        socketioxide_core::adapter::errors::AdapterError::from(Box::new(io::Error::other(
            "a plug was pulled",
        ))
            as Box<dyn StdError + Send>)
        .into()
    }

    #[test]
    fn a_cause_is_told_once() {
        let argument_text = "argument 2, `name`: missing";
        let cluster_text = "the cluster was not reached: a plug was pulled";
        let taken = || io::Error::other("taken");
        let errors: [(Box<dyn StdError + Send + Sync>, &[&str]); 13] = [
            (Box::new(argument()), &[argument_text]),
            (Box::new(EventError::from(argument())), &[argument_text]),
            (
                Box::new(EventError::from(ConnectionRefused::new("not you"))),
                &["refused: not you"],
            ),
            (
                Box::new(EventError::from(
                    Error::public("later").with_source(taken()),
                )),
                &["later: taken"],
            ),
            (
                Box::new(EventError::from(Panic::new(&"a secret"))),
                &["the handler panicked: a secret"],
            ),
            (Box::new(EmitError::from(cluster())), &[cluster_text]),
            (Box::new(RoomError::from(cluster())), &[cluster_text]),
            (
                Box::new(CallError::from(argument())),
                &["the answer cannot be decoded", argument_text],
            ),
            (
                Box::new(CallError::from(EmitError::from(cluster()))),
                &[cluster_text],
            ),
            (
                Box::new(CallError::from(EmitError::Slow)),
                &["the client reads too slowly"],
            ),
            (
                Box::new(BuildError::Cluster {
                    path: "/chat".to_owned(),
                    source: cluster(),
                }),
                &[
                    "the namespace `/chat` could not join the cluster",
                    cluster_text,
                ],
            ),
            (
                Box::new(ServeError::Bind {
                    address: "127.0.0.1:1".to_owned(),
                    source: taken(),
                }),
                &["cannot listen on 127.0.0.1:1", "taken"],
            ),
            (
                Box::new("a room".parse::<Sid>().unwrap_err()),
                &["not a sid: a sid is `~` and 16 characters"],
            ),
        ];
        for (error, expected) in errors {
            assert_eq!(chain(&*error), expected);
        }
        let whole = Error::from(CallError::from(argument())).to_string();
        assert_eq!(
            whole,
            format!("the answer cannot be decoded: {argument_text}")
        );
    }
}
