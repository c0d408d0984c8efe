//! `Valid<T>` as an argument: what the client sent, checked by the rules that garde finds on its type.

use garde::{Report, Unvalidated, Valid, Validate};
use serde::de::DeserializeOwned;

use super::{Argument, ConnectArgument, connect::ConnectContext, context::EventContext};
use crate::error::{ArgumentError, ConnectionRefused, Position};

/// Marks what is decoded and then checked.
#[derive(Debug)]
pub enum FromWireValid {}

#[diagnostic::do_not_recommend]
impl<N, T> Argument<EventContext<N>, FromWireValid> for Valid<T>
where
    T: DeserializeOwned + Validate<Context: Default>,
{
    fn from_context(context: &mut EventContext<N>) -> Result<Self, ArgumentError> {
        let (value, position) = context.next_argument_at::<T>()?;
        check(value, position)
    }
}

#[diagnostic::do_not_recommend]
impl<T> ConnectArgument<FromWireValid> for Valid<T>
where
    T: DeserializeOwned + Validate<Context: Default> + Send,
{
    async fn from_context(context: &mut ConnectContext) -> Result<Self, ConnectionRefused> {
        let value: T = context.auth()?;
        Ok(check(value, Position::Auth)?)
    }
}

fn check<T: Validate<Context: Default>>(
    value: T,
    position: Position,
) -> Result<Valid<T>, ArgumentError> {
    let checked = Unvalidated::new(value).validate();
    checked.map_err(|report| error(position, &report))
}

/// One mistake is shown where it is; several are listed.
fn error(position: Position, report: &Report) -> ArgumentError {
    let mistakes: Vec<_> = report.iter().collect();
    if let [(path, mistake)] = &*mistakes {
        return ArgumentError {
            position,
            path: path.to_string(),
            message: mistake.to_string(),
        };
    }
    let listed = mistakes
        .iter()
        .map(|(path, mistake)| format!("`{path}`: {mistake}"));
    ArgumentError {
        position,
        path: String::new(),
        message: listed.collect::<Vec<_>>().join("; "),
    }
}
