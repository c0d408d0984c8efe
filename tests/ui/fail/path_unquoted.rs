#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace(/chat)]
impl Chat {
    async fn on_join(&self, room: String) {}
}

fn main() {}
