#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("join", "enter", "join")]
    async fn enter(&self, room: String) {}
}

fn main() {}
