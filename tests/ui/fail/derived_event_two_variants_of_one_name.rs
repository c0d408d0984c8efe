use hobnob::prelude::*;

#[derive(Serialize, Event)]
enum Notice {
    Joined { name: String },
    #[event("joined")]
    Entered { name: String },
}

fn main() {}
