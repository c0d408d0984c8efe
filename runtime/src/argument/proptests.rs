//! What a client sends comes out equal, with attachments and without, and whatever else it sends is
//! an error and no more.

mod data;
mod encoder;
#[cfg(feature = "msgpack")]
mod msgpack;

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::{collection, prelude::*};
use serde::{Deserialize, de::IgnoredAny};
use socketioxide_core::Value;

use self::{
    data::{Data, bytes, data, text},
    encoder::{Encoder, style},
};
use super::{
    args::Args,
    decode_answer,
    wire::{Wire, decode_auth},
};

/// What the engine lets through as the name of an event.
fn event() -> impl Strategy<Value = String> {
    "[^\"\\\\\\p{C}]{1,12}"
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

fn decode_in_all_ways(packet: Value) {
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
    let _ = args.attachments();
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
        decode_in_all_ways(Value::Str(text.into(), attachments));
    }

    #[test]
    fn a_packet_that_is_cut_off_makes_no_argument_that_was_not_sent(
        sent in collection::vec(data(), 1..4),
        style in style(),
        cut in any::<prop::sample::Index>(),
    ) {
        let packet = match Encoder::event("e", &sent, style) {
            Value::Str(text, attachments) => {
                let ends: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
                let end = ends[cut.index(ends.len())];
                Value::Str(text[..end].to_owned().into(), attachments)
            }
            Value::Bytes(packet) => Value::Bytes(packet.slice(..cut.index(packet.len()))),
        };
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
