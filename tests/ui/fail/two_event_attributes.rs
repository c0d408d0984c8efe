#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("join")]
    #[event("enter")]
    async fn enter(&self, room: String) {}
}

fn main() {}
