#![allow(unused_variables)]

use hobnob::prelude::*;

struct Full;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, room: String) -> Result<(), Full> {
        Err(Full)
    }
}

fn main() {}
