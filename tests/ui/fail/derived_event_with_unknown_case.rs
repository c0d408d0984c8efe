use hobnob::prelude::*;

#[derive(Serialize, Event)]
#[event(rename_all = "camel")]
enum Notice {
    UserJoined { name: String },
    UserLeft { name: String },
}

fn main() {}
