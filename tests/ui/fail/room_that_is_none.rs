use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, client: Client, room: u32) -> Result {
        client.join(room)?;
        Ok(())
    }
}

fn main() {}
