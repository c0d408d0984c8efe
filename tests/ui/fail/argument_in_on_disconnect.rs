#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_disconnect(&self, client: Client, room: String) {}
}

fn main() {}
