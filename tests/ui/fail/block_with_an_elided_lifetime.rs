#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat<'a> {
    name: &'a str,
}

#[namespace("/chat")]
impl Chat<'_> {
    async fn on_join(&self, room: String) {}
}

fn main() {}
