//! `*` is the path of a class for all namespaces.

use hobnob::prelude::*;

struct Topic;

#[namespace("*", session = String)]
impl Topic {
    fn on_connect(&self, name: String) -> Result<String, ConnectionRefused> {
        Ok(name)
    }

    #[event("*")]
    fn anything(&self, client: Client) -> String {
        client.namespace().path().to_owned()
    }
}

fn main() {
    let _ = SocketIo::builder().namespace(Topic);
}
