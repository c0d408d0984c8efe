#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("*", "join")]
    async fn anything(&self, event: EventName) {}
}

fn main() {}
