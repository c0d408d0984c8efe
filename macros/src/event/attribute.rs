//! The attribute `#[event(..)]` on what is sent: its name, or the case in which names are written.

use syn::{Attribute, Ident, LitStr, Meta, Token, parse::ParseStream};

use super::case::Case;
use crate::{errors::Errors, name::not_to_send};

const ONE_NAME: &str = "an event that is sent has one name: leave this one out";
const RENAME_ALL: &str = "rename_all";

/// What one attribute says.
enum Said {
    Name(LitStr),
    Case(Case),
    /// Nothing that can be read, which has been said.
    Nonsense,
}

pub(super) fn event_attributes(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("event"))
}

/// The name in `#[event("name")]`, else the struct's own, in the case of `#[event(rename_all = "..")]`.
pub(super) fn of_struct(attributes: &[Attribute], ident: &Ident, errors: &mut Errors) -> LitStr {
    let own = Case::default().name(ident);
    let name = match first(attributes, &own, errors) {
        Some(Said::Name(name)) => name,
        Some(Said::Case(case)) => case.name(ident),
        Some(Said::Nonsense) => return own,
        None => own,
    };
    checked(name, errors)
}

/// The case in which the variants' own names are written.
pub(super) fn of_enum(attributes: &[Attribute], errors: &mut Errors) -> Case {
    let is_case = |attribute: &Attribute| {
        let list = attribute.meta.require_list();
        list.is_ok_and(|list| list.tokens.to_string().starts_with(RENAME_ALL))
    };
    let mut cases = Vec::new();
    for attribute in event_attributes(attributes) {
        if is_case(attribute) {
            cases.push(attribute.clone());
        } else {
            errors.at(
                attribute,
                "each variant is an event of its own: put `#[event(\"name\")]` on the variants and \
                 leave this one out",
            );
        }
    }
    let own = LitStr::new("name", proc_macro2::Span::call_site());
    match first(&cases, &own, errors) {
        Some(Said::Case(case)) => case,
        Some(Said::Name(_) | Said::Nonsense) | None => Case::default(),
    }
}

/// The name in `#[event("name")]`, else the variant's own in the case of its enum.
pub(super) fn of_variant(
    attributes: &[Attribute],
    ident: &Ident,
    case: Case,
    errors: &mut Errors,
) -> LitStr {
    let own = case.name(ident);
    let name = match first(attributes, &own, errors) {
        Some(Said::Name(name)) => name,
        Some(Said::Case(_)) => {
            if let Some(attribute) = event_attributes(attributes).next() {
                let message = format!(
                    "a variant has one name: write `#[event(\"{}\")]`, or put `{RENAME_ALL}` on the \
                     enum, where it is for all variants",
                    own.value(),
                );
                errors.at(attribute, message);
            }
            return own;
        }
        Some(Said::Nonsense) => return own,
        None => own,
    };
    checked(name, errors)
}

fn checked(name: LitStr, errors: &mut Errors) -> LitStr {
    if let Some(message) = not_to_send(&name) {
        errors.at(&name, message);
    }
    name
}

/// What the first attribute says. There is to be one at most.
fn first(attributes: &[Attribute], own: &LitStr, errors: &mut Errors) -> Option<Said> {
    let mut attributes = event_attributes(attributes);
    match read(attributes.next()?, own) {
        Ok(said) => {
            for second in attributes {
                errors.at(second, ONE_NAME);
            }
            Some(said)
        }
        Err(error) => {
            errors.push(error);
            Some(Said::Nonsense)
        }
    }
}

fn read(attribute: &Attribute, own: &LitStr) -> syn::Result<Said> {
    let form = format!("write `#[event(\"{}\")]`", own.value());
    let missing = || {
        let message = format!("the name is missing; {form}");
        syn::Error::new_spanned(attribute, message)
    };
    let Meta::List(list) = &attribute.meta else {
        return Err(missing());
    };
    list.parse_args_with(|input: ParseStream<'_>| {
        if input.is_empty() {
            return Err(missing());
        }
        let said = match case(input)? {
            Some(case) => Said::Case(case),
            None => Said::Name(input.parse().map_err(|error: syn::Error| {
                let message = format!("a name is text in quotation marks; {form}");
                syn::Error::new(error.span(), message)
            })?),
        };
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() {
            Ok(said)
        } else {
            Err(input.error(ONE_NAME))
        }
    })
}

/// `rename_all = "camelCase"`, if that is what comes.
fn case(input: ParseStream<'_>) -> syn::Result<Option<Case>> {
    let ident = input.fork().parse::<Ident>();
    if !ident.is_ok_and(|ident| ident == RENAME_ALL) {
        return Ok(None);
    }
    let ident: Ident = input.parse()?;
    let parsed = input.parse::<Token![=]>().and_then(|_| input.parse());
    let text: LitStr = parsed.map_err(|_| {
        let message =
            format!("the case is missing; write `#[event({RENAME_ALL} = \"camelCase\")]`");
        syn::Error::new(ident.span(), message)
    })?;
    Case::new(&text).map(Some)
}
