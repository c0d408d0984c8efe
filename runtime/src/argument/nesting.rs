//! How deep lists and objects are in one another in what a client sends. It is looked at before anything is
//! decoded, by whom and as what it may be.

use socketioxide_core::Value;

#[cfg(feature = "msgpack")]
use super::msgpack;
use super::wire::error;
use crate::error::{ArgumentError, Position};

/// The first argument of an event that is deeper than `most`.
#[inline]
pub(crate) fn of_event(value: &Value, most: usize) -> Option<ArgumentError> {
    // Most are told by their length: what begins also ends, or it is not JSON.
    match value {
        Value::Str(text, _) if text.len() <= 2 * most => None,
        _ => of_long_event(value, most),
    }
}

fn of_long_event(value: &Value, most: usize) -> Option<ArgumentError> {
    let argument = match value {
        Value::Str(text, _) => in_list(text, most),
        #[cfg(feature = "msgpack")]
        Value::Bytes(packet) => msgpack::deeper_in_list(packet, most),
        #[cfg(not(feature = "msgpack"))]
        Value::Bytes(_) => None,
    };
    argument.map(|argument| too_deep(Position::Argument(argument)))
}

/// Whether an auth object is deeper than `most`.
pub(crate) fn of_auth(value: &Value, most: usize) -> Option<ArgumentError> {
    let deeper = match value {
        // As the only element of a list, which is not there.
        Value::Str(text, _) => begins(text) > most && deepest(text, 1, most).is_some(),
        #[cfg(feature = "msgpack")]
        Value::Bytes(packet) => msgpack::deeper(packet, most),
        #[cfg(not(feature = "msgpack"))]
        Value::Bytes(_) => false,
    };
    deeper.then(|| too_deep(Position::Auth))
}

fn too_deep(position: Position) -> ArgumentError {
    error(position, "", "nested too deeply")
}

/// Which element of a list of JSON is deeper than `most`, counted from 0, which is the event's name.
fn in_list(text: &str, most: usize) -> Option<usize> {
    let may_be = begins(text) > most;
    may_be.then(|| deepest(text, 0, most)).flatten()
}

/// How many lists and objects begin in a text, and brackets in the strings of it.
fn begins(text: &str) -> usize {
    // Two characters that one bit tells apart.
    count(text.as_bytes(), |byte| byte | 0x20 == b'{')
}

/// How many bytes are like that. In pieces, whose count fits into a byte: so many are compared at once, and
/// it takes half an instruction for each.
#[inline]
pub(super) fn count(bytes: &[u8], is_like_that: impl Fn(u8) -> bool) -> usize {
    let count =
        |piece: &[u8]| -> u8 { piece.iter().map(|byte| u8::from(is_like_that(*byte))).sum() };
    bytes
        .chunks(128)
        .map(|piece| usize::from(count(piece)))
        .sum()
}

/// Which element of the list at level 1 is deeper than `most`.
fn deepest(text: &str, level: usize, most: usize) -> Option<usize> {
    let (mut level, mut element) = (level, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => loop {
                match bytes.next()? {
                    b'"' => break,
                    b'\\' => {
                        bytes.next();
                    }
                    _ => {}
                }
            },
            b'[' | b'{' => {
                level += 1;
                if level > most + 1 {
                    return Some(element);
                }
            }
            b']' | b'}' => level = level.saturating_sub(1),
            b',' if level == 1 => element += 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
    }

    fn event(arguments: &str) -> Value {
        Value::Str(format!(r#"["event",{arguments}]"#).into(), None)
    }

    #[test]
    fn the_argument_that_is_too_deep_is_told() {
        for most in [1, 2, 64, 126] {
            let (deep, deeper) = (nested(most), nested(most + 1));
            assert_eq!(of_event(&event(&deep), most), None);
            let error = of_event(&event(&format!("{deep}, {deep},{deeper}")), most);
            let error = error.unwrap().to_string();
            assert_eq!(error, "argument 3: nested too deeply");
            assert_eq!(of_auth(&Value::Str(deep.into(), None), most), None);
            let error = of_auth(&Value::Str(deeper.into(), None), most);
            assert_eq!(error.unwrap().to_string(), "auth: nested too deeply");
        }
    }

    #[test]
    fn objects_are_as_deep_as_lists() {
        let objects = event(r#"{"a":{"b":[{"c":1}]}}"#);
        assert!(of_event(&objects, 3).is_some());
        assert!(of_event(&objects, 4).is_none());
    }

    #[test]
    fn brackets_in_strings_are_text() {
        for text in [r#""[[[[[[[["#, r#""\"[[[[[[[["#, r#""\\\"{{{{{{{{"#] {
            assert_eq!(of_event(&event(&format!("{text}\"")), 2), None, "{text}");
        }
        let behind = event(r#""\\",[[[1]]]"#);
        let error = of_event(&behind, 2).unwrap();
        assert_eq!(error.position(), Some(2));
    }

    #[test]
    fn what_is_no_json_is_left_to_the_decoder() {
        for text in ["", "[", "\"", "\"\\", "]]]]", "[]]]]],,,,"] {
            let value = Value::Str(text.to_owned().into(), None);
            assert_eq!(of_event(&value, 1), None, "{text}");
        }
    }
}
