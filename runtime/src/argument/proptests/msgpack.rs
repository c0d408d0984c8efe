//! With msgpack: an encoder as the JavaScript client has it, and what goes out against JSON.

use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
};

use bytes::Bytes;
use proptest::{collection, prelude::*};
use rmp::encode as write;
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};
use socketioxide_core::{
    Value,
    packet::{Packet, PacketData},
    parser::{Parse, ParseConfig, ParserState},
};
use socketioxide_parser_msgpack::MsgPackParser;

use super::{
    super::{args::EventName, decode_answer, wire::Wire},
    data::{Data, data},
    decode_in_all_ways, event,
};
use crate::emit::{
    arguments::Arguments,
    encode::{encode as encode_json, msgpack::encode as encode_msgpack},
};

/// A list of values as the JavaScript client writes it; the long forms where there is a choice, if
/// `long`.
pub(super) fn packet(name: Option<&str>, values: &[Data], long: bool) -> Value {
    let mut packet = Vec::new();
    head(
        &mut packet,
        values.len() + usize::from(name.is_some()),
        0xdd,
        long,
    );
    if let Some(name) = name {
        text(&mut packet, name, long);
    }
    for value in values {
        put(&mut packet, value, long);
    }
    Value::Bytes(packet.into())
}

fn put(packet: &mut Vec<u8>, data: &Data, long: bool) {
    match data {
        Data::Null => packet.push(0xc0),
        Data::Bool(value) => packet.push(if *value { 0xc3 } else { 0xc2 }),
        Data::Positive(value) if long => write::write_u64(packet, *value).unwrap(),
        Data::Positive(value) => drop(write::write_uint(packet, *value).unwrap()),
        Data::Negative(value) if long => write::write_i64(packet, *value).unwrap(),
        Data::Negative(value) => drop(write::write_sint(packet, *value).unwrap()),
        Data::Float(value) => write::write_f64(packet, *value).unwrap(),
        Data::Text(value) => text(packet, value, long),
        Data::Bytes(value) => write::write_bin(packet, value).unwrap(),
        Data::List(values) => {
            head(packet, values.len(), 0xdd, long);
            for value in values {
                put(packet, value, long);
            }
        }
        Data::Map(entries) => {
            head(packet, entries.len(), 0xdf, long);
            for (key, value) in entries {
                text(packet, key, long);
                put(packet, value, long);
            }
        }
    }
}

/// The head of what is `longest` in its longest form.
fn head(packet: &mut Vec<u8>, length: usize, longest: u8, long: bool) {
    let length = u32::try_from(length).unwrap();
    match longest {
        _ if long => {
            packet.push(longest);
            packet.extend(length.to_be_bytes());
        }
        0xdd => drop(write::write_array_len(packet, length).unwrap()),
        _ => drop(write::write_map_len(packet, length).unwrap()),
    }
}

fn text(packet: &mut Vec<u8>, value: &str, long: bool) {
    if long {
        head(packet, value.len(), 0xdb, true);
        packet.extend(value.bytes());
    } else {
        write::write_str(packet, value).unwrap();
    }
}

/// As a user's type would be.
impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Null => serializer.serialize_unit(),
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Positive(value) => serializer.serialize_u64(*value),
            Data::Negative(value) => serializer.serialize_i64(*value),
            Data::Float(value) => serializer.serialize_f64(*value),
            Data::Text(value) => serializer.serialize_str(value),
            Data::Bytes(value) => serializer.serialize_bytes(value),
            Data::List(values) => serializer.collect_seq(values),
            Data::Map(entries) => serializer.collect_map(entries),
        }
    }
}

/// What a packet holds as JSON with its attachments, whichever it is.
fn held(packet: &Value) -> (Vec<Json>, Vec<Bytes>) {
    let (values, attachments) = Wire::values(packet, false).unwrap();
    let attachments = attachments.map(std::borrow::Cow::into_owned);
    (values, attachments.unwrap_or_default().into())
}

#[track_caller]
fn is_as_in_json<T: Serialize>(data: T) {
    let data = &Arguments(&data);
    for event in [None, Some("e")] {
        let expected = held(&encode_json(event, data).unwrap());
        assert_eq!(held(&encode_msgpack(event, data).unwrap()), expected);
    }
}

