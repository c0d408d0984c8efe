//! Decodes an argument whose binary parts came as attachments: where the JSON has
//! `{"_placeholder": true, "num": 1}`, the value is the second attachment.

use std::{cell::Cell, collections::VecDeque};

use bytes::Bytes;
use serde::{
    Deserializer,
    de::{
        self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
        value::{Error, SeqDeserializer, StrDeserializer},
    },
};
use serde_json::Value as Json;

/// The attachments of a packet, for one argument to take.
pub(super) struct Attachments<'a> {
    all: &'a VecDeque<Bytes>,
    /// Those it has taken. Each is taken once: no client refers to one again, and whoever did could
    /// have a packet decoded to thousands of times its size.
    taken: Vec<Cell<bool>>,
}

impl<'a> Attachments<'a> {
    pub(super) fn new(all: &'a VecDeque<Bytes>) -> Self {
        Self {
            all,
            taken: vec![Cell::new(false); all.len()],
        }
    }

    fn take(&self, number: u64) -> Result<&'a [u8], Error> {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        match (self.all.get(index), self.taken.get(index)) {
            (Some(bytes), Some(taken)) if !taken.replace(true) => Ok(bytes),
            (Some(_), _) => Err(de::Error::custom(format!(
                "attachment {number} is in two places"
            ))),
            (None, _) => Err(missing(number)),
        }
    }
}

fn missing(number: u64) -> Error {
    de::Error::custom(format!("attachment {number} is missing"))
}

/// The number of the attachment that this value stands for, if it stands for one.
fn number(value: &Json) -> Option<u64> {
    let object = value.as_object()?;
    if object.get("_placeholder") != Some(&Json::Bool(true)) {
        return None;
    }
    object.get("num")?.as_u64()
}

/// The attachment that this value stands for, if it stands for one, whoever has taken it.
pub(super) fn attachment<'a>(
    value: &Json,
    attachments: Option<&'a VecDeque<Bytes>>,
) -> Option<Result<&'a Bytes, Error>> {
    let attachments = attachments?;
    let number = number(value)?;
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    Some(attachments.get(index).ok_or_else(|| missing(number)))
}

/// One value of the tree.
#[derive(Clone, Copy)]
pub(super) struct Node<'de> {
    value: &'de Json,
    attachments: Option<&'de Attachments<'de>>,
}

impl<'de> Node<'de> {
    pub(super) fn new(value: &'de Json, attachments: Option<&'de Attachments<'de>>) -> Self {
        Self { value, attachments }
    }

    fn with(self, value: &'de Json) -> Self {
        Self { value, ..self }
    }

    /// Takes the attachment this value stands for, if it stands for one.
    fn attachment(self) -> Option<Result<&'de [u8], Error>> {
        let attachments = self.attachments?;
        Some(attachments.take(number(self.value)?))
    }

    /// `Vec<u8>` and `[u8; N]` take an attachment as a list of numbers.
    fn visit_list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.attachment() {
            Some(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes?.iter().copied())),
            None => self.deserialize_any(visitor),
        }
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(number) => {
                if let Some(value) = number.as_u64() {
                    visitor.visit_u64(value)
                } else if let Some(value) = number.as_i64() {
                    visitor.visit_i64(value)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
                }
            }
            Json::String(text) => visitor.visit_borrowed_str(text),
            Json::Array(values) => visitor.visit_seq(List {
                values: values.iter(),
                node: self,
            }),
            Json::Object(entries) => match self.attachment() {
                Some(bytes) => visitor.visit_bytes(bytes?),
                None => visitor.visit_map(Entries {
                    left: entries.iter(),
                    value: None,
                    node: self,
                }),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit_list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.visit_list(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Json::String(variant) => visitor.visit_enum(StrDeserializer::new(variant)),
            Json::Object(entries) if entries.len() == 1 => {
                let mut entries = entries.iter();
                match entries.next() {
                    Some((variant, value)) => visitor.visit_enum(Variant {
                        name: variant,
                        content: self.with(value),
                    }),
                    None => Err(de::Error::custom("expected a variant")),
                }
            }
            _ => Err(de::Error::custom(
                "expected a variant: text, or an object with one key",
            )),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple_struct map struct identifier ignored_any
    }
}

struct List<'de> {
    values: std::slice::Iter<'de, Json>,
    node: Node<'de>,
}

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let next = self.values.next();
        next.map(|value| seed.deserialize(self.node.with(value)))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

struct Entries<'de> {
    left: serde_json::map::Iter<'de>,
    value: Option<&'de Json>,
    node: Node<'de>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(Key(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(self.node.with(value)),
            None => Err(de::Error::custom("a value without a key")),
        }
    }
}

/// A key is text in JSON, whatever the map's keys are in Rust.
struct Key<'de>(&'de str);

macro_rules! numeric_keys {
    ($($deserialize:ident $visit:ident $type:ty),+ $(,)?) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$type>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => visitor.visit_borrowed_str(self.0),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    numeric_keys! {
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u128 visit_u128 u128, deserialize_i128 visit_i128 i128,
        deserialize_bool visit_bool bool,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(StrDeserializer::new(self.0))
    }

    serde::forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

struct Variant<'de> {
    name: &'de str,
    content: Node<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Node<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Node<'de>), Error> {
        Ok((seed.deserialize(Key(self.name))?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Node<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if self.value.is_null() {
            Ok(())
        } else {
            Err(de::Error::custom("expected a variant without content"))
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.visit_list(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}
