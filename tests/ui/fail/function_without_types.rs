use hobnob::prelude::*;

fn main() {
    let _ = SocketIo::builder().on("/chat", "say", |text| println!("{text}"));
}
