#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_disconect(&self, client: Client, reason: DisconnectReason) {}
}

fn main() {}
