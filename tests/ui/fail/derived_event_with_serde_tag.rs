use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[serde(tag = "type")]
enum Notice {
    Joined { name: String },
    Left { name: String },
}

fn main() {}
