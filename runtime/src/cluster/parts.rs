//! A message in parts: a notification of PostgreSQL is text of less than 8000 bytes.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use bytes::Bytes;

/// How much of the text goes into one part, beside its number.
const LENGTH: usize = 7900;

/// The parts, each its number, `.` if it is the last and `,` if not, and a piece of the text. The number
/// makes each differ from the others: of two that are the same, the database delivers one.
pub(super) fn split(message: &[u8]) -> Vec<String> {
    let text = BASE64.encode(message);
    let count = text.len().div_ceil(LENGTH).max(1);
    (0..count)
        .map(|number| {
            let end = text.len().min((number + 1) * LENGTH);
            let piece = text.get(number * LENGTH..end).unwrap_or_default();
            let mark = if number + 1 == count { '.' } else { ',' };
            format!("{number}{mark}{piece}")
        })
        .collect()
}

/// Messages of which not all parts have come, by sender and channel. Those of one message come one after
/// the other, because they are sent at once.
#[derive(Default)]
pub(super) struct Parts(HashMap<(i32, String), String>);

impl Parts {
    /// The message, if this is its last part.
    pub(super) fn add(&mut self, sender: i32, channel: &str, part: &str) -> Option<Bytes> {
        let (at, mark) = part.char_indices().find(|(_, c)| !c.is_ascii_digit())?;
        let (number, piece) = (part.get(..at)?, part.get(at + 1..)?);
        let key = (sender, channel.to_owned());
        let mut text = match number {
            // What came before of another message will never be whole.
            "0" => {
                self.0.remove(&key);
                String::new()
            }
            _ => self.0.remove(&key)?,
        };
        text.push_str(piece);
        if mark == '.' {
            BASE64.decode(text).ok().map(Bytes::from)
        } else {
            self.0.insert(key, text);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_message_again() {
        for length in [0, 1, 2, 3, 5924, 5925, 5926, 20_000] {
            let message = vec![0; length];
            let split = split(&message);
            assert!(split.iter().all(|part| part.len() < 8000));
            let mut parts = Parts::default();
            let (last, first) = split.split_last().unwrap();
            for part in first {
                assert_eq!(parts.add(1, "a", part), None);
                // Of others in between.
                assert_eq!(parts.add(2, "a", "0.YQ").unwrap(), "a");
                assert_eq!(parts.add(1, "b", "0.Yg").unwrap(), "b");
            }
            assert_eq!(parts.add(1, "a", last).unwrap(), message);
            assert!(parts.0.is_empty());
        }
    }

    #[test]
    fn what_is_not_whole_is_left_out() {
        let mut parts = Parts::default();
        for wrong in ["", "0", "x", "1.YQ", "0.?", ".YQ"] {
            assert_eq!(parts.add(1, "a", wrong), None, "{wrong}");
        }
        assert_eq!(parts.add(1, "a", "0,YW"), None);
        assert_eq!(parts.add(1, "a", "0.YQ").unwrap(), "a");
    }
}
