//! What has come from the server: events, and calls that want an answer.

use std::{any::type_name, collections::VecDeque, fmt, ops::Deref};

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use socketioxide_core::Value;

use super::{TestClient, TestError, packet::Packet};
use crate::{
    argument::decode_answer,
    emit::{
        arguments::{Arguments, EventArguments},
        encode::encode,
    },
    error::{EmitError, Position},
    event::Event,
};

/// An event that a [`TestClient`] has received.
///
/// It is made with [`new`](Self::new) or [`of`](Self::of) as well, to compare with. Two are equal if
/// name, arguments and attachments are.
///
/// ```
/// use hobnob::{Received, prelude::*};
///
/// #[derive(Serialize, Event)]
/// struct Moved(i32, i32);
///
/// assert_eq!(Received::of(Moved(1, 2)), Received::new("moved", (1, 2)));
/// assert_eq!(Received::new("moved", (1, 2)).to_string(), "moved(1, 2)");
/// ```
#[derive(Clone)]
pub struct Received {
    event: String,
    args: Vec<Json>,
    attachments: VecDeque<Bytes>,
    /// What to acknowledge, if the server asked for it.
    pub(super) id: Option<i64>,
}

impl Received {
    /// The event that [`Client::emit`](crate::Client::emit) of these sends: `()` is no argument, a
    /// tuple one for each element, everything else one.
    ///
    /// # Panics
    ///
    /// If the data cannot be serialized.
    pub fn new<T: Serialize>(event: impl Into<String>, data: T) -> Self {
        Self::encoded(event.into(), encode(None, &Arguments(&data)))
    }

    /// The event that [`Client::send`](crate::Client::send) of this sends.
    ///
    /// # Panics
    ///
    /// If it cannot be serialized.
    pub fn of<E: Event>(event: E) -> Self {
        let arguments = encode(None, &EventArguments(&event));
        Self::encoded(event.name().to_owned(), arguments)
    }

    fn encoded(event: String, arguments: Result<Value, EmitError>) -> Self {
        let (args, attachments) = match arguments {
            Ok(Value::Str(text, attachments)) => (serde_json::from_str(&text), attachments),
            Ok(Value::Bytes(_)) => (Ok(Vec::new()), None),
            Err(error) => panic!("the data to compare with: {error}"),
        };
        Self {
            event,
            args: args.unwrap_or_default(),
            attachments: attachments.unwrap_or_default(),
            id: None,
        }
    }

    pub(super) fn from_packet(packet: Packet) -> Option<Self> {
        let Json::Array(mut args) = packet.data else {
            return None;
        };
        if !args.first().is_some_and(Json::is_string) {
            return None;
        }
        let Json::String(event) = args.remove(0) else {
            return None;
        };
        Some(Self {
            event,
            args,
            attachments: packet.attachments,
            id: packet.id,
        })
    }

    /// The name of the event.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// Its arguments. In place of an attachment stands the object that refers to it:
    /// `{"_placeholder": true, "num": 0}`.
    pub fn args(&self) -> &[Json] {
        &self.args
    }

    /// Its binary attachments, in the order of their numbers.
    pub fn attachments(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.attachments.iter()
    }

    /// Decodes one of the arguments, counted from 0. One that is missing is `None` for an `Option`.
    ///
    /// # Errors
    ///
    /// If it is missing or is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, TestError> {
        // A tuple is one argument here, and not several.
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct One<T>(T);

        let argument = self.args.get(index..=index).unwrap_or_default();
        match decode_answer(&self.encode(argument)) {
            Ok(One(argument)) => Ok(argument),
            Err(mut error) => {
                error.position = Position::Argument(index + 1);
                Err(self.not_a::<T>(error))
            }
        }
    }

    /// Decodes all arguments: the first as it is, a tuple for several. `()` takes whatever is there.
    ///
    /// # Errors
    ///
    /// If they are not a `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, TestError> {
        decode_answer(&self.encode(&self.args)).map_err(|error| self.not_a::<T>(error))
    }

    /// Whether the server waits for an answer: it was sent with [`Client::call`](crate::Client::call).
    pub fn is_call(&self) -> bool {
        self.id.is_some()
    }

    fn encode(&self, args: &[Json]) -> Value {
        let text = serde_json::to_string(args).unwrap_or_default();
        let attachments = (!self.attachments.is_empty()).then(|| self.attachments.clone());
        Value::Str(text.into(), attachments)
    }

    fn not_a<T>(&self, error: crate::error::ArgumentError) -> TestError {
        TestError::Decode {
            what: self.to_string(),
            expected: type_name::<T>(),
            error,
        }
    }
}

