use hobnob::prelude::*;

struct Welcome {
    text: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, room: String) -> Welcome {
        Welcome { text: room }
    }
}

fn main() {}
