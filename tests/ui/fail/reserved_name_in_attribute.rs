#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("connect")]
    async fn hello(&self, client: Client) {}
}

fn main() {}
