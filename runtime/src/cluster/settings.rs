//! The options of a cluster and their defaults.

use std::time::Duration;

use crate::error::BuildError;

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) prefix: String,
    pub(super) request_timeout: Duration,
    pub(super) heartbeat_interval: Duration,
    pub(super) heartbeat_timeout: Duration,
    /// The channels of Python workers.
    pub(super) python_workers: Vec<String>,
}

pub(super) const PREFIX: &str = "hobnob";

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: PREFIX.to_owned(),
            request_timeout: Duration::from_secs(5),
            heartbeat_interval: Duration::from_secs(2),
            heartbeat_timeout: Duration::from_secs(8),
            python_workers: Vec::new(),
        }
    }
}

impl Settings {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let invalid = |option, value, reason| BuildError::InvalidOption {
            option,
            value,
            reason,
        };
        let of_a_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !(1..=30).contains(&self.prefix.len()) || !self.prefix.chars().all(of_a_name) {
            return Err(invalid(
                "prefix",
                format!("`{}`", self.prefix),
                "it has 1 to 30 letters, digits, `.`, `-` and `_`",
            ));
        }
        if self.heartbeat_interval.is_zero() {
            let reason = "there would be nothing but heartbeats";
            return Err(invalid("heartbeat_interval", "zero".to_owned(), reason));
        }
        if self.heartbeat_timeout < self.heartbeat_interval * 2 {
            return Err(invalid(
                "heartbeat_timeout",
                format!("{:?}", self.heartbeat_timeout),
                "it is at least twice the heartbeat_interval, or servers would be gone that are there",
            ));
        }
        Ok(())
    }
}
