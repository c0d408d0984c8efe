//! What a client sends comes out equal, with attachments and without, and whatever else it sends is
//! an error and no more. The encoder here does what the JavaScript client does and knows nothing of
//! the decoder.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::{self, Write as _},
};

use bytes::Bytes;
use proptest::{collection, prelude::*};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use socketioxide_core::Value;

use super::{
    args::Args,
    decode_answer,
    wire::{Wire, decode_auth},
};

/// Whatever there is in JavaScript that can be sent.
#[derive(Debug, Clone, PartialEq)]
enum Data {
    Null,
    Bool(bool),
    Positive(u64),
    Negative(i64),
    /// With a fraction: JavaScript writes the others as integers.
    Float(f64),
    Text(String),
    Bytes(Bytes),
    List(Vec<Data>),
    Map(BTreeMap<String, Data>),
}

fn data() -> impl Strategy<Value = Data> {
    let leaf = prop_oneof![
        Just(Data::Null),
        any::<bool>().prop_map(Data::Bool),
        any::<u64>().prop_map(Data::Positive),
        (i64::MIN..0).prop_map(Data::Negative),
        any::<f64>()
            .prop_filter("integers are written as such", |float| float.fract() != 0.0)
            .prop_map(Data::Float),
        text().prop_map(Data::Text),
        bytes().prop_map(Data::Bytes),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..6).prop_map(Data::List),
            collection::btree_map(text(), inner, 0..6).prop_map(Data::Map),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\\\[\\]{},:/ \t\n\u{1}\u{7f}\u{2028}ß😀]{0,6}"
    ]
}

fn bytes() -> impl Strategy<Value = Bytes> {
    collection::vec(any::<u8>(), 0..9).prop_map(Bytes::from)
}

/// What the engine lets through as the name of an event.
fn event() -> impl Strategy<Value = String> {
    "[^\"\\\\\\p{C}]{1,12}"
}

/// Writes JSON as the client does, and takes the bytes out.
#[derive(Default)]
struct Encoder {
    text: String,
    attachments: VecDeque<Bytes>,
    style: Style,
}

/// In what JSON may differ from one client to another.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    spaces: bool,
    escapes: bool,
    number_first: bool,
}

fn style() -> impl Strategy<Value = Style> {
    any::<[bool; 3]>().prop_map(|[spaces, escapes, number_first]| Style {
        spaces,
        escapes,
        number_first,
    })
}

impl Encoder {
    fn event(name: &str, arguments: &[Data], style: Style) -> Value {
        Self::packet(Some(name), arguments, style)
    }

    fn answer(values: &[Data], style: Style) -> Value {
        Self::packet(None, values, style)
    }

