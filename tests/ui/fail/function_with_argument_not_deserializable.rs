#![allow(dead_code)]

use hobnob::prelude::*;

struct Membership {
    room: String,
}

fn main() {
    let _ = SocketIo::builder().on("/chat", "join", async |_client: Client, _m: Membership| {});
}
