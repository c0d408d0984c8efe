#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("*")]
    async fn anything(&self, event: EventName) {}

    #[event("*")]
    async fn everything(&self, event: EventName) {}
}

fn main() {}
