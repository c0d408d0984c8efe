use hobnob::prelude::*;

fn main() {
    let _ = SocketIo::builder().on("/chat", "say", || -> Result<(), u8> { Err(1) });
}
