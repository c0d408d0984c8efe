use hobnob::prelude::*;

use std::cell::RefCell;

struct User {
    rooms: RefCell<Vec<String>>,
}

struct Chat;

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_connect(&self) -> User {
        User {
            rooms: RefCell::default(),
        }
    }
}

fn main() {}
