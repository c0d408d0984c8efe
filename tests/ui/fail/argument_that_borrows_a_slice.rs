#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_vote(&self, choices: &[u32]) {}
}

fn main() {}
