#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

trait Handlers {
    async fn on_join(&self, room: String);
}

#[namespace("/chat")]
impl Handlers for Chat {
    async fn on_join(&self, room: String) {}
}

fn main() {}
