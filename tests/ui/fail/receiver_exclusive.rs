#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat {
    joined: usize,
}

#[namespace("/chat")]
impl Chat {
    async fn on_join(&mut self, room: String) {
        self.joined += 1;
    }
}

fn main() {}
