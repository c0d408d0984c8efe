use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event]
struct Joined {
    name: String,
}

fn main() {}
