#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat", room = "lobby")]
impl Chat {
    async fn on_join(&self, room: String) {}
}

fn main() {}
