//! Values as JavaScript has them, read and written without hobnob.

use std::{collections::BTreeMap, fmt};

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value as Json, json};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Positive(u64),
    Negative(i64),
    Float(f64),
    Text(String),
    Bytes(Bytes),
    List(Vec<Data>),
    Map(BTreeMap<String, Data>),
}

impl Data {
    /// JSON with its attachments; `None` if it refers to one that is not there, or twice to one.
    pub(super) fn from_json(value: &Json, attachments: &[Bytes]) -> Option<Self> {
        let mut left: Vec<_> = attachments.iter().map(Some).collect();
        Self::read(value, &mut left)
    }

    fn read(value: &Json, attachments: &mut [Option<&Bytes>]) -> Option<Self> {
        Some(match value {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => Self::Positive(value),
                (_, Some(value)) => Self::Negative(value),
                _ => Self::Float(number.as_f64()?),
            },
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(values) => {
                let values = values.iter().map(|value| Self::read(value, attachments));
                Self::List(values.collect::<Option<_>>()?)
            }
            Json::Object(entries) => {
                if let Some(number) = place(value).filter(|_| !attachments.is_empty()) {
                    let number = usize::try_from(number).ok()?;
                    Self::Bytes(attachments.get_mut(number)?.take()?.clone())
                } else {
                    let entries = entries
                        .iter()
                        .map(|(key, value)| Some((key.clone(), Self::read(value, attachments)?)));
                    Self::Map(entries.collect::<Option<_>>()?)
                }
            }
        })
    }

    /// As JSON, with the bytes put to the attachments.
    pub(super) fn to_json(&self, attachments: &mut Vec<Bytes>) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => json!(value),
            Self::Positive(value) => json!(value),
            Self::Negative(value) => json!(value),
            Self::Float(value) => json!(value),
            Self::Text(value) => json!(value),
            Self::Bytes(value) => {
                attachments.push(value.clone());
                json!({ "num": attachments.len() - 1, "_placeholder": true })
            }
            Self::List(values) => {
                let values = values.iter().map(|value| value.to_json(attachments));
                Json::Array(values.collect())
            }
            Self::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| (key.clone(), value.to_json(attachments)));
                Json::Object(entries.collect())
            }
        }
    }

    /// How many bytes are in it that are no text.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::List(values) => values.iter().map(Self::bytes).sum(),
            Self::Map(entries) => entries.values().map(Self::bytes).sum(),
            _ => 0,
        }
    }
}

/// Which attachment belongs here, if one does.
fn place(value: &Json) -> Option<u64> {
    let is_place = value.get("_placeholder") == Some(&Json::Bool(true));
    value.get("num")?.as_u64().filter(|_| is_place)
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Positive(value) => serializer.serialize_u64(*value),
            Self::Negative(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::List(values) => serializer.collect_seq(values),
            Self::Map(entries) => serializer.collect_map(entries),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

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
        Ok(u64::try_from(value).map_or(Data::Negative(value), Data::Positive))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Data, E> {
        // JSON has no place for the others.
        Ok(if value.is_finite() {
            Data::Float(value)
        } else {
            Data::Null
        })
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
        while let Some((key, value)) = entries.next_entry::<Data, _>()? {
            // Others take bytes for text.
            let Data::Text(key) = key else {
                return Err(Error::custom("a key that is not text"));
            };
            map.insert(key, value);
        }
        Ok(Data::Map(map))
    }
}
