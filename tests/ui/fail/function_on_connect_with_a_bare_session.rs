use hobnob::prelude::*;

struct User {
    _name: String,
}

fn main() {
    let _ = SocketIo::builder().on_connect("/chat", |name: String| User { _name: name });
}
