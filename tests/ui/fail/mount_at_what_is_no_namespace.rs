use hobnob::prelude::*;

struct Chat;

fn main() {
    let _ = SocketIo::builder().namespace_at("/chat", Chat);
}
