#![allow(unused_variables)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    fn on_say(&self, text: String) -> impl Future<Output = ()> {
        async {}
    }
}

fn main() {}
