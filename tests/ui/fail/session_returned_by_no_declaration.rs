use hobnob::prelude::*;

struct User {
    nickname: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_connect(&self, nickname: String) -> User {
        User { nickname }
    }
}

fn main() {}
