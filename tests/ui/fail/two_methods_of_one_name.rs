#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, room: String) {}

    async fn on_join(&self, room: String, password: String) {}
}

fn main() {}
