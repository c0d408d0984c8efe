#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say<'a>(&'a self, text: String) {}
}

fn main() {}
