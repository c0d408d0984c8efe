use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, room: String) -> Result<(), String> {
        Err(format!("{room} is full"))
    }
}

fn main() {}
