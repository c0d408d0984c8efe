#![allow(unused_variables)]

use hobnob::prelude::*;

struct User {
    nickname: String,
}

struct Chat;

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_join(&self, user: Session<User>, room: String) {}
}

fn main() {}
