//! What msgpack has and JSON has not, and what no client should send.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use socketioxide_core::Value;

use super::{
    super::{
        args::Args,
        decode_answer,
        wire::{Wire, decode_auth},
    },
    date, deeper, deeper_in_list,
};

fn event_of(bytes: &'static [u8]) -> Value {
    Value::Bytes(Bytes::from_static(bytes))
}

#[test]
fn undefined_is_what_it_is_in_json() {
    #[derive(Deserialize)]
    struct Options {
        #[serde(default)]
        times: u8,
        name: Option<String>,
    }
    // ["e", undefined, { times: undefined, name: undefined }]
    let packet = event_of(b"\x93\xa1e\xd4\0\0\x82\xa5times\xd4\0\0\xa4name\xd4\0\0");
    let mut wire = Wire::of_event(&packet);
    assert_eq!(wire.next::<Option<u8>>(&packet).unwrap(), None);
    let options = wire.next::<Options>(&packet).unwrap();
    assert_eq!((options.times, options.name), (0, None));
    assert_eq!(Args::new(packet).to_json(), [Json::Null, json!({})]);
}

#[test]
fn an_answer_has_all_its_bytes() {
    // [bytes, [bytes]]
    let args = Args::of_answer(event_of(b"\x92\xc4\x01a\x91\xc4\x01b"));
    assert_eq!(args.attachments(), ["a", "b"]);
}

#[test]
fn a_date_is_text_as_in_json() {
    let dates: [(i64, &str); 7] = [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_343_445_678, "2026-11-22T10:30:45.678Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-62_198_755_200_000, "-000001-01-01T00:00:00.000Z"),
        (8_640_000_000_000_000, "+275760-09-13T00:00:00.000Z"),
        (-8_640_000_000_000_000, "-271821-04-20T00:00:00.000Z"),
    ];
    for (time, expected) in dates {
        let packet = [b"\x92\xa1e\xd7\0", &time.to_be_bytes()[..]].concat();
        let packet = Value::Bytes(packet.into());
        let text: String = Wire::of_event(&packet).next(&packet).unwrap();
        assert_eq!(text, expected);
    }
    for time in [i64::MIN, i64::MAX] {
        assert!(date(time).ends_with('Z'));
    }
}

#[test]
fn keys_are_text_whatever_they_were() {
    // ["e", {1: "a", -1: "b", true: "c"}]
    let packet = event_of(b"\x92\xa1e\x83\x01\xa1a\xff\xa1b\xc3\xa1c");
    let by_name: BTreeMap<String, char> = Wire::of_event(&packet).next(&packet).unwrap();
    let expected = [("-1", 'b'), ("1", 'a'), ("true", 'c')].map(|(k, v)| (k.to_owned(), v));
    assert_eq!(by_name, BTreeMap::from(expected));
    // ["e", {"1": "a", 2: "b"}]
    let packet = event_of(b"\x92\xa1e\x82\xa11\xa1a\x02\xa1b");
    let by_number: BTreeMap<u8, char> = Wire::of_event(&packet).next(&packet).unwrap();
    assert_eq!(by_number, BTreeMap::from([(1, 'a'), (2, 'b')]));
}

#[test]
fn an_error_names_argument_and_field() {
    #[derive(Debug, Deserialize)]
    struct Point {
        #[expect(dead_code, reason = "it is never decoded")]
        x: i32,
    }
    // ["e", 1, [{"x": "a"}]]
    let packet = event_of(b"\x93\xa1e\x01\x91\x81\xa1x\xa1a");
    let mut wire = Wire::of_event(&packet);
    wire.next::<u8>(&packet).unwrap();
    let wrong = wire.next::<Vec<Point>>(&packet).unwrap_err();
    let expected = "argument 2, `[0].x`: invalid type: string \"a\", expected i32";
    assert_eq!(wrong.to_string(), expected);
}

#[test]
fn no_auth_object_is_none() {
    for packet in [None, Some(event_of(b"\xc0"))] {
        assert_eq!(
            decode_auth::<Option<String>>(packet.as_ref()).unwrap(),
            None
        );
        decode_auth::<BTreeMap<String, u8>>(packet.as_ref()).unwrap();
    }
    let packet = event_of(b"\x81\xa4name\xa3ann");
    let auth: BTreeMap<String, String> = decode_auth(Some(&packet)).unwrap();
    assert_eq!(auth["name"], "ann");
}

#[test]
fn what_is_nested_too_deeply_is_an_error() {
    for (depth, fits) in [(100, true), (128, true), (129, false), (10_000, false)] {
        for opening in [&b"\x91"[..], b"\x81\xa1k"] {
            let mut packet = b"\x92\xa1e".to_vec();
            packet.extend(opening.repeat(depth));
            packet.push(0xc0);
            let packet = Value::Bytes(packet.into());
            let decoded = Wire::of_event(&packet).next::<Json>(&packet);
            assert_eq!(decoded.is_ok(), fits, "{depth} of {opening:?}");
            let held = Args::new(packet).len();
            assert_eq!(held == 1, fits, "{depth} of {opening:?}");
        }
    }
}

#[test]
fn a_length_that_is_not_true_takes_no_memory() {
    let lies: [&'static [u8]; 6] = [
        b"\xdd\xff\xff\xff\xff\xa1e",
        b"\x92\xa1e\xdd\xff\xff\xff\xff",
        b"\x92\xa1e\xdf\xff\xff\xff\xff",
        b"\x92\xa1e\xdb\xff\xff\xff\xff",
        b"\x92\xa1e\xc6\xff\xff\xff\xff",
        b"\x92\xa1e\xc9\xff\xff\xff\xff",
    ];
    for packet in lies.map(event_of) {
        assert!(Wire::of_event(&packet).next::<Json>(&packet).is_err());
        assert!(decode_answer::<Vec<Json>>(&packet).is_err());
        assert!(decode_auth::<Json>(Some(&packet)).is_err());
    }
}

#[test]
fn the_value_that_is_too_deep_is_told() {
    let nested = |levels: usize, begin: &[u8]| [begin.repeat(levels), vec![1]].concat();
    let packet = |values: &[Vec<u8>]| {
        let length = 0x90 + u8::try_from(values.len()).unwrap();
        Bytes::from([vec![length], values.concat()].concat())
    };
    let list = [0x91];
    // With a number for its key.
    let map = [0x81, 7];
    for begin in [&list[..], &map] {
        for most in [1, 2, 64, 126] {
            let (deep, deeper_value) = (nested(most, begin), nested(most + 1, begin));
            let name = vec![0xa1, b'e'];
            let fine = packet(&[name.clone(), deep.clone(), deep.clone()]);
            assert_eq!(deeper_in_list(&fine, most), None);
            let one = packet(&[name, deep.clone(), deeper_value.clone()]);
            assert_eq!(deeper_in_list(&one, most), Some(2));
            assert!(!deeper(&deep.into(), most));
            assert!(deeper(&deeper_value.into(), most));
        }
    }
    // Bytes that look like lists and are none.
    let text = [vec![0xd9, 200], vec![0x91; 200]].concat();
    assert_eq!(deeper_in_list(&packet(&[text]), 1), None);
    // Lists beside one another, and lists that say that they are longer than there is.
    let beside = vec![vec![0x93, 0x91, 1, 0x91, 1, 0x90]; 9];
    assert_eq!(deeper_in_list(&packet(&beside), 2), None);
    let endless = vec![0xdd, 0xff, 0xff, 0xff, 0xff, 0x90, 0x90, 0x90];
    assert_eq!(deeper_in_list(&packet(&[endless]), 2), None);
}
