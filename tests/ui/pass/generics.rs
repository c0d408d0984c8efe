//! Classes with type parameters, const parameters, bounds, a where clause, and none of them.

#![deny(warnings)]

use hobnob::prelude::*;
use std::{fmt::Display, marker::PhantomData};

trait Store: Send + Sync + 'static {
    fn get(&self, key: &str) -> Option<String>;
}

struct Memory;

impl Store for Memory {
    fn get(&self, key: &str) -> Option<String> {
        Some(key.to_owned())
    }
}

struct Library<S> {
    store: S,
}

#[namespace("/library")]
impl<S: Store> Library<S> {
    async fn on_get(&self, key: String) -> Option<String> {
        self.store.get(&key)
    }
}

/// Nothing is said about `S`: a `Loose<S>` is a namespace if it can be one.
struct Loose<S> {
    shown: S,
}

#[namespace("/loose")]
impl<S> Loose<S>
where
    S: Display,
{
    async fn on_show(&self) -> String {
        self.shown.to_string()
    }
}

struct Ring<T, const N: usize> {
    of: PhantomData<fn() -> T>,
}

#[namespace("/ring", session = [T; N])]
impl<T, const N: usize> Ring<T, N>
where
    T: Default + Copy + Serialize + for<'de> Deserialize<'de> + Send + Sync + 'static,
    [T; N]: Serialize,
{
    fn on_connect(&self, _first: T) -> [T; N] {
        [T::default(); N]
    }

    async fn on_turn(&self, ring: Session<[T; N]>, by: T) -> (T, [T; N]) {
        (by, *ring)
    }
}

struct Concrete<T>(T);

#[namespace("/concrete")]
impl Concrete<&'static str> {
    async fn on_show(&self) -> &'static str {
        self.0
    }
}

fn main() {
    let _ = SocketIo::builder()
        .namespace(Library { store: Memory })
        .namespace(Loose { shown: 5 })
        .namespace(Ring::<u32, 4> { of: PhantomData })
        .namespace(Concrete("text"));
}
