use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event(joined)]
struct Joined {
    name: String,
}

fn main() {}
