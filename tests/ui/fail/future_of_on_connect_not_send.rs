use hobnob::prelude::*;

use std::rc::Rc;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_connect(&self, client: Client) -> Result<(), ConnectionRefused> {
        let text = Rc::new("hello".to_owned());
        let _ = client.broadcast().send(text.as_str()).await;
        Ok(())
    }
}

fn main() {}
