use hobnob::prelude::*;

#[derive(Serialize, Event)]
struct Disconnect {
    reason: String,
}

fn main() {}
