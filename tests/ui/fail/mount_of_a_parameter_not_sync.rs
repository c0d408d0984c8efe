#![allow(unused_variables)]

use hobnob::prelude::*;

use std::cell::RefCell;

struct Chat<S> {
    store: S,
}

#[namespace("/chat")]
impl<S> Chat<S> {
    async fn on_join(&self, room: String) {}
}

fn main() {
    let chat = Chat {
        store: RefCell::new(0),
    };
    let _ = SocketIo::builder().namespace(chat);
}
