use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event("notice")]
enum Notice {
    Joined { name: String },
    Left { name: String },
}

fn main() {}
