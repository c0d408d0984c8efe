//! Everything that a handler may return.

#![deny(warnings)]

use hobnob::{Bytes, prelude::*};
use std::{collections::HashMap, fmt, num::ParseIntError, rc::Rc, sync::Arc};

#[derive(Debug)]
struct Full(usize);

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "full with {}", self.0)
    }
}

impl std::error::Error for Full {}

#[derive(Serialize)]
struct Generic<T> {
    value: T,
}

struct Refused;

impl From<Refused> for ConnectionRefused {
    fn from(_: Refused) -> Self {
        Self::new("no")
    }
}

type Fallible<T = ()> = std::result::Result<T, Full>;

struct Replies;

#[namespace("/replies")]
impl Replies {
    fn on_connect(&self) -> Result<bool, Refused> {
        Ok(true)
    }

    fn on_unit(&self) {}
    fn on_explicit_unit(&self) -> () {}
    fn on_tuple(&self) -> (u8, String, Option<f64>) {
        (1, String::new(), None)
    }
    async fn on_array(&self) -> [i32; 3] {
        [1, 2, 3]
    }
    async fn on_text(&self) -> &'static str {
        "text"
    }
    async fn on_own(&self) -> &str {
        "borrowed from the class"
    }
    fn on_bytes(&self) -> Bytes {
        Bytes::new()
    }
    fn on_map(&self) -> HashMap<String, Vec<Generic<()>>> {
        HashMap::new()
    }
    fn on_shared(&self) -> Box<Generic<[u8; 2]>> {
        Box::new(Generic { value: [1, 2] })
    }
    fn on_impl(&self) -> impl Serialize {
        5
    }
    async fn on_impl_later(&self) -> impl Serialize + Send + use<'_> {
        6
    }
    async fn on_result(&self, text: String) -> Result<u32, ParseIntError> {
        text.parse()
    }
    async fn on_plain_result(&self) -> Result {
        Err(Error::public("no"))
    }
    fn on_alias(&self) -> Fallible {
        Err(Full(3))
    }
    fn on_alias_of(&self) -> Fallible<(u8, u8)> {
        Ok((1, 2))
    }
    fn on_nested(&self) -> Result<std::result::Result<u8, String>> {
        Ok(Err("sent as it is".to_owned()))
    }
    fn on_boxed(&self) -> std::result::Result<(), Error> {
        Err(Full(1))?
    }
    async fn on_not_send_but_not_held(&self) -> usize {
        let length = Rc::new("dropped in time").len();
        std::future::ready(length).await
    }

    fn on_disconnect(&self) -> Result<Arc<str>, Full> {
        Err(Full(2))
    }

    fn on_error(&self, error: EventError) -> (String, bool) {
        (error.to_string(), error.is_client_error())
    }
}

fn main() {
    let _ = SocketIo::builder().namespace(Replies);
}
