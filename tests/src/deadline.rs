//! Waiting that ends: for a future, or for a condition to come true.

use std::panic::Location;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// How long anything may take before a test gives it up, unless [told otherwise](crate::Client::patience).
pub const DEADLINE: Duration = Duration::from_secs(5);

/// How long [`eventually`] leaves a condition alone between two looks at it.
const TURN: Duration = Duration::from_millis(3);

/// Waits for `future`, no longer than [`DEADLINE`].
///
/// # Panics
///
/// If the future is not done by then: the message names `what` and the line of the caller.
#[track_caller]
pub fn deadline<F: Future>(what: &str, future: F) -> impl Future<Output = F::Output> + use<F> {
    let caller = Location::caller();
    let what = what.to_owned();
    async move {
        let Ok(output) = timeout(DEADLINE, future).await else {
            panic!("{caller}: waited {DEADLINE:?} for {what}");
        };
        output
    }
}

/// Looks at `condition` again and again until it holds, no longer than [`DEADLINE`], and returns
/// what was in its `Some`. For what happens without a message to wait for.
///
/// # Panics
///
/// If the condition does not hold by then: the message names `what` and the line of the caller.
#[track_caller]
pub fn eventually<S: Settled, F: Future<Output = S>>(
    what: &str,
    mut condition: impl FnMut() -> F,
) -> impl Future<Output = S::Value> {
    let caller = Location::caller();
    async move {
        let start = Instant::now();
        loop {
            let rest = DEADLINE.saturating_sub(start.elapsed());
            match timeout(rest, condition()).await.map(Settled::settled) {
                Ok(Some(value)) => return value,
                Ok(None) if !rest.is_zero() => sleep(TURN).await,
                _ => panic!("{caller}: waited {DEADLINE:?} for {what}"),
            }
        }
    }
}

/// What a condition of [`eventually`] may return: `bool` or `Option`.
pub trait Settled {
    /// What is known once the condition holds.
    type Value;

    /// The value, if the condition holds.
    fn settled(self) -> Option<Self::Value>;
}

impl Settled for bool {
    type Value = ();

    fn settled(self) -> Option<()> {
        self.then_some(())
    }
}

impl<T> Settled for Option<T> {
    type Value = T;

    fn settled(self) -> Option<T> {
        self
    }
}
