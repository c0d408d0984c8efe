use hobnob::prelude::*;

struct Welcome {
    text: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, room: String) -> Result<Welcome> {
        Ok(Welcome { text: room })
    }
}

fn main() {}
