use hobnob::prelude::*;

struct User;

struct Guest;

#[derive(Default)]
struct Chat;

#[namespace("/chat", session = User, session = Guest)]
impl Chat {
    async fn on_connect(&self) -> User {
        User
    }
}

fn main() {}
