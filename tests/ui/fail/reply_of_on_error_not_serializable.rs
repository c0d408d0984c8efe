#![allow(unused_variables)]

use hobnob::prelude::*;

struct Problem {
    text: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, text: String) {}

    async fn on_error(&self, error: EventError) -> Problem {
        Problem {
            text: error.to_string(),
        }
    }
}

fn main() {}
