#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_error(&self, error: EventError, room: String) {}
}

fn main() {}
