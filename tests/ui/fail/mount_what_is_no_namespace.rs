#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

impl Chat {
    async fn on_join(&self, room: String) {}
}

fn main() {
    let _ = SocketIo::builder().namespace(Chat);
}
