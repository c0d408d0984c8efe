#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async unsafe fn on_say(&self, text: String) {}
}

fn main() {}
