#![allow(unused_variables)]

use hobnob::prelude::*;

#[namespace("/chat")]
async fn on_join(room: String) {}

fn main() {}
