use hobnob::prelude::*;

#[namespace("/chat")]
struct Chat;

fn main() {}
