#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("join")]
    const JOIN: &str = "join";

    async fn on_join(&self, room: String) {}
}

fn main() {}
