#![allow(unused_variables)]

use hobnob::prelude::*;

use hobnob::axum::extract::Query;

#[derive(Deserialize)]
struct Login {
    token: String,
}

struct Chat;

#[namespace("/chat")]
impl Chat {
    async fn on_join(&self, query: Query<Login>, room: String) {}
}

fn main() {}
