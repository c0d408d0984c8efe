#![allow(unused_variables)]

use hobnob::prelude::*;

use std::sync::Arc;

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(self: Arc<Self>, room: String) {}
}

fn main() {}
