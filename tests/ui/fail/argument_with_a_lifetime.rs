#![allow(unused_variables)]

use hobnob::prelude::*;

use std::borrow::Cow;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_say(&self, message: Message<'_>) {}
}

fn main() {}
