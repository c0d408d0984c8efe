use hobnob::prelude::*;

fn nine(_: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8) {}

fn main() {
    let _ = SocketIo::builder().on("/chat", "nine", nine);
}
