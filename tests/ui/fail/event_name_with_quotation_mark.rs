use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("say \"hello\"")]
    async fn greet(&self) {}
}

fn main() {}
