//! What is left alone: documentation, constants, ordinary methods, other blocks, attributes.

#![deny(warnings, missing_docs)]
#![warn(unused_qualifications, rust_2018_idioms)]

use hobnob::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A class.
#[derive(Debug, Default)]
pub struct Chat {
    joined: AtomicUsize,
}

/// The block is documented as well.
#[namespace("/chat")]
#[allow(dead_code)]
impl Chat {
    /// A constant.
    pub const LIMIT: usize = 10;

    /// Not a handler, whatever it takes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Not a handler: `on` is followed by nothing.
    pub fn on_(&mut self, _text: &str) {}

    /// Not a handler either, though it is generic, unsafe and takes the class whole.
    ///
    /// # Safety
    ///
    /// It is safe.
    pub unsafe fn only<T: ToString>(self, text: &T) -> impl ToString {
        text.to_string()
    }

    /// Handles `join`.
    #[doc(alias = "enter")]
    #[must_use]
    pub async fn on_join(&self, #[allow(unused)] room: String) -> usize {
        self.count()
    }

    #[deprecated = "for old clients"]
    /// Handles `enter`.
    pub fn on_enter(&self, room: String) {
        let _ = room;
    }

    #[inline]
    #[allow(unused_variables, reason = "an example")]
    #[event("leave", "go away")]
    /// Handles `leave`.
    async fn whatever(&self, client: Client) {}

    fn count(&self) -> usize {
        (self.joined.fetch_add(1, Ordering::Relaxed) + 1).min(Self::LIMIT)
    }
}

impl Chat {
    /// Called `on_` something, but in another block: not a handler.
    pub fn on_paper(&mut self, _text: &str) {}
}

/// A class in a module, of private types only.
mod private {
    use hobnob::prelude::*;

    #[derive(Deserialize)]
    struct Asked(String);

    #[derive(Serialize)]
    struct Answer(String);

    pub(super) struct Secret;

    pub(super) struct Hidden;

    #[namespace(session = Secret)]
    impl Hidden {
        fn on_connect(&self) -> Secret {
            Secret
        }

        fn on_ask(&self, _: Session<Secret>, asked: Asked) -> Answer {
            Answer(asked.0)
        }
    }
}

fn main() {
    let _ = SocketIo::builder()
        .namespace(Chat::new())
        .namespace(private::Hidden);
}
