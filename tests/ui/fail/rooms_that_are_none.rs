use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, client: Client, rooms: Vec<u32>, text: String) -> Result {
        client.to(rooms).send(text).await?;
        Ok(())
    }
}

fn main() {}
