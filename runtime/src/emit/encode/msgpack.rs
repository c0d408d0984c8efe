//! Encodes an event or an acknowledgement as msgpack: what is JSON otherwise, with bytes in place.
//!
//! Not through `rmp-serde`: an object's keys would be numbers, which the Python client refuses, and a
//! unit struct an empty list.

mod compound;

use rmp::{Marker, encode as write};
use serde::{Serialize, Serializer, de::value::Error, ser::Error as _};
use socketioxide_core::Value;

use self::compound::Compound;
use crate::error::EmitError;

/// Most messages fit in here without growing.
const CAPACITY: usize = 128;

/// `["event",argument,..]`, or `[argument,..]` without an event. `arguments` serializes as a tuple.
pub(crate) fn encode<T: Serialize>(event: Option<&str>, arguments: &T) -> Result<Value, EmitError> {
    let mut packet = Vec::with_capacity(CAPACITY);
    let encoder = Encoder {
        packet: &mut packet,
        event,
    };
    match arguments.serialize(encoder) {
        Ok(()) => Ok(Value::Bytes(packet.into())),
        Err(error) => Err(EmitError::Serialize(error.to_string())),
    }
}

/// Writes one value.
struct Encoder<'a> {
    packet: &'a mut Vec<u8>,
    /// What the list to be written begins with.
    event: Option<&'a str>,
}

fn written<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<(), Error> {
    result.map(drop).map_err(Error::custom)
}

fn checked(length: usize) -> Result<u32, Error> {
    u32::try_from(length).map_err(|_| Error::custom("too long for msgpack"))
}

impl<'a> Encoder<'a> {
    fn list(self, length: Option<usize>) -> Result<Compound<'a>, Error> {
        let event = usize::from(self.event.is_some());
        let length = length.map(|length| length + event);
        let mut list = Compound::begin(self.packet, length, Marker::Array32)?;
        if let Some(event) = self.event {
            list.element(event)?;
        }
        Ok(list)
    }

    fn map(self, length: Option<usize>) -> Result<Compound<'a>, Error> {
        Compound::begin(self.packet, length, Marker::Map32)
    }

    /// A variant with content is an object with one key.
    fn variant(self, name: &str) -> Result<Self, Error> {
        written(write::write_map_len(self.packet, 1))?;
        written(write::write_str(self.packet, name))?;
        Ok(self)
    }
}

macro_rules! numbers {
    ($($method:ident($type:ty) = $write:ident($as:ty);)+) => {$(
        fn $method(self, value: $type) -> Result<(), Error> {
            written(write::$write(self.packet, <$as>::from(value)))
        }
    )+};
}

impl<'a> Serializer for Encoder<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    numbers! {
        serialize_u8(u8) = write_uint(u64); serialize_i8(i8) = write_sint(i64);
        serialize_u16(u16) = write_uint(u64); serialize_i16(i16) = write_sint(i64);
        serialize_u32(u32) = write_uint(u64); serialize_i32(i32) = write_sint(i64);
        serialize_u64(u64) = write_uint(u64); serialize_i64(i64) = write_sint(i64);
        serialize_f32(f32) = write_f32(f32); serialize_f64(f64) = write_f64(f64);
        serialize_bool(bool) = write_bool(bool);
    }

    fn serialize_i128(self, value: i128) -> Result<(), Error> {
        match i64::try_from(value) {
            Ok(value) => self.serialize_i64(value),
            Err(_) => self.serialize_u64(u64::try_from(value).map_err(Error::custom)?),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<(), Error> {
        self.serialize_u64(u64::try_from(value).map_err(Error::custom)?)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        checked(value.len())?;
        written(write::write_str(self.packet, value))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        checked(value.len())?;
        written(write::write_bin(self.packet, value))
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        written(write::write_nil(self.packet))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self.variant(variant)?)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Compound<'a>, Error> {
        self.list(length)
    }

    fn serialize_tuple(self, length: usize) -> Result<Compound<'a>, Error> {
        self.list(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Compound<'a>, Error> {
        self.list(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, Error> {
        self.variant(variant)?.list(Some(length))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Compound<'a>, Error> {
        self.map(length)
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Compound<'a>, Error> {
        self.map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, Error> {
        self.variant(variant)?.map(Some(length))
    }
}
