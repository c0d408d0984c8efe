use hobnob::prelude::*;

struct Chat<S> {
    store: S,
}

#[namespace("/chat")]
impl<S> Chat<S> {
    async fn on_join(&self, room: String) {}
}

fn main() {}
