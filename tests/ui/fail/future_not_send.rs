use hobnob::prelude::*;

use std::rc::Rc;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, client: Client, text: String) -> Result {
        let text = Rc::new(text);
        client.broadcast().send(text.as_str()).await?;
        Ok(())
    }
}

fn main() {}
