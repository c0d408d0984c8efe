use hobnob::prelude::*;

#[derive(Serialize, Event)]
struct Joined {
    #[event("who")]
    name: String,
}

fn main() {}
