//! Takes the arguments off a packet one after the other, each decoded on its own.
//!
//! Not through the engine's decoder: it takes all or nothing, drops what does not fit in silence,
//! and hands the wrong attachment to whoever stands behind a field nobody wanted.

use std::{borrow::Cow, collections::VecDeque, ops::Range};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use socketioxide_core::Value;

#[cfg(feature = "msgpack")]
use super::msgpack;
use super::{
    attachments::{Attachments, Node},
    missing::Missing,
};
use crate::error::{ArgumentError, Position};

const NOT_JSON: &str = "not JSON";

/// The values of a packet as trees, and the attachments that the numbers in them refer to.
type Trees<'a> = (Vec<Json>, Option<Cow<'a, VecDeque<Bytes>>>);

/// How far the arguments of one packet are taken.
#[derive(Debug)]
pub(super) struct Wire {
    /// Where in a text the event's name is: the event is asked for it more than once.
    name: Range<usize>,
    /// How many are taken.
    taken: usize,
    rest: Rest,
}

#[derive(Debug)]
enum Rest {
    /// Without attachments the text is decoded as it stands, from this byte on.
    Text { offset: usize },
    /// With attachments an argument is a tree first: the numbers in it refer to them.
    Tree(std::vec::IntoIter<Json>),
    #[cfg(feature = "msgpack")]
    MsgPack(msgpack::Arguments),
    /// The engine only skims what it hands over. This is what is wrong with it.
    Broken(String),
}

impl Wire {
    /// The arguments of an event, behind its name.
    pub(super) fn of_event(value: &Value) -> Self {
        let name = value.as_str().map(|text| name(text));
        // Behind the quotation mark that ends the name.
        let offset = name.as_ref().map_or(0, |name| name.end + 1);
        Self {
            name: name.unwrap_or_default(),
            ..Self::new(value, true, offset)
        }
    }

    /// The name of the event whose arguments these are.
    pub(super) fn event<'a>(&self, value: &'a Value) -> &'a str {
        match value {
            Value::Str(text, _) => text.as_str().get(self.name.clone()).unwrap_or_default(),
            Value::Bytes(_) => Self::event_name(value),
        }
    }

    /// The arguments of an acknowledgement.
    pub(super) fn of_answer(value: &Value) -> Self {
        Self::new(value, false, 0)
    }

    fn new(value: &Value, has_event: bool, offset: usize) -> Self {
        let rest = match value {
            Value::Str(_, Some(_)) => match Self::values(value, has_event) {
                Ok((values, _)) => Rest::Tree(values.into_iter()),
                Err(wrong) => Rest::Broken(wrong),
            },
            Value::Str(_, None) => Rest::Text { offset },
            #[cfg(feature = "msgpack")]
            Value::Bytes(packet) => match msgpack::Arguments::new(packet, has_event) {
                Ok(arguments) => Rest::MsgPack(arguments),
                Err(wrong) => Rest::Broken(wrong.to_owned()),
            },
            #[cfg(not(feature = "msgpack"))]
            Value::Bytes(_) => Rest::Broken(NOT_JSON.to_owned()),
        };
        Self {
            name: 0..0,
            taken: 0,
            rest,
        }
    }

    /// The name of an event. The engine has made sure that it is there and that nothing in it is
    /// escaped, so it stands between the first two quotation marks.
    pub(super) fn event_name(value: &Value) -> &str {
        match value {
            Value::Str(text, _) => text.as_str().get(name(text)).unwrap_or_default(),
            #[cfg(feature = "msgpack")]
            Value::Bytes(packet) => msgpack::event_name(packet),
            #[cfg(not(feature = "msgpack"))]
            Value::Bytes(_) => "",
        }
    }

    /// Which argument was taken last.
    #[cfg(feature = "garde")]
    pub(super) fn position(&self) -> Position {
        Position::Argument(self.taken)
    }

    /// All values of a packet as trees, without the event's name if there is one; or what is wrong.
    pub(super) fn values(value: &Value, has_event: bool) -> Result<Trees<'_>, String> {
        let (text, attachments) = match value {
            Value::Str(text, attachments) => (text, attachments),
            #[cfg(feature = "msgpack")]
            Value::Bytes(packet) => {
                let (values, attachments) = msgpack::values(packet, has_event)?;
                return Ok((values, attachments.map(Cow::Owned)));
            }
            #[cfg(not(feature = "msgpack"))]
            Value::Bytes(_) => return Err(NOT_JSON.to_owned()),
        };
        let values = serde_json::from_str(text);
        let mut values: Vec<Json> = values.map_err(|wrong| without_place(&wrong.to_string()))?;
        if has_event && !values.is_empty() {
            values.remove(0);
        }
        Ok((values, attachments.as_ref().map(Cow::Borrowed)))
    }

    /// Decodes the next argument. One that is not there is `None` for an `Option`, else an error.
    pub(super) fn next<T: DeserializeOwned>(&mut self, value: &Value) -> Result<T, ArgumentError> {
        self.taken += 1;
        let position = Position::Argument(self.taken);
        match (&mut self.rest, value) {
            (Rest::Text { offset }, Value::Str(text, _)) => match next_element(text, *offset) {
                Some(start) => {
                    let (argument, length) = decode_text(&text[start..], position)?;
                    *offset = start + length;
                    Ok(argument)
                }
                None => decode_missing(position),
            },
            (Rest::Tree(trees), Value::Str(_, attachments)) => match trees.next() {
                Some(tree) => decode_tree(&tree, attachments.as_ref(), position),
                None => decode_missing(position),
            },
            #[cfg(feature = "msgpack")]
            (Rest::MsgPack(arguments), Value::Bytes(packet)) => match arguments.next(packet) {
                Some(Ok((tree, parts))) => decode_tree(&tree, parts.as_ref(), position),
                Some(Err(wrong)) => Err(error(position, "", wrong)),
                None => decode_missing(position),
            },
            (Rest::Broken(wrong), _) => Err(error(position, "", wrong)),
            (_, _) => Err(error(position, "", NOT_JSON)),
        }
    }
}

