use hobnob::prelude::*;

use std::rc::Rc;

async fn say(client: Client, text: String) -> Result {
    let text = Rc::new(text);
    client.broadcast().send(text.as_str()).await?;
    Ok(())
}

fn main() {
    let _ = SocketIo::builder().on("/chat", "say", say);
}
