//! How long things take that have no network in them, beside the same with closures on the engine alone.
//!
//! ```text
//! cargo bench -p hobnob --bench speed
//! cargo bench -p hobnob --bench speed -- emitting
//! ```
//!
//! The transport is in all of it, in memory: `transport` says how much that is. What is measured is the
//! round of [`ROUND`] events at once, from the client's frames to the answers that are back with it. Each
//! round has been looked at once before the clock starts.

#[path = "../in_memory/mod.rs"]
mod in_memory;

mod arguments;
mod connecting;
mod dispatch;
mod emitting;
mod replies;
mod round;
mod sides;
mod transport;

use std::time::Duration;

/// How many events are in a round.
const ROUND: usize = 50;

fn main() {
    divan::Divan::default()
        .min_time(Duration::from_secs(1))
        .config_with_args()
        .main();
}
