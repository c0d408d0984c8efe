//! Typed events: the type says which event it is and what its arguments are.

mod variant;

use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeTuple};

#[doc(hidden)]
pub use self::variant::{fields, object};

/// A value that knows which event it is: what [`Client::send`](crate::Client::send) and the other
/// `send`s take.
///
/// Derive it with `#[derive(Serialize, Event)]`. A struct is the event of its own name in snake
/// case, an enum has one event for each variant; `#[event("any name")]` on either names it
/// otherwise, and `#[event(rename_all = "camelCase")]` writes the names in another case.
///
/// | | event | arguments |
/// |---|---|---|
/// | `struct UserJoined { name: String }` | `user_joined` | one object |
/// | `struct Ping;` | `ping` | none |
/// | `struct Moved(i32, i32);` | `moved` | one for each field |
/// | variant `Left { name: String }` | `left` | one object |
/// | variant `Cleared` | `cleared` | none |
/// | variant `Moved(i32, i32)` | `moved` | one for each field |
///
/// A field that serde renames is renamed in the object: `#[serde(rename_all = "camelCase")]` on a struct is
/// about its fields, `#[event(rename_all = "camelCase")]` about its name.
///
/// Plain values are events as well, as in Flask-SocketIO's `send()`: text and [`Bytes`] are the
/// event `message`, a [`serde_json::Value`] is the event `json`.
///
/// ```
/// use hobnob::prelude::*;
///
/// #[derive(Serialize, Event)]
/// struct UserJoined<'a> { name: &'a str }
///
/// #[derive(Serialize, Event)]
/// enum Board {
///     Moved(i32, i32),
///     #[event("all gone")]
///     Cleared,
/// }
///
/// assert_eq!(UserJoined { name: "ann" }.name(), "user_joined");
/// assert_eq!(Board::Moved(1, 2).name(), "moved");
/// assert_eq!(Board::Cleared.name(), "all gone");
/// assert_eq!("hello".name(), "message");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which event it is",
    label = "not an event",
    note = "derive it, with `#[derive(Serialize, Event)]` on the type, or name the event in place: `.emit(\"name\", data)`"
)]
pub trait Event {
    /// The name of the event.
    fn name(&self) -> &str;

    /// Serializes the arguments, as a tuple.
    fn serialize_arguments<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Names that mean something to the protocol or to the JavaScript client, which takes none of them
/// for an event.
pub(crate) fn is_reserved(event: &str) -> bool {
    matches!(
        event,
        "connect"
            | "connect_error"
            | "disconnect"
            | "disconnecting"
            | "newListener"
            | "removeListener"
    )
}

/// One argument.
#[doc(hidden)]
pub fn one<T: Serialize + ?Sized, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut arguments = serializer.serialize_tuple(1)?;
    arguments.serialize_element(value)?;
    arguments.end()
}

/// No argument.
#[doc(hidden)]
pub fn none<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_tuple(0)?.end()
}

macro_rules! plain_event {
    ($($type:ty => $name:literal),+ $(,)?) => {$(
        impl Event for $type {
            fn name(&self) -> &str {
                $name
            }

            fn serialize_arguments<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                one(self, serializer)
            }
        }
    )+};
}

plain_event! {
    str => "message",
    String => "message",
    Bytes => "message",
    serde_json::Value => "json",
}

impl<E: Event + ?Sized> Event for &E {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn serialize_arguments<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_arguments(serializer)
    }
}
