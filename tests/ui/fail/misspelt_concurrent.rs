#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("search", concurent)]
    async fn search(&self, text: String) {}
}

fn main() {}
