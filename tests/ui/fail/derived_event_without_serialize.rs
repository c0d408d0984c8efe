use hobnob::prelude::*;

#[derive(Event)]
struct Said {
    text: String,
}

fn main() {}
