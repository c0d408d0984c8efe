//! What is set from outside: the variables of the environment.

use std::env;

use hobnob::prelude::*;

pub(crate) struct Config {
    /// `HOST` and `PORT`: where it listens.
    pub(crate) address: String,
    /// `CHAT_PASSWORD`: what everybody needs to log in.
    pub(crate) password: String,
    /// `REDIS_URL`: what the nodes share.
    pub(crate) redis: String,
    /// `CHAT_HTTPS`: whether browsers reach it by https only, as they should.
    pub(crate) https: bool,
    /// `RUST_LOG`: what is logged.
    pub(crate) log: String,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self> {
        let host = variable("HOST", "127.0.0.1");
        let port = variable("PORT", "5000");
        let password = env::var("CHAT_PASSWORD").unwrap_or_default();
        if password.is_empty() {
            return Err(Error::hidden("CHAT_PASSWORD is not set"));
        }
        let https = match variable("CHAT_HTTPS", "no").as_str() {
            "yes" => true,
            "no" => false,
            other => {
                let wrong = format!("CHAT_HTTPS is yes or no, not {other}");
                return Err(Error::hidden(wrong));
            }
        };
        Ok(Self {
            address: format!("{host}:{port}"),
            password,
            redis: variable("REDIS_URL", "redis://127.0.0.1/"),
            https,
            log: variable("RUST_LOG", "info"),
        })
    }
}

fn variable(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}
