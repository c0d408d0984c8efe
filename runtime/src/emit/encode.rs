//! Encodes an event or an acknowledgement: JSON, with the binary parts taken out as attachments.
//!
//! Not through the engine's encoder, which forgets its task inside an `Option` or a newtype: bytes
//! in there would go out as a list of numbers.

#[cfg(feature = "msgpack")]
pub(crate) mod msgpack;
mod text;

use std::{collections::VecDeque, io};

use bytes::Bytes;
use serde::Serialize;
use serde_json::ser::Formatter;
use socketioxide_core::Value;

use self::text::Text;
use crate::error::EmitError;

/// `["event",argument,..]`, or `[argument,..]` without an event. `arguments` serializes as a tuple.
pub(crate) fn encode<T: Serialize>(event: Option<&str>, arguments: &T) -> Result<Value, EmitError> {
    let mut text = Text::new();
    if let Some(event) = event {
        text.push(b'[');
        serde_json::to_writer(&mut text, event).map_err(|error| not_encoded(&error))?;
    }
    let start = text.len();
    let mut attachments = VecDeque::new();
    let formatter = TakeOut {
        attachments: &mut attachments,
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    arguments
        .serialize(&mut serializer)
        .map_err(|error| not_encoded(&error))?;
    if event.is_some() {
        text.join(start);
    }
    let attachments = (!attachments.is_empty()).then_some(attachments);
    let text = text.into_str();
    let text = text.map_err(|error| EmitError::Serialize(error.to_string()))?;
    Ok(Value::Str(text, attachments))
}

fn not_encoded(error: &serde_json::Error) -> EmitError {
    EmitError::Serialize(error.to_string())
}

/// Compact JSON, but in place of bytes stands which attachment they are.
struct TakeOut<'a> {
    attachments: &'a mut VecDeque<Bytes>,
}

impl Formatter for TakeOut<'_> {
    fn write_byte_array<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        value: &[u8],
    ) -> io::Result<()> {
        let number = self.attachments.len();
        self.attachments.push_back(Bytes::copy_from_slice(value));
        write!(writer, r#"{{"_placeholder":true,"num":{number}}}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::arguments::Arguments;

    #[derive(Serialize)]
    struct Newtype(Bytes);

    #[derive(Serialize)]
    enum Content {
        File(Bytes),
    }

    fn encoded<T: Serialize>(event: Option<&str>, data: &T) -> (String, Vec<Bytes>) {
        match encode(event, &Arguments(data)) {
            Ok(Value::Str(text, attachments)) => {
                (text.to_string(), attachments.unwrap_or_default().into())
            }
            other => panic!("{other:?}"),
        }
    }

    fn text<T: Serialize>(event: Option<&str>, data: &T) -> String {
        encoded(event, data).0
    }

    #[test]
    fn the_event_and_its_arguments_are_one_list() {
        assert_eq!(text(Some("e"), &()), r#"["e"]"#);
        assert_eq!(text(Some("e"), &(1, "b")), r#"["e",1,"b"]"#);
        assert_eq!(text(Some("e"), &[1, 2]), r#"["e",[1,2]]"#);
        assert_eq!(text(Some("say \"é\""), &1), r#"["say \"é\"",1]"#);
        assert_eq!(text(None, &()), "[]");
        assert_eq!(text(None, &(1, [(); 0])), "[1,[]]");
    }

    #[test]
    fn bytes_are_attachments_wherever_they_are() {
        let bytes = || Bytes::from_static(b"x");
        let data = (
            bytes(),
            Some(bytes()),
            Newtype(bytes()),
            Content::File(bytes()),
            [bytes()],
        );
        let placeholder = |n| format!(r#"{{"_placeholder":true,"num":{n}}}"#);
        let expected = [
            r#"["e""#,
            &placeholder(0),
            &placeholder(1),
            &placeholder(2),
            &format!(r#"{{"File":{}}}"#, placeholder(3)),
            &format!("[{}]]", placeholder(4)),
        ];
        let (text, attachments) = encoded(Some("e"), &data);
        assert_eq!(text, expected.join(","));
        assert_eq!(attachments, vec![bytes(); 5]);
    }
}
