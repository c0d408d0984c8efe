//! Lists and objects, whose length stands before them, known or not.

use rmp::{Marker, encode as write};
use serde::{
    Serialize,
    de::value::Error,
    ser::{self, Error as _},
};
use serde_json::Value as Json;

use super::{Encoder, checked, written};

/// A list or a map that is being written.
pub(super) struct Compound<'a> {
    packet: &'a mut Vec<u8>,
    length: Length,
    /// How many values there are so far, or pairs.
    written: u32,
}

enum Length {
    Known(u32),
    /// It is to be written here, in four bytes, as soon as it is known.
    At(usize),
}

impl<'a> Compound<'a> {
    pub(super) fn begin(
        packet: &'a mut Vec<u8>,
        length: Option<usize>,
        longest: Marker,
    ) -> Result<Self, Error> {
        let length = if let Some(length) = length.map(checked).transpose()? {
            written(match longest {
                Marker::Map32 => write::write_map_len(packet, length),
                _ => write::write_array_len(packet, length),
            })?;
            Length::Known(length)
        } else {
            packet.push(longest.to_u8());
            packet.extend([0; 4]);
            Length::At(packet.len() - 4)
        };
        Ok(Self {
            packet,
            length,
            written: 0,
        })
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Encoder {
            packet: self.packet,
            event: None,
        })
    }

    pub(super) fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.written += 1;
        self.value(value)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Error> {
        self.written += 1;
        self.value(key)?;
        self.value(value)
    }

    fn finish(self) -> Result<(), Error> {
        match self.length {
            Length::Known(length) if length == self.written => {}
            // Everything behind it would be read as something else.
            Length::Known(_) => {
                return Err(Error::custom("as many values as announced are needed"));
            }
            Length::At(start) => {
                let length = self.written.to_be_bytes();
                self.packet[start..start + length.len()].copy_from_slice(&length);
            }
        }
        Ok(())
    }
}

/// A key is text in JSON, whatever it is in Rust.
fn key<T: Serialize + ?Sized>(key: &T) -> Result<String, Error> {
    match serde_json::to_value(key).map_err(Error::custom)? {
        Json::String(text) => Ok(text),
        key @ (Json::Number(_) | Json::Bool(_)) => Ok(key.to_string()),
        _ => Err(Error::custom("key must be a string")),
    }
}

macro_rules! compounds {
    ($($trait:ident: $method:ident($($key:ident)?) = $inner:ident;)+) => {$(
        impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($key: &'static str,)?
                value: &T,
            ) -> Result<(), Error> {
                self.$inner($($key,)? value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )+};
}

compounds! {
    SerializeSeq: serialize_element() = element;
    SerializeTuple: serialize_element() = element;
    SerializeTupleStruct: serialize_field() = element;
    SerializeTupleVariant: serialize_field() = element;
    SerializeStruct: serialize_field(key) = field;
    SerializeStructVariant: serialize_field(key) = field;
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, of: &T) -> Result<(), Error> {
        self.element(&key(of)?)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}
