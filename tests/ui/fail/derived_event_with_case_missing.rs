use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event(rename_all)]
struct UserJoined {
    name: String,
}

fn main() {}
