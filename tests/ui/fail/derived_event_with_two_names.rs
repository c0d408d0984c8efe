use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event("joined", "entered")]
struct Joined {
    name: String,
}

fn main() {}
