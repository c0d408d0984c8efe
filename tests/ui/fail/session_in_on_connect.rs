use hobnob::prelude::*;

struct User {
    nickname: String,
}

struct Chat;

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_connect(&self, user: Session<User>) -> User {
        User {
            nickname: user.nickname.clone(),
        }
    }
}

fn main() {}
