#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("hello")]
    async fn on_connect(&self, client: Client) {}
}

fn main() {}
