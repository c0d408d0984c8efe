use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event("")]
struct Joined;

fn main() {}
