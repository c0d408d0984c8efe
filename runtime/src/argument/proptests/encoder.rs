//! An encoder that does what the JavaScript client does, and knows nothing of the decoder: in JSON, and
//! with the feature `msgpack` in msgpack as well.

use std::{collections::VecDeque, fmt::Write as _};

use bytes::Bytes;
use proptest::prelude::*;
use socketioxide_core::Value;

use super::data::Data;

/// Writes JSON as the client does, and takes the bytes out.
#[derive(Default)]
pub(super) struct Encoder {
    text: String,
    attachments: VecDeque<Bytes>,
    spelling: Spelling,
}

/// In what packets may differ from one client to another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Style {
    Json(Spelling),
    #[cfg(feature = "msgpack")]
    MsgPack {
        long: bool,
    },
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spelling {
    spaces: bool,
    escapes: bool,
    number_first: bool,
}

pub(super) fn style() -> impl Strategy<Value = Style> {
    let style = any::<[bool; 3]>().prop_map(|[spaces, escapes, number_first]| {
        Style::Json(Spelling {
            spaces,
            escapes,
            number_first,
        })
    });
    #[cfg(feature = "msgpack")]
    let style = prop_oneof![
        style,
        any::<bool>().prop_map(|long| Style::MsgPack { long })
    ];
    style
}

impl Encoder {
    pub(super) fn event(name: &str, arguments: &[Data], style: Style) -> Value {
        Self::packet(Some(name), arguments, style)
    }

    pub(super) fn answer(values: &[Data], style: Style) -> Value {
        Self::packet(None, values, style)
    }

    fn packet(name: Option<&str>, values: &[Data], style: Style) -> Value {
        match style {
            Style::Json(spelling) => Self::json(name, values, spelling),
            #[cfg(feature = "msgpack")]
            Style::MsgPack { long } => super::msgpack::packet(name, values, long),
        }
    }

    fn json(name: Option<&str>, values: &[Data], spelling: Spelling) -> Value {
        let mut encoder = Self {
            spelling,
            ..Self::default()
        };
        encoder.text.push('[');
        if let Some(name) = name {
            // The engine takes no escapes in a name.
            encoder.text.extend(["\"", name, "\""]);
            encoder
                .text
                .push_str(if values.is_empty() { "" } else { "," });
        }
        encoder.list(values, Self::value);
        encoder.text.push(']');
        let binary = !encoder.attachments.is_empty();
        Value::Str(encoder.text.into(), binary.then_some(encoder.attachments))
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, encode: impl Fn(&mut Self, T)) {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            self.space();
            encode(self, item);
            self.space();
        }
    }

    fn value(&mut self, data: &Data) {
        match data {
            Data::Null => self.text += "null",
            Data::Bool(value) => self.text += &value.to_string(),
            Data::Positive(value) => self.text += &value.to_string(),
            Data::Negative(value) => self.text += &value.to_string(),
            Data::Float(value) => {
                let _ = write!(self.text, "{value:?}");
            }
            Data::Text(value) => self.string(value),
            Data::Bytes(value) => self.placeholder(value),
            Data::List(values) => {
                self.text.push('[');
                self.list(values, Self::value);
                self.text.push(']');
            }
            Data::Map(entries) => {
                self.text.push('{');
                self.list(entries, |encoder, (key, value)| {
                    encoder.string(key);
                    encoder.space();
                    encoder.text.push(':');
                    encoder.space();
                    encoder.value(value);
                });
                self.text.push('}');
            }
        }
    }

    fn string(&mut self, value: &str) {
        self.text.push('"');
        for c in value.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                '\n' => self.text += "\\n",
                '/' if self.spelling.escapes => self.text += "\\/",
                c if c < ' ' || (self.spelling.escapes && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(self.text, "\\u{unit:04x}");
                    }
                }
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn placeholder(&mut self, value: &Bytes) {
        let number = self.attachments.len();
        let _ = if self.spelling.number_first {
            write!(self.text, r#"{{"num":{number},"_placeholder":true}}"#)
        } else {
            write!(self.text, r#"{{"_placeholder":true,"num":{number}}}"#)
        };
        self.attachments.push_back(value.clone());
    }

    fn space(&mut self) {
        if self.spelling.spaces {
            self.text.push_str(" \n");
        }
    }
}
