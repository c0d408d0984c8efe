use hobnob::prelude::*;

#[derive(Serialize, Event)]
enum Notice {
    #[event("connect_error")]
    Failed,
}

fn main() {}
