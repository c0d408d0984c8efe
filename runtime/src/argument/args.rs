//! An event's name and arguments as they are, for handlers that take whatever comes.

use std::{
    borrow::Borrow,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
};

use bytes::Bytes;
use serde::{Serialize, Serializer, de::DeserializeOwned};
use socketioxide_core::{Str, Value};

use super::wire::Wire;
use crate::error::ArgumentError;

/// The name of the event a handler was called for, as an argument of the handler.
///
/// For methods with several events and for the catch-all. It is text in every respect: it is a
/// `str` where one is asked for, is compared with text, is a key among others, and goes out as text.
///
/// Flask-SocketIO: `request.event['message']`.
///
/// ```
/// use hobnob::prelude::*;
///
/// struct Parrot;
///
/// #[namespace]
/// impl Parrot {
///     #[event("*")]
///     fn anything(&self, event: EventName, args: Args) -> String {
///         if event == "hush" {
///             return String::new();
///         }
///         format!("{event} with {} arguments", args.len())
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EventName(Str);

impl EventName {
    pub(crate) fn from_static(name: &'static str) -> Self {
        Self(Str::from(name))
    }

    pub(super) fn new(value: &Value) -> Self {
        let name = Wire::event_name(value);
        match value {
            // A view into the packet rather than a copy.
            Value::Str(text, _) => match text.find(name) {
                Some(start) if !name.is_empty() => Self(text.slice(start..start + name.len())),
                _ => Self(Str::copy_from_slice(name)),
            },
            Value::Bytes(_) => Self(Str::copy_from_slice(name)),
        }
    }
}

impl Deref for EventName {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl AsRef<str> for EventName {
    fn as_ref(&self) -> &str {
        self
    }
}

/// So that a map with such keys is asked with text.
impl Borrow<str> for EventName {
    fn borrow(&self) -> &str {
        self
    }
}

/// As that of the text, which [`Borrow`] asks for.
impl Hash for EventName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        str::hash(self, state);
    }
}

impl Serialize for EventName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// Both ways round.
macro_rules! compared_with {
    ($($text:ty),+) => {$(
        impl PartialEq<$text> for EventName {
            fn eq(&self, text: &$text) -> bool {
                **self == **text
            }
        }

        impl PartialEq<EventName> for $text {
            fn eq(&self, event: &EventName) -> bool {
                **self == **event
            }
        }
    )+};
}

compared_with!(&str, String);

impl PartialEq<str> for EventName {
    fn eq(&self, text: &str) -> bool {
        **self == *text
    }
}

impl PartialEq<EventName> for str {
    fn eq(&self, event: &EventName) -> bool {
        *self == **event
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// All arguments of an event, undecoded, as an argument of the handler.
///
/// It does not use any of them up: a handler may take `Args` and decoded arguments as well.
///
/// Flask-SocketIO: `request.event['args']`.
///
/// ```
/// use hobnob::prelude::*;
///
/// struct Sum;
///
/// #[namespace]
/// impl Sum {
///     /// As many numbers as the page likes.
///     fn on_add(&self, args: Args) -> Result<i64> {
///         let numbers = (0..args.len()).map(|n| args.get::<i64>(n));
///         Ok(numbers.sum::<Result<i64, _>>()?)
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Args {
    value: Value,
    /// Whether the arguments follow the name of an event.
    named: bool,
}

impl Args {
    pub(super) fn new(value: Value) -> Self {
        Self { value, named: true }
    }

    /// The arguments of an acknowledgement.
    pub(crate) fn of_answer(value: Value) -> Self {
        Self {
            value,
            named: false,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.to_json().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Decodes one of them, counted from 0. One that is missing is `None` for an `Option`.
    ///
    /// # Errors
    ///
    /// If it is missing or is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, ArgumentError> {
        let mut wire = if self.named {
            Wire::of_event(&self.value)
        } else {
            Wire::of_answer(&self.value)
        };
        for _ in 0..index {
            wire.next::<Option<serde::de::IgnoredAny>>(&self.value)?;
        }
        wire.next(&self.value)
    }

    /// All of them as JSON. In place of an attachment stands the object that refers to it:
    /// `{"_placeholder": true, "num": 0}`. It is the same with msgpack, where bytes are no
    /// attachments on their way.
    pub fn to_json(&self) -> Vec<serde_json::Value> {
        let values = Wire::values(&self.value, self.named);
        values.map(|(values, _)| values).unwrap_or_default()
    }

    /// The binary attachments, in the order of their numbers: with msgpack, all bytes there are.
    pub fn attachments(&self) -> Vec<Bytes> {
        match &self.value {
            Value::Str(_, Some(attachments)) => attachments.iter().cloned().collect(),
            Value::Str(_, None) => Vec::new(),
            Value::Bytes(_) => match Wire::values(&self.value, self.named) {
                Ok((_, Some(attachments))) => attachments.into_owned().into(),
                _ => Vec::new(),
            },
        }
    }
}

impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.to_json()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_name_is_text_in_every_respect() {
        let event = EventName::new(&Value::Str(r#"["order",1]"#.into(), None));
        let owned = "order".to_owned();
        assert_eq!(event, "order");
        assert_eq!("order", event);
        assert_eq!(event, *"order");
        assert_eq!(*"order", event);
        assert_eq!(event, owned);
        assert_eq!(owned, event);
        assert_eq!(event, EventName::from_static("order"));
        assert_ne!(event, "orders");
        assert_eq!(event.as_ref(), "order");
        assert_eq!(format!("{event:>6} {event:?}"), " order \"order\"");
        assert_eq!(
            serde_json::json!({ "event": event }).to_string(),
            r#"{"event":"order"}"#
        );
        let counts = HashMap::from([(event, 2)]);
        assert_eq!(counts.get("order"), Some(&2));
    }
}
