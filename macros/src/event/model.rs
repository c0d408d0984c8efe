//! Which event a type is, and the shape of its arguments.

use syn::{
    Attribute, Data, DeriveInput, Fields, Ident, LitStr, Meta, MetaList, Token,
    punctuated::Punctuated,
};

use super::attribute::{event_attributes, of_enum, of_struct, of_variant};
use crate::errors::Errors;

pub(super) struct Event<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) kind: Kind<'a>,
}

pub(super) enum Kind<'a> {
    Struct { name: LitStr, shape: Shape },
    Enum { variants: Vec<Variant<'a>> },
}

pub(super) struct Variant<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: LitStr,
    pub(super) shape: Shape,
}

#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// No argument.
    Unit,
    /// One argument for each field.
    Tuple,
    /// One object.
    Named,
}

impl Shape {
    fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Unit => Self::Unit,
            Fields::Unnamed(_) => Self::Tuple,
            Fields::Named(_) => Self::Named,
        }
    }
}

impl<'a> Event<'a> {
    pub(super) fn new(input: &'a DeriveInput, errors: &mut Errors) -> Self {
        default_representation(&input.attrs, errors);
        let kind = match &input.data {
            Data::Struct(data) => {
                no_event_fields(&data.fields, errors);
                Kind::Struct {
                    name: of_struct(&input.attrs, &input.ident, errors),
                    shape: Shape::of(&data.fields),
                }
            }
            Data::Enum(data) => {
                let case = of_enum(&input.attrs, errors);
                let variants = data.variants.iter().map(|variant| {
                    default_representation(&variant.attrs, errors);
                    no_event_fields(&variant.fields, errors);
                    Variant {
                        ident: &variant.ident,
                        name: of_variant(&variant.attrs, &variant.ident, case, errors),
                        shape: Shape::of(&variant.fields),
                    }
                });
                Kind::Enum {
                    variants: variants.collect(),
                }
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token,
                    "an event is a `struct` or an `enum`, whose fields serde knows",
                );
                Kind::Enum {
                    variants: Vec::new(),
                }
            }
        };
        Self { input, kind }
    }
}

/// Where serde wraps the fields in its own way there is no telling what the arguments are.
fn default_representation(attributes: &[Attribute], errors: &mut Errors) {
    let wrapping = [
        "tag",
        "content",
        "untagged",
        "into",
        "remote",
        "transparent",
        "with",
        "serialize_with",
    ];
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let Meta::List(MetaList { tokens, .. }) = &attribute.meta else {
            continue;
        };
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        let Ok(options) = syn::parse::Parser::parse2(parse, tokens.clone()) else {
            continue;
        };
        for option in options {
            let option_name = wrapping.iter().find(|word| option.path().is_ident(word));
            if let Some(name) = option_name {
                errors.at(
                    &option,
                    format!(
                        "the name says which event it is and the fields are its arguments, so serde \
                         must not wrap them in its own way: leave `{name}` out"
                    ),
                );
            }
        }
    }
}

/// The fields are arguments or parts of one; they have no names as events.
fn no_event_fields(fields: &Fields, errors: &mut Errors) {
    for field in fields {
        for attribute in event_attributes(&field.attrs) {
            errors.at(
                attribute,
                "a field is no event: put this on the struct or the variant; serde names a field, \
                 with `#[serde(rename = \"name\")]`",
            );
        }
    }
}
