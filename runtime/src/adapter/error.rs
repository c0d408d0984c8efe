//! What is told where a cluster is not reached.

use std::fmt;

use socketioxide_core::adapter::errors::AdapterError;

/// An operation did not get through to the other servers of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// What is between the servers is away, or this server cannot get to it. Clients of this server have
    /// got what was for them.
    #[error("the cluster was not reached: {0}")]
    Unreachable(String),
    /// Some servers did not answer in time.
    #[error("{servers} of the cluster's servers did not answer in time")]
    Unanswered {
        /// How many.
        servers: usize,
    },
}

impl ClusterError {
    /// What a [`PubSub`](crate::Cluster) says when it cannot get through: for the log and the developer.
    pub fn unreachable(reason: impl fmt::Display) -> Self {
        Self::Unreachable(reason.to_string())
    }
}

/// The engine's error cannot be shared between threads. One of ours is found again in it; of others the
/// text is kept.
impl From<AdapterError> for ClusterError {
    fn from(error: AdapterError) -> Self {
        let text = error.to_string();
        match error.0.downcast::<Self>() {
            Ok(ours) => *ours,
            Err(_) => Self::Unreachable(text),
        }
    }
}

impl From<ClusterError> for AdapterError {
    fn from(error: ClusterError) -> Self {
        let boxed: Box<dyn std::error::Error + Send> = Box::new(error);
        Self::from(boxed)
    }
}
