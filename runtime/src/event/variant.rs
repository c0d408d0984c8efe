//! Takes the fields of an event out of serde's wrapping: `{"Moved": [1, 2]}` becomes `1, 2`.
//!
//! Going through the user's own `Serialize` keeps every serde attribute on the fields working.

use serde::{
    Serialize, Serializer,
    ser::{
        Impossible, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
        SerializeTupleVariant,
    },
};

/// The arguments of a unit or tuple variant, or of a tuple struct: one for each field.
pub fn fields<T: Serialize + ?Sized, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.serialize(Unwrap {
        inner: serializer,
        shape: Shape::Fields,
    })
}

/// The argument of a variant with named fields: one object.
pub fn object<T: Serialize + ?Sized, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    super::one(&Object(value), serializer)
}

struct Object<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Object<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Unwrap {
            inner: serializer,
            shape: Shape::Object,
        })
    }
}

struct Unwrap<S> {
    inner: S,
    shape: Shape,
}

/// What is being unwrapped: the list of arguments, or the one object in it.
enum Shape {
    Fields,
    Object,
}

/// The compounds of the inner serializer under the names that the variant's own code calls.
struct Compound<C>(C);

fn not_a_variant<E: serde::ser::Error>() -> E {
    E::custom("an event must use serde's default representation of enums and structs")
}

/// Everything that serde's derive never calls for a variant or a tuple struct.
macro_rules! refuse {
    ($($method:ident($($type:ty),*);)+) => {$(
        fn $method(self, $(_: $type),*) -> Result<S::Ok, S::Error> {
            Err(not_a_variant())
        }
    )+};
}

impl<S: Serializer> Serializer for Unwrap<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Compound<S::SerializeTuple>;
    type SerializeTupleVariant = Compound<S::SerializeTuple>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Impossible<S::Ok, S::Error>;
    type SerializeStructVariant = Compound<S::SerializeStruct>;

    refuse! {
        serialize_bool(bool); serialize_char(char); serialize_str(&str); serialize_bytes(&[u8]);
        serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64);
        serialize_f32(f32); serialize_f64(f64); serialize_none(); serialize_unit();
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        Err(not_a_variant())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S::Ok, S::Error> {
        super::none(self.inner)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<S::Ok, S::Error> {
        super::none(self.inner)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        super::one(value, self.inner)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        match self.shape {
            Shape::Fields => super::one(value, self.inner),
            // Named fields with a `#[serde(flatten)]` among them come as one map.
            Shape::Object => value.serialize(self.inner),
        }
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.inner.serialize_tuple(len).map(Compound)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.inner.serialize_tuple(len).map(Compound)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.inner.serialize_struct(name, len).map(Compound)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Err(not_a_variant())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, S::Error> {
        Err(not_a_variant())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Err(not_a_variant())
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Err(not_a_variant())
    }
}

impl<C: SerializeTuple> SerializeTupleStruct for Compound<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.0.serialize_element(value)
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}

impl<C: SerializeTuple> SerializeTupleVariant for Compound<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.0.serialize_element(value)
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}

impl<C: SerializeStruct> SerializeStructVariant for Compound<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), C::Error> {
        self.0.serialize_field(key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
        self.0.skip_field(key)
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(Serialize)]
    struct Rest {
        c: u64,
    }

    #[derive(Serialize)]
    enum Move {
        Stop,
        One(u64),
        Two(u64, #[serde(serialize_with = "shouted")] String),
        Named {
            a: u64,
            #[serde(rename = "B")]
            b: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            none: Option<u64>,
        },
        Flat {
            a: u64,
            #[serde(flatten)]
            rest: Rest,
        },
    }

    fn shouted<S: Serializer>(value: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.to_uppercase())
    }

    #[derive(Serialize)]
    struct Pair(u64, u64);

    #[derive(Serialize)]
    struct Newtype(u64);

    fn fields_of<T: Serialize>(value: &T) -> Value {
        fields(value, serde_json::value::Serializer).unwrap()
    }

    fn object_of<T: Serialize>(value: &T) -> Value {
        object(value, serde_json::value::Serializer).unwrap()
    }

    #[test]
    fn fields_without_names_are_arguments() {
        assert_eq!(fields_of(&Move::Stop), json!([]));
        assert_eq!(fields_of(&Move::One(1)), json!([1]));
        assert_eq!(fields_of(&Move::Two(1, "a".to_owned())), json!([1, "A"]));
        assert_eq!(fields_of(&Pair(1, 2)), json!([1, 2]));
        assert_eq!(fields_of(&Newtype(1)), json!([1]));
    }

    #[test]
    fn fields_with_names_are_one_object_with_all_of_serdes_attributes() {
        let named = Move::Named {
            a: 1,
            b: 2,
            none: None,
        };
        assert_eq!(object_of(&named), json!([{ "a": 1, "B": 2 }]));
        let flat = Move::Flat {
            a: 1,
            rest: Rest { c: 3 },
        };
        assert_eq!(object_of(&flat), json!([{ "a": 1, "c": 3 }]));
    }

    #[test]
    fn another_representation_is_an_error() {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Untagged {
            Text(String),
        }
        let text = Untagged::Text(String::new());
        assert!(fields(&text, serde_json::value::Serializer).is_err());
    }
}
