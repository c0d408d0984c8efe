use hobnob::prelude::*;

#[derive(Serialize, Event)]
enum Notice {
    Joined(String),
    #[serde(untagged)]
    Other(String),
}

fn main() {}
