use hobnob::prelude::*;

fn main() {
    let _ = SocketIo::builder().on_connect("/chat", |_: Session<String>| true);
}
