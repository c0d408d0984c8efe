#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat", "/talk")]
impl Chat {
    async fn on_join(&self, room: String) {}
}

fn main() {}
