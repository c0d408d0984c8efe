#![allow(unused_variables)]

use hobnob::prelude::*;

struct User {
    nickname: String,
}

struct Guest;

struct Chat;

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_connect(&self, nickname: String) -> User {
        User { nickname }
    }

    async fn on_join(&self, guest: Session<Guest>, room: String) {}
}

fn main() {}
