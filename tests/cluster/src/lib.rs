//! What the tests of a cluster share: a class, the servers of a cluster as processes, and the backends
//! between them, each started for one test on a free port and ended with it.

mod backend;
mod guest;
mod hall;
mod node;

pub use backend::{PostgresServer, RedisServer};
pub use guest::{Guest, all_are_counted, heard, sids, sorted};
pub use hall::{Hall, builder};
pub use node::{Node, NodeOptions, signal};
