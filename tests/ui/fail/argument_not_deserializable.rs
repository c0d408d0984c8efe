#![allow(unused_variables)]

use hobnob::prelude::*;

struct Membership {
    room: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, client: Client, membership: Membership) {}
}

fn main() {}
