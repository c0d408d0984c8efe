use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[serde(transparent)]
struct Joined(String);

fn main() {}