impl PartialEq for Received {
    fn eq(&self, other: &Self) -> bool {
        self.event == other.event
            && self.args == other.args
            && self.attachments == other.attachments
    }
}

/// As it would be called: `moved(1, 2)`.
impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Where an argument is cut, in characters.
        const LONGEST: usize = 200;
        write!(f, "{}(", self.event)?;
        for (i, arg) in self.args.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            let text = arg.to_string();
            match text.char_indices().nth(LONGEST) {
                Some((end, _)) => write!(f, "{comma}{}…", &text[..end])?,
                None => write!(f, "{comma}{text}")?,
            }
        }
        f.write_str(")")?;
        for (i, bytes) in self.attachments.iter().enumerate() {
            let with = if i == 0 { " with" } else { "," };
            write!(f, "{with} {} bytes", bytes.len())?;
        }
        Ok(())
    }
}

/// As [`Display`](fmt::Display): this is what a failed `assert_eq!` shows.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An event whose sender waits for an answer, from [`TestClient::expect_call`]. It is a [`Received`]
/// besides. Dropped, it is never answered.
#[derive(Debug)]
pub struct ReceivedCall<'a> {
    client: &'a TestClient,
    received: Received,
}

impl<'a> ReceivedCall<'a> {
    pub(super) fn new(client: &'a TestClient, received: Received) -> Self {
        Self { client, received }
    }

    /// Acknowledges it: `()` with nothing, a tuple with one value for each element, everything else
    /// with one.
    ///
    /// # Errors
    ///
    /// If the client has left, or the data cannot be serialized.
    pub fn answer<T: Serialize>(self, data: T) -> Result<(), TestError> {
        self.client.acknowledge(&self.received, &data)
    }
}

impl Deref for ReceivedCall<'_> {
    type Target = Received;

    fn deref(&self) -> &Received {
        &self.received
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_decoded_one_by_one_and_all_together() {
        let received = Received::new("e", (1, [2, 3], Bytes::from_static(b"x")));
        assert_eq!(received.get::<u8>(0).unwrap(), 1);
        assert_eq!(received.get::<(u8, u8)>(1).unwrap(), (2, 3));
        assert_eq!(received.get::<Bytes>(2).unwrap(), "x");
        assert_eq!(received.get::<Option<u8>>(3).unwrap(), None);
        let (one, list, bytes): (u8, Vec<u8>, Bytes) = received.decode().unwrap();
        assert_eq!((one, &*list, &*bytes), (1, &[2, 3][..], &b"x"[..]));
        assert_eq!(received.decode::<u8>().unwrap(), 1);
        received.decode::<()>().unwrap();

        let wrong = received.get::<String>(1).unwrap_err().to_string();
        assert!(wrong.starts_with("e(1, [2,3], "), "{wrong}");
        assert!(wrong.contains("with 1 bytes is not a `alloc::string::String`: argument 2: "));
        assert!(received.get::<u8>(3).is_err());
    }

    #[test]
    fn events_are_equal_by_name_arguments_and_attachments() {
        let bytes = |bytes: &'static [u8]| Received::new("e", Bytes::from_static(bytes));
        assert_eq!(bytes(b"x"), bytes(b"x"));
        assert_ne!(bytes(b"x"), bytes(b"y"));
        assert_ne!(Received::new("e", 1), Received::new("e", (1, 2)));
        assert_ne!(Received::new("e", ()), Received::new("f", ()));
        assert_eq!(Received::of("hello"), Received::new("message", "hello"));
    }
}