/// Where the event's name is, between the first two quotation marks; behind everything without one.
fn name(text: &str) -> Range<usize> {
    // Names are short: this is sooner done than a search for long texts is begun.
    let quote = |from: usize| {
        let mut rest = text.as_bytes().get(from..)?.iter();
        Some(from + rest.position(|byte| *byte == b'"')?)
    };
    let found = quote(0).and_then(|start| Some(start + 1..quote(start + 1)?));
    found.unwrap_or(text.len()..text.len())
}

/// Where the element behind `offset` begins, if there is one more.
fn next_element(text: &str, offset: usize) -> Option<usize> {
    let rest = text.get(offset..)?;
    let element = match rest.trim_ascii_start().strip_prefix(',') {
        Some(element) => element.trim_ascii_start(),
        // The first of a list without an event.
        None if offset == 0 => rest.strip_prefix('[')?.trim_ascii_start(),
        None => return None,
    };
    (!element.starts_with(']')).then(|| text.len() - element.len())
}

/// Decodes the value at the beginning of `text`; how many bytes it took besides.
fn decode_text<T: DeserializeOwned>(
    text: &str,
    position: Position,
) -> Result<(T, usize), ArgumentError> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match values.next() {
        Some(Ok(value)) => Ok((value, values.byte_offset())),
        // Once more for the path, which is not worth keeping while all goes well.
        Some(Err(_)) => {
            let again = &mut serde_json::Deserializer::from_str(text);
            match serde_path_to_error::deserialize::<_, T>(again) {
                Err(wrong) => Err(located(position, &wrong)),
                Ok(_) => Err(error(position, "", NOT_JSON)),
            }
        }
        None => Err(error(position, "", NOT_JSON)),
    }
}

pub(super) fn decode_tree<T: DeserializeOwned>(
    tree: &Json,
    attachments: Option<&VecDeque<Bytes>>,
    position: Position,
) -> Result<T, ArgumentError> {
    let attachments = attachments.map(Attachments::new);
    serde_path_to_error::deserialize(Node::new(tree, attachments.as_ref()))
        .map_err(|wrong| located(position, &wrong))
}

pub(super) fn decode_missing<T: DeserializeOwned>(position: Position) -> Result<T, ArgumentError> {
    T::deserialize(Missing::<serde::de::value::Error>::new())
        .map_err(|wrong| error(position, "", &wrong.to_string()))
}

/// Decodes the auth object of a connection. Without one a struct gets what `{}` gives it, so that
/// one whose fields all have defaults works, and the error names the field where one has none.
pub(super) fn decode_auth<T: DeserializeOwned>(auth: Option<&Value>) -> Result<T, ArgumentError> {
    let position = Position::Auth;
    match auth {
        Some(Value::Str(text, None)) => decode_text(text, position).map(|(auth, _)| auth),
        #[cfg(feature = "msgpack")]
        Some(Value::Bytes(packet)) => match msgpack::value(packet) {
            // Its clients have this for an auth object that is not there.
            Ok((Json::Null, _)) => decode_no_auth(),
            Ok((tree, parts)) => decode_tree(&tree, parts.as_ref(), position),
            Err(wrong) => Err(error(position, "", wrong)),
        },
        Some(_) => Err(error(position, "", NOT_JSON)),
        None => decode_no_auth(),
    }
}

fn decode_no_auth<T: DeserializeOwned>() -> Result<T, ArgumentError> {
    let position = Position::Auth;
    decode_missing(position).or_else(|missing| {
        let empty = decode_text("{}", position).map(|(auth, _)| auth);
        empty.map_err(|wrong| {
            if wrong.message.starts_with("missing field") {
                wrong
            } else {
                missing
            }
        })
    })
}

fn located<E: std::fmt::Display>(
    position: Position,
    wrong: &serde_path_to_error::Error<E>,
) -> ArgumentError {
    let path = wrong.path().to_string();
    let path = if path == "." { "" } else { &path };
    let message = wrong.inner().to_string();
    error(position, path, &without_place(&message))
}

/// `serde_json` counts lines and columns from a beginning that nobody can see.
fn without_place(message: &str) -> String {
    let message = message.split(" at line ").next();
    message.unwrap_or_default().to_owned()
}

pub(super) fn error(position: Position, path: &str, message: &str) -> ArgumentError {
    ArgumentError {
        position,
        path: path.to_owned(),
        message: message.to_owned(),
    }
}
