//! Decodes what was answered to a call.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, SeqAccess, Visitor},
};
use serde_json::Value as Json;
use socketioxide_core::Value;

use super::{
    attachments::{Attachments, Node},
    missing::Missing,
    wire::{Wire, decode_missing, decode_tree, error},
};
#[cfg(feature = "test")]
use crate::emit::arguments::is_unit;
use crate::{
    emit::arguments::is_tuple,
    error::{ArgumentError, Position},
};

/// Decodes what was answered to a call: the first value, a tuple for several.
pub(crate) fn decode_answer<R: DeserializeOwned>(answer: &Value) -> Result<R, ArgumentError> {
    let first = Position::Argument(1);
    let (values, attachments) =
        Wire::values(answer, false).map_err(|wrong| error(first, "", &wrong))?;
    let attachments = attachments.as_deref();
    if is_tuple::<R>() {
        let attachments = attachments.map(Attachments::new);
        return R::deserialize(Tuple {
            values: &values,
            attachments: attachments.as_ref(),
        })
        .map_err(|Located(error)| error);
    }
    match values.first() {
        Some(value) => decode_tree(value, attachments, Position::Argument(1)),
        None => decode_missing(Position::Argument(1)),
    }
}

/// Whether an `R` can be made of the answer and has a place for the field of its values.
#[cfg(feature = "test")]
pub(crate) fn has_place_for<R: DeserializeOwned>(field: &str, answer: &Value) -> bool {
    let Ok((values, attachments)) = Wire::values(answer, false) else {
        return false;
    };
    let attachments = attachments.as_deref().map(Attachments::new);
    let attachments = attachments.as_ref();
    let mut has_place = !is_unit::<R>();
    let ignored = |path: serde_ignored::Path<'_>| {
        let path = path.to_string();
        // Places in tuples are numbers, and what is around a value is a question mark.
        let is_name = |part: &&str| !matches!(*part, "" | "?") && part.parse::<usize>().is_err();
        let mut names = path.split('.').filter(is_name);
        if names.all(|name| name == field) {
            has_place = false;
        }
    };
    let decoded = if is_tuple::<R>() {
        let tuple = Tuple {
            values: &values,
            attachments,
        };
        serde_ignored::deserialize::<_, _, R>(tuple, ignored).is_ok()
    } else {
        values.first().is_some_and(|value| {
            let node = Node::new(value, attachments);
            serde_ignored::deserialize::<_, _, R>(node, ignored).is_ok()
        })
    };
    decoded && has_place
}

/// The values of an answer as one tuple. What is not there is `None` for an `Option`, what is too
/// much is ignored.
struct Tuple<'a> {
    values: &'a [Json],
    attachments: Option<&'a Attachments<'a>>,
}

/// An [`ArgumentError`] that can pass through serde.
#[derive(Debug)]
struct Located(ArgumentError);

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Located {}

impl serde::de::Error for Located {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(error(Position::Argument(1), "", &message.to_string()))
    }
}

impl<'de> Deserializer<'de> for Tuple<'de> {
    type Error = Located;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Located> {
        visitor.visit_seq(Elements {
            tuple: self,
            taken: 0,
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Located> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Elements<'a> {
    tuple: Tuple<'a>,
    taken: usize,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Located;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Located> {
        let value = self.tuple.values.get(self.taken);
        self.taken += 1;
        let element = match value {
            Some(tree) => seed.deserialize(Node::new(tree, self.tuple.attachments)),
            None => seed.deserialize(Missing::<serde::de::value::Error>::new()),
        };
        let position = Position::Argument(self.taken);
        element
            .map(Some)
            .map_err(|wrong| Located(error(position, "", &wrong.to_string())))
    }
}
