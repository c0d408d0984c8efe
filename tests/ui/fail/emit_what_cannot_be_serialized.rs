use hobnob::prelude::*;

struct Said {
    text: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, client: Client, text: String) -> Result {
        client.emit("said", Said { text })?;
        Ok(())
    }
}

fn main() {}
