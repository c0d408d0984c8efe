#![allow(unused_variables)]

use hobnob::prelude::*;

use std::cell::RefCell;

struct Chat {
    rooms: RefCell<Vec<String>>,
}

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, room: String) {}
}

fn main() {}
