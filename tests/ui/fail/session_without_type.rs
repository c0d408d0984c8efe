use hobnob::prelude::*;

struct User;

struct Chat;

#[namespace("/chat", session)]
impl Chat {
    async fn on_connect(&self) -> User {
        User
    }
}

fn main() {}
