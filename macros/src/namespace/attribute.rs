//! The attribute `#[event(..)]` on methods: read, and taken off the block that is given back.

use syn::{
    Attribute, Ident, ImplItem, ItemImpl, LitStr, Meta, Token,
    parse::{Parse, ParseStream},
};

use crate::{errors::Errors, name::is_one_slip};

/// What `#[event("a", "b", concurrent)]` says about one method.
#[derive(Default)]
pub(super) struct EventAttribute {
    /// Whether there was an attribute at all.
    pub(super) present: bool,
    pub(super) names: Vec<LitStr>,
    pub(super) concurrent: bool,
}

const FORM: &str = "write `#[event(\"name\")]`, `#[event(\"one\", \"two\")]` or \
                    `#[event(\"name\", concurrent)]`";

/// Takes the attributes off all methods; the result has one entry for each item of the block.
pub(super) fn take(block: &mut ItemImpl, errors: &mut Errors) -> Vec<EventAttribute> {
    let items = block.items.iter_mut();
    items
        .map(|item| match item {
            ImplItem::Fn(method) => take_from(&mut method.attrs, errors),
            ImplItem::Const(other) => refuse(&mut other.attrs, errors),
            ImplItem::Type(other) => refuse(&mut other.attrs, errors),
            _ => EventAttribute::default(),
        })
        .collect()
}

/// Takes the attributes off what is no method, where they are a mistake.
fn refuse(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> EventAttribute {
    attributes.retain(|attribute| {
        let ours = attribute.path().is_ident("event");
        if ours {
            errors.at(attribute, "only a method handles an event: put it on one");
        }
        !ours
    });
    EventAttribute::default()
}

fn take_from(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> EventAttribute {
    let mut event = EventAttribute::default();
    attributes.retain(|attribute| {
        let ours = attribute.path().is_ident("event");
        if ours {
            if event.present {
                errors.at(
                    attribute,
                    "one `#[event]` holds all names of a method: `#[event(\"one\", \"two\")]`",
                );
            }
            event.present = true;
            match read(attribute) {
                Ok(Words { names, concurrent }) => {
                    event.names.extend(names);
                    event.concurrent |= concurrent;
                }
                Err(error) => errors.push(error),
            }
        }
        !ours
    });
    event
}

struct Words {
    names: Vec<LitStr>,
    concurrent: bool,
}

fn read(attribute: &Attribute) -> syn::Result<Words> {
    let list = match &attribute.meta {
        Meta::List(list) => list,
        Meta::Path(_) => {
            let message = format!("the name is missing; {FORM}");
            return Err(syn::Error::new_spanned(attribute, message));
        }
        Meta::NameValue(_) => {
            let message = format!("the name goes in parentheses; {FORM}");
            return Err(syn::Error::new_spanned(attribute, message));
        }
    };
    let words: Words = list.parse_args()?;
    if words.names.is_empty() && !words.concurrent {
        return Err(syn::Error::new_spanned(
            attribute,
            format!("the name is missing; {FORM}"),
        ));
    }
    Ok(words)
}

impl Parse for Words {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut words = Self {
            names: Vec::new(),
            concurrent: false,
        };
        while !input.is_empty() {
            if input.peek(LitStr) {
                words.names.push(input.parse()?);
            } else if input.peek(Ident) {
                let word: Ident = input.parse()?;
                if is_one_slip(&word.to_string(), "concurrent") {
                    let message = "did you mean `concurrent`?";
                    return Err(syn::Error::new(word.span(), message));
                }
                if word != "concurrent" {
                    let message = format!("a name is text: `\"{word}\"`; {FORM}");
                    return Err(syn::Error::new(word.span(), message));
                }
                words.concurrent = true;
            } else {
                return Err(input.error(format!("this is neither a name nor an option; {FORM}")));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(words)
    }
}