    fn packet(name: Option<&str>, values: &[Data], style: Style) -> Value {
        let mut encoder = Self {
            style,
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
                '/' if self.style.escapes => self.text += "\\/",
                c if c < ' ' || (self.style.escapes && !c.is_ascii()) => {
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
        let _ = if self.style.number_first {
            write!(self.text, r#"{{"num":{number},"_placeholder":true}}"#)
        } else {
            write!(self.text, r#"{{"_placeholder":true,"num":{number}}}"#)
        };
        self.attachments.push_back(value.clone());
    }

    fn space(&mut self) {
        if self.style.spaces {
            self.text.push_str(" \n");
        }
    }
}

/// As an enum of the user's would be, were it to take everything.
impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_unit<E: Error>(self) -> Result<Data, E> {
                Ok(Data::Null)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Data, E> {
                Ok(Data::Bool(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Data, E> {
                Ok(Data::Positive(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Data, E> {
                Ok(Data::Negative(value))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Data, E> {
                Ok(Data::Float(value))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Data, E> {
                Ok(Data::Text(value.to_owned()))
            }

            fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<Data, E> {
                Ok(Data::Bytes(Bytes::copy_from_slice(value)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Data, A::Error> {
                let mut list = Vec::new();
                while let Some(value) = values.next_element()? {
                    list.push(value);
                }
                Ok(Data::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = entries.next_entry()? {
                    map.insert(key, value);
                }
                Ok(Data::Map(map))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

/// A type as a handler takes it, of everything that is decoded in a way of its own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Message {
    file: Option<Bytes>,
    raw: Vec<u8>,
    head: [u8; 2],
    id: Id,
    kinds: Vec<Kind>,
    by_number: BTreeMap<i8, Option<Bytes>>,
    #[serde(default)]
    absent: Option<Bytes>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Id(u64);

#[derive(Debug, Clone, PartialEq, Deserialize)]
enum Kind {
    Unit,
    Newtype(Bytes),
    Tuple(String, Option<Bytes>),
    Struct { part: Bytes },
}

impl Message {
    /// What the client holds: the same, and what the handler does not ask for.
    fn sent(&self, unknown: Data) -> Data {
        let map = |entries: Vec<(&str, Data)>| {
            let entries = entries.into_iter();
            Data::Map(
                entries
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
            )
        };
        let bytes = |bytes: &Bytes| Data::Bytes(bytes.clone());
        let or_null = |value: &Option<Bytes>| value.as_ref().map_or(Data::Null, bytes);
        let kinds = self.kinds.iter().map(|kind| match kind {
            Kind::Unit => Data::Text("Unit".to_owned()),
            Kind::Newtype(part) => map(vec![("Newtype", bytes(part))]),
            Kind::Tuple(text, part) => {
                let fields = vec![Data::Text(text.clone()), or_null(part)];
                map(vec![("Tuple", Data::List(fields))])
            }
            Kind::Struct { part } => map(vec![("Struct", map(vec![("part", bytes(part))]))]),
        });
        let by_number = self.by_number.iter();
        let by_number = by_number.map(|(key, value)| (key.to_string(), or_null(value)));
        map(vec![
            // Before all others in the order of the client, so that the numbers are not the obvious.
            ("a field of a later version", unknown),
            ("file", or_null(&self.file)),
            ("raw", Data::Bytes(self.raw.clone().into())),
            ("head", Data::Bytes(self.head.to_vec().into())),
            ("id", Data::Positive(self.id.0)),
            ("kinds", Data::List(kinds.collect())),
            ("by_number", Data::Map(by_number.collect())),
        ])
    }
}

fn message() -> impl Strategy<Value = Message> {
    let maybe = || proptest::option::of(bytes());
    let kind = prop_oneof![
        Just(Kind::Unit),
        bytes().prop_map(Kind::Newtype),
        (text(), maybe()).prop_map(|(text, part)| Kind::Tuple(text, part)),
        bytes().prop_map(|part| Kind::Struct { part }),
    ];
    let fields = (
        maybe(),
        any::<Vec<u8>>(),
        any::<[u8; 2]>(),
        any::<u64>(),
        collection::vec(kind, 0..4),
        collection::btree_map(any::<i8>(), maybe(), 0..4),
    );
    fields.prop_map(|(file, raw, head, id, kinds, by_number)| Message {
        file,
        raw,
        head,
        id: Id(id),
        kinds,
        by_number,
        absent: None,
    })
}

proptest! {
    #[test]
    fn arguments_come_out_as_they_were_sent(
        name in event(),
        sent in collection::vec(data(), 0..5),
        style in style(),
    ) {
        let packet = Encoder::event(&name, &sent, style);
        prop_assert_eq!(Wire::event_name(&packet), name);
        let mut wire = Wire::of_event(&packet);
        for argument in &sent {
            prop_assert_eq!(&wire.next::<Data>(&packet).unwrap(), argument);
        }
    }

    #[test]
    fn an_argument_is_the_same_whatever_the_others_are_taken_for(
        sent in collection::vec((data(), any::<bool>()), 1..5),
        style in style(),
    ) {
        let (arguments, wanted): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
        let packet = Encoder::event("e", &arguments, style);
        let mut wire = Wire::of_event(&packet);
        for (argument, wanted) in arguments.iter().zip(wanted) {
            if wanted {
                prop_assert_eq!(&wire.next::<Data>(&packet).unwrap(), argument);
            } else {
                wire.next::<IgnoredAny>(&packet).unwrap();
            }
        }
    }

    #[test]
    fn what_was_not_sent_is_none_or_an_error_that_says_which(
        sent in collection::vec(data(), 0..4),
        style in style(),
    ) {
        let packet = Encoder::event("e", &sent, style);
        let mut wire = Wire::of_event(&packet);
        for _ in &sent {
            wire.next::<IgnoredAny>(&packet).unwrap();
        }
        prop_assert_eq!(wire.next::<Option<Data>>(&packet).unwrap(), None);
        let missing = wire.next::<Data>(&packet).unwrap_err();
        prop_assert_eq!(missing.position(), Some(sent.len() + 2));
        prop_assert_eq!(missing.message(), "missing");
        prop_assert_eq!(wire.next::<Option<Data>>(&packet).unwrap(), None);
    }

    #[test]
    fn all_arguments_undecoded_hold_each_of_them(
        sent in collection::vec(data(), 0..5),
        style in style(),
    ) {
        let args = Args::new(Encoder::event("e", &sent, style));
        prop_assert_eq!(args.len(), sent.len());
        for (i, argument) in sent.iter().enumerate().rev() {
            prop_assert_eq!(&args.get::<Data>(i).unwrap(), argument);
        }
        prop_assert_eq!(args.get::<Option<Data>>(sent.len()).unwrap(), None);
        prop_assert!(args.get::<Data>(sent.len()).is_err());
    }

    #[test]
    fn a_struct_comes_out_whatever_stands_in_fields_it_does_not_have(
        message in message(),
        (before, unknown) in (data(), data()),
        style in style(),
    ) {
        let packet = Encoder::event("e", &[before, message.sent(unknown)], style);
        let mut wire = Wire::of_event(&packet);
        wire.next::<IgnoredAny>(&packet).unwrap();
        prop_assert_eq!(wire.next::<Message>(&packet).unwrap(), message);
    }

    #[test]
    fn an_answer_comes_out_as_it_was_sent(
        sent in collection::vec(data(), 1..4),
        style in style(),
    ) {
        let answer = Encoder::answer(&sent, style);
        prop_assert_eq!(&decode_answer::<Data>(&answer).unwrap(), &sent[0]);
        decode_answer::<()>(&answer).unwrap();
        let (first, second) = decode_answer::<(Data, Option<Data>)>(&answer).unwrap();
        prop_assert_eq!(&first, &sent[0]);
        // A `null` that was sent and nothing sent are the same to an `Option`.
        let expected = sent.get(1).filter(|second| **second != Data::Null);
        prop_assert_eq!(second.as_ref(), expected);
        prop_assert_eq!(decode_answer::<(Data, Data)>(&answer).is_ok(), sent.len() > 1);
    }

    #[test]
    fn a_struct_comes_out_of_an_answer(message in message(), unknown in data(), style in style()) {
        let answer = Encoder::answer(&[message.sent(unknown)], style);
        prop_assert_eq!(&decode_answer::<Message>(&answer).unwrap(), &message);
        let (in_tuple, nothing) = decode_answer::<(Message, Option<Data>)>(&answer).unwrap();
        prop_assert_eq!(in_tuple, message);
        prop_assert_eq!(nothing, None);
    }

    #[test]
    fn no_packet_makes_the_decoder_panic(
        text in prop_oneof![
            any::<String>(),
            "\\[?[ \\[\\]{}\",:0-9truefalsn\\\\uß😀-]{0,40}",
            "\\[\"[a-z]{0,3}\"(,(\\{\"_placeholder\":true,\"num\":-?[0-9]{1,22}\\}|1|\\[|\\]))*\\]?",
        ],
        attachments in proptest::option::of(collection::vec_deque(bytes(), 0..3)),
    ) {
        let packet = Value::Str(text.into(), attachments);
        let _ = Wire::event_name(&packet);
        let mut wire = Wire::of_event(&packet);
        let _ = wire.next::<Data>(&packet);
        let _ = wire.next::<Option<Message>>(&packet);
        let _ = wire.next::<Bytes>(&packet);
        let _ = decode_auth::<Data>(Some(&packet));
        let _ = decode_answer::<Data>(&packet);
        let _ = decode_answer::<(Bytes, Option<Message>)>(&packet);
        let _ = decode_answer::<()>(&packet);
        let args = Args::new(packet);
        let _ = args.get::<Data>(args.len());
    }

    #[test]
    fn a_packet_that_is_cut_off_makes_no_argument_that_was_not_sent(
        sent in collection::vec(data(), 1..4),
        style in style(),
        cut in any::<prop::sample::Index>(),
    ) {
        let Value::Str(text, attachments) = Encoder::event("e", &sent, style) else {
            unreachable!("an event is text");
        };
        let ends: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
        let end = ends[cut.index(ends.len())];
        let packet = Value::Str(text[..end].to_owned().into(), attachments);
        let mut wire = Wire::of_event(&packet);
        for argument in &sent {
            match wire.next::<Data>(&packet) {
                // A number may have lost digits, and nobody can tell.
                Ok(Data::Positive(_) | Data::Negative(_) | Data::Float(_)) => {}
                Ok(decoded) => prop_assert_eq!(&decoded, argument),
                Err(_) => break,
            }
        }
    }
}
