#![allow(unused_variables)]

use hobnob::prelude::*;

struct User {
    nickname: String,
}

struct Chat;

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_connect(&self, nickname: String) -> Result<(), ConnectionRefused> {
        Ok(())
    }
}

fn main() {}