#[derive(Serialize)]
struct Everything {
    unit: (),
    nothing: Nothing,
    none: Option<u8>,
    some: Option<Bytes>,
    newtype: Newtype,
    pair: Pair,
    kinds: Vec<Kind>,
    by_number: BTreeMap<i16, char>,
    by_kind: HashMap<Kind, bool>,
    address: Ipv4Addr,
    float: f64,
    large: (u64, i64, u128),
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<u8>,
    #[serde(flatten)]
    rest: BTreeMap<String, Bytes>,
}

#[derive(Serialize)]
struct Nothing;

#[derive(Serialize)]
struct Newtype(Bytes);

#[derive(Serialize)]
struct Pair(i8, Bytes);

#[derive(Serialize, PartialEq, Eq, Hash)]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(String, Bytes),
    Struct { part: Bytes },
}

#[test]
fn what_goes_out_is_what_it_is_in_json() {
    let bytes = || Bytes::from_static(b"\0x");
    is_as_in_json(());
    is_as_in_json((1, "b", [3]));
    is_as_in_json(vec![1, 2]);
    is_as_in_json(Nothing);
    is_as_in_json(None::<u8>);
    is_as_in_json(json!({ "a": [1, -1, 0.5, null, true, "é", { "b": {} }] }));
    is_as_in_json(Everything {
        unit: (),
        nothing: Nothing,
        none: None,
        some: Some(bytes()),
        newtype: Newtype(bytes()),
        pair: Pair(-1, bytes()),
        kinds: vec![
            Kind::Unit,
            Kind::Newtype(7),
            Kind::Tuple("a".to_owned(), bytes()),
            Kind::Struct { part: bytes() },
        ],
        by_number: BTreeMap::from([(-300, 'a'), (7, 'ß')]),
        by_kind: HashMap::from([(Kind::Unit, true)]),
        address: Ipv4Addr::LOCALHOST,
        float: 0.1,
        large: (u64::MAX, i64::MIN, 1 << 40),
        skipped: None,
        rest: BTreeMap::from([("more".to_owned(), bytes())]),
    });
}

#[test]
fn what_has_no_place_is_an_error() {
    let fails = |data: &dyn Fn() -> Result<Value, crate::EmitError>| data().is_err();
    assert!(fails(&|| encode_msgpack(None, &Arguments(&u128::MAX))));
    assert!(fails(&|| encode_msgpack(None, &Arguments(&i128::MIN))));
    let keys = BTreeMap::from([([1, 2], 3)]);
    assert!(fails(&|| encode_msgpack(None, &Arguments(&keys))));
}

proptest! {
    #[test]
    fn what_is_sent_comes_out_as_it_does_with_json(data in data()) {
        let answer = encode_msgpack(None, &Arguments(&data)).unwrap();
        prop_assert_eq!(&decode_answer::<Data>(&answer).unwrap(), &data);
        prop_assert_eq!(held(&answer), held(&encode_json(None, &Arguments(&data)).unwrap()));
    }

    #[test]
    fn the_engine_reads_what_is_sent(name in event(), data in data()) {
        let value = encode_msgpack(Some(&name), &Arguments(&data)).unwrap();
        prop_assert_eq!(&*EventName::new(&value), name);
        let sent = MsgPackParser.encode(Packet::event("/", value.clone()));
        let Value::Bytes(sent) = sent else { unreachable!("msgpack is bytes") };
        let received = MsgPackParser.decode_bin(&ParseConfig::default(), &ParserState::default(), sent);
        prop_assert_eq!(received.unwrap().inner, PacketData::Event(value, None));
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in any::<Vec<u8>>()) {
        decode_in_all_ways(Value::Bytes(bytes.into()));
    }

    #[test]
    fn no_wrong_byte_makes_the_decoder_panic(
        sent in collection::vec(data(), 1..4),
        long in any::<bool>(),
        at in any::<prop::sample::Index>(),
        wrong in any::<u8>(),
    ) {
        let Value::Bytes(packet) = packet(Some("e"), &sent, long) else {
            unreachable!("msgpack is bytes");
        };
        let mut packet = packet.to_vec();
        let at = at.index(packet.len());
        packet[at] = wrong;
        decode_in_all_ways(Value::Bytes(packet.into()));
    }
}
