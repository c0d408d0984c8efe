#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_leave(&self, error: EventError) {}
}

fn main() {}
