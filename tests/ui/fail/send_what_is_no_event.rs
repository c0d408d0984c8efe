use hobnob::prelude::*;

#[derive(Serialize)]
struct Said {
    text: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, client: Client, text: String) -> Result {
        client.broadcast().send(Said { text }).await?;
        Ok(())
    }
}

fn main() {}
