use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    fn new() -> Self {
        Self
    }
}

fn main() {}
