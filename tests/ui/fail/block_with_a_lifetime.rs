#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat<'a> {
    name: &'a str,
}

#[namespace("/chat")]
impl<'a> Chat<'a> {
    async fn on_join(&self, room: String) {}
}

fn main() {}
