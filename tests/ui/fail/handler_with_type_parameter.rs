#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say<T: ToString>(&self, text: T) {}
}

fn main() {}
