use hobnob::prelude::*;

fn main() {
    let _ = SocketIo::builder().on_disconnect("/chat", |_client: Client, _text: String| {});
}
