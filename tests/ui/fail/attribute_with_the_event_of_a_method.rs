#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("join")]
    async fn enter(&self, room: String) {}

    async fn on_join(&self, room: String) {}
}

fn main() {}
