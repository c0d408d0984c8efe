use hobnob::prelude::*;

#[derive(Serialize, Event)]
enum Notice {
    #[event("joined")]
    #[event("entered")]
    Joined {
        name: String,
    },
    Left {
        name: String,
    },
}

fn main() {}
