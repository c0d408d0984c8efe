//! How a value becomes the arguments of an event or of an acknowledgement: `()` none, a tuple one
//! for each element, anything else one.

use std::any::type_name;

use serde::{Serialize, Serializer, ser::SerializeTuple};

use crate::event::Event;

/// Presents a value to the engine's serializer as a list of arguments.
pub(crate) struct Arguments<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Serialize + ?Sized> Serialize for Arguments<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if is_unit::<T>() {
            serializer.serialize_tuple(0)?.end()
        } else if is_tuple::<T>() {
            self.0.serialize(serializer)
        } else {
            (self.0,).serialize(serializer)
        }
    }
}

/// Presents a typed event to the engine's serializer as the list of its arguments.
pub(crate) struct EventArguments<'a, E: ?Sized>(pub(crate) &'a E);

impl<E: Event + ?Sized> Serialize for EventArguments<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_arguments(serializer)
    }
}

/// Whether `T` is written `(A, B, ..)`.
///
/// The name is the one place where a tuple differs from an array. Bounds cannot say "not a tuple",
/// and serde presents `(1, 2)` and `[1, 2]` alike, but the first is two arguments and the second is
/// one. The compiler folds this to a constant; a test below holds it to its word.
pub(crate) fn is_tuple<T: ?Sized>() -> bool {
    type_name::<T>().trim_start_matches('&').starts_with('(')
}

/// Whether `T` is `()`: no argument at all.
pub(crate) fn is_unit<T: ?Sized>() -> bool {
    type_name::<T>().trim_start_matches('&') == "()"
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};
    use socketioxide_core::parser::Parse;
    use socketioxide_parser_common::CommonParser;

    use super::*;

    #[derive(Serialize)]
    struct Newtype(u64);

    #[derive(Serialize)]
    struct Pair(u64, u64);

    #[derive(Serialize)]
    struct Named {
        a: u64,
    }

    fn sent<T: Serialize>(data: T) -> Value {
        let value = CommonParser.encode_value(&Arguments(&data), Some("e"));
        let text = value.unwrap().as_str().unwrap().to_string();
        let mut packet: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(packet.remove(0), "e");
        packet.into()
    }

    #[test]
    fn unit_is_no_argument() {
        assert_eq!(sent(()), json!([]));
        let nothing = &();
        assert_eq!(sent(nothing), json!([]));
    }

    #[test]
    fn a_tuple_is_one_argument_for_each_element() {
        assert_eq!(sent((1,)), json!([1]));
        assert_eq!(sent((1, 2)), json!([1, 2]));
        let borrowed = &(1, "b", [3]);
        assert_eq!(sent(borrowed), json!([1, "b", [3]]));
        assert_eq!(sent(((1, 2), 3)), json!([[1, 2], 3]));
        assert_eq!(sent(((),)), json!([null]));
    }

    #[test]
    fn everything_else_is_one_argument() {
        assert_eq!(sent([1, 2]), json!([[1, 2]]));
        let borrowed = &[1, 2];
        assert_eq!(sent(borrowed), json!([[1, 2]]));
        assert_eq!(sent(vec![1, 2]), json!([[1, 2]]));
        assert_eq!(sent([(1, 2)]), json!([[[1, 2]]]));
        assert_eq!(sent([(); 0]), json!([[]]));
        assert_eq!(sent(None::<u64>), json!([null]));
        assert_eq!(sent(Some((1, 2))), json!([[1, 2]]));
        assert_eq!(sent(Newtype(7)), json!([7]));
        assert_eq!(sent(Pair(1, 2)), json!([[1, 2]]));
        assert_eq!(sent(Named { a: 1 }), json!([{ "a": 1 }]));
        assert_eq!(sent("text"), json!(["text"]));
        assert_eq!(sent(json!([1, 2])), json!([[1, 2]]));
    }

    #[test]
    fn bytes_become_an_attachment() {
        let value = CommonParser.encode_value(&Arguments(&Bytes::from_static(b"x")), Some("e"));
        let socketioxide_core::Value::Str(text, Some(attachments)) = value.unwrap() else {
            panic!("bytes were not taken for an attachment");
        };
        assert_eq!(text, r#"["e",{"_placeholder":true,"num":0}]"#);
        assert_eq!(attachments, [Bytes::from_static(b"x")]);
    }
}
