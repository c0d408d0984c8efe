//! Which event a type is, and the shape of its arguments.

use syn::{
    Attribute, Data, DeriveInput, Fields, Ident, LitStr, Meta, MetaList, Token,
    punctuated::Punctuated,
};

use crate::{
    errors::Errors,
    name::{not_an_event, snake_case},
};

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
            Data::Struct(data) => Kind::Struct {
                name: name(&input.attrs, &input.ident, errors),
                shape: Shape::of(&data.fields),
            },
            Data::Enum(data) => {
                for attribute in event_attributes(&input.attrs) {
                    errors.at(
                        attribute,
                        "each variant is an event of its own: put `#[event(\"name\")]` on the variants",
                    );
                }
                let variants = data.variants.iter().map(|variant| Variant {
                    ident: &variant.ident,
                    name: name(&variant.attrs, &variant.ident, errors),
                    shape: Shape::of(&variant.fields),
                });
                Kind::Enum {
                    variants: variants.collect(),
                }
            }
            Data::Union(data) => {
                errors.at(data.union_token, "an event is a struct or an enum");
                Kind::Enum {
                    variants: Vec::new(),
                }
            }
        };
        Self { input, kind }
    }
}

fn event_attributes(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("event"))
}

/// The name in `#[event("name")]`, else the type's or variant's own.
fn name(attributes: &[Attribute], ident: &Ident, errors: &mut Errors) -> LitStr {
    let mut given = event_attributes(attributes);
    let name = match given
        .next()
        .map(|attribute| attribute.parse_args::<LitStr>())
    {
        Some(Ok(name)) => name,
        Some(Err(error)) => {
            let message = format!(
                "an event sent has one name: `#[event(\"{}\")]`",
                snake_case(ident)
            );
            errors.push(syn::Error::new(error.span(), message));
            return LitStr::new("event", ident.span());
        }
        None => LitStr::new(&snake_case(ident), ident.span()),
    };
    for second in given {
        errors.at(second, "an event sent has one name");
    }
    if let Some(message) = not_an_event(&name) {
        errors.at(&name, message);
    }
    name
}

/// Where serde wraps the fields in its own way there is no telling what the arguments are.
fn default_representation(attributes: &[Attribute], errors: &mut Errors) {
    let wrapping = ["tag", "content", "untagged", "into", "remote"];
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
            if wrapping.iter().any(|word| option.path().is_ident(word)) {
                errors.at(
                    &option,
                    "the name of an event says what it is, so serde must not: leave this out",
                );
            }
        }
    }
}
