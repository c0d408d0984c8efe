#![allow(unused_variables)]

use hobnob::prelude::*;

#[derive(Default)]
struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_conect(&self, client: Client) {}

    async fn on_join(&mut self, room: String) {}

    #[event("say something")]
    async fn say(&self, client: Client, text: &str) {}
}

fn main() {
    let _ = SocketIo::builder().namespace(Chat::default());
}
