use hobnob::prelude::*;

struct Full;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_disconnect(&self) -> Result<(), Full> {
        Err(Full)
    }
}

fn main() {}
