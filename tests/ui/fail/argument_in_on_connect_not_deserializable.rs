#![allow(unused_variables)]

use hobnob::prelude::*;

struct Login {
    nickname: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_connect(&self, client: Client, login: Login) {}
}

fn main() {}
