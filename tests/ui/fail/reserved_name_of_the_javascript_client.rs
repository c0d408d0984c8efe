#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("newListener")]
    async fn listen(&self, client: Client) {}
}

fn main() {}
