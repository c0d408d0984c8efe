use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_connect(&self) {}

    async fn on_connect(&self, token: String) -> bool {
        token == "secret"
    }
}

fn main() {}
