#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("")]
    async fn enter(&self, room: String) {}
}

fn main() {}
