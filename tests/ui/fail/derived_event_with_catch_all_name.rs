use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event("*")]
struct Anything;

fn main() {}
