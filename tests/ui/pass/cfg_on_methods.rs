//! Methods that are there under a condition: handlers, all three steps, the catch-all, a session.

#![deny(warnings)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[cfg(test)]
    async fn on_join(&self, _room: String, not_there: NotThere) {}

    #[cfg(not(test))]
    async fn on_join(&self, _room: String) {}

    #[cfg(not(test))]
    #[event("leave", "go")]
    async fn leave(&self) {}

    #[cfg(test)]
    #[event("leave")]
    async fn leave_in_tests(&self, not_there: NotThere) {}

    #[cfg(all(test, unix))]
    async fn on_connect(&self, not_there: NotThere) {}

    #[cfg(not(test))]
    #[cfg(any(unix, not(unix)))]
    async fn on_connect(&self, _client: Client) -> bool {
        true
    }

    #[cfg(test)]
    async fn on_disconnect(&self, not_there: NotThere) {}

    #[cfg(not(test))]
    async fn on_error(&self, error: EventError) -> String {
        error.to_string()
    }

    #[cfg(test)]
    #[event("*")]
    async fn anything(&self, not_there: NotThere) {}
}

struct Conditional;

#[namespace("/conditional", session = u32)]
impl Conditional {
    #[cfg(not(test))]
    async fn on_connect(&self) -> u32 {
        1
    }

    #[cfg(test)]
    async fn on_connect(&self) -> u32 {
        2
    }

    #[cfg(not(test))]
    #[event("*")]
    async fn anything(&self, number: Session<u32>) -> u32 {
        *number
    }

    #[cfg(test)]
    #[event("*")]
    async fn everything(&self) {}
}

fn main() {
    let _ = SocketIo::builder().namespace(Chat).namespace(Conditional);
}
