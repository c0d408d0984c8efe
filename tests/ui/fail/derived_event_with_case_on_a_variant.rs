use hobnob::prelude::*;

#[derive(Serialize, Event)]
enum Notice {
    #[event(rename_all = "camelCase")]
    UserJoined { name: String },
}

fn main() {}
