//! Values as JavaScript has them.

use std::{collections::BTreeMap, fmt};

use bytes::Bytes;
use proptest::{collection, prelude::*};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// Whatever there is in JavaScript that can be sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Data {
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

pub(super) fn data() -> impl Strategy<Value = Data> {
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

pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\\\[\\]{},:/ \t\n\u{1}\u{7f}\u{2028}ß😀]{0,6}"
    ]
}

pub(super) fn bytes() -> impl Strategy<Value = Bytes> {
    collection::vec(any::<u8>(), 0..9).prop_map(Bytes::from)
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
