//! The rules, one small function each. What only the compiler can know is left to the compiler.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, LitStr, ReceiverKind, ReturnType, Safety, Type};

use super::model::{Class, HookKind, Method};
use crate::{errors::Errors, name::not_an_event};

pub(super) fn class(class: &Class<'_>, errors: &mut Errors) {
    inherent(class, errors);
    owns_its_state(class, errors);
    has_handlers(class, errors);
    session_is_made(class, errors);
    event_names(class, errors);
    one_method_for_each_event(class, errors);
    one_catch_all(class, errors);
    for method in class.methods() {
        receiver(method, errors);
        not_generic(method, errors);
        safe(method, errors);
        arguments(method, errors);
        return_type(method, errors);
    }
}

fn inherent(class: &Class<'_>, errors: &mut Errors) {
    if let Some((path, _)) = &class.block.trait_ {
        errors.at(
            path,
            "`#[namespace]` goes on a block of the class's own methods: `impl Type { .. }`, not \
             `impl Trait for Type { .. }`",
        );
    }
}

fn owns_its_state(class: &Class<'_>, errors: &mut Errors) {
    let message = "a namespace owns its state: no lifetimes here; share what it needs in an `Arc`";
    for parameter in &class.generics().params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            errors.at(lifetime, message);
            return;
        }
    }
    if let Some(lifetime) = find_lifetime(class.block.self_ty.to_token_stream()) {
        errors.push(syn::Error::new(lifetime, message));
    }
}

/// A lifetime other than `'static` among the tokens of a type.
fn find_lifetime(tokens: TokenStream) -> Option<proc_macro2::Span> {
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let name = tokens.next()?;
                if name.to_string() != "static" {
                    return Some(name.span());
                }
            }
            TokenTree::Group(group) => {
                if let Some(found) = find_lifetime(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn has_handlers(class: &Class<'_>, errors: &mut Errors) {
    // With other mistakes a handler may only have gone unrecognized.
    if errors.is_empty() && class.methods().next().is_none() {
        errors.at(
            &class.block.self_ty,
            "there is no handler in this block: add a method `on_<event>`, or one with \
             `#[event(\"name\")]`",
        );
    }
}

fn session_is_made(class: &Class<'_>, errors: &mut Errors) {
    if let Some(session) = class.session
        && class.hooks(HookKind::Connect).next().is_none()
    {
        let session_text = session.to_token_stream();
        errors.at(
            session,
            format!(
                "nobody makes this session: add `fn on_connect(&self, ..) -> {session_text}`, or \
                 one that returns `Result<{session_text}, ConnectionRefused>`"
            ),
        );
    }
}

fn event_names(class: &Class<'_>, errors: &mut Errors) {
    for handler in &class.handlers {
        for event in &handler.events {
            if let Some(message) = not_an_event(event) {
                errors.at(event, message);
            }
        }
    }
}

fn one_method_for_each_event(class: &Class<'_>, errors: &mut Errors) {
    let mut seen: Vec<(&LitStr, Method<'_>)> = Vec::new();
    for handler in &class.handlers {
        for event in &handler.events {
            let method = handler.method;
            let earlier = seen.iter().find(|(name, other)| {
                // Two methods behind `#[cfg]`s may never be there together.
                let certain = !(method.is_conditional() || other.is_conditional());
                name.value() == event.value() && certain
            });
            if let Some((_, other)) = earlier {
                let name = event.value();
                let other = &other.item.sig.ident;
                errors.at(
                    event,
                    format!("the event `{name}` is handled by `{other}` already; one method handles an event"),
                );
            } else {
                seen.push((event, method));
            }
        }
    }
}

fn one_catch_all(class: &Class<'_>, errors: &mut Errors) {
    let mut all = class
        .handlers
        .iter()
        .filter(|handler| handler.is_catch_all());
    let Some(first) = all.next() else { return };
    for second in
        all.filter(|second| !(second.method.is_conditional() || first.method.is_conditional()))
    {
        let first = &first.method.item.sig.ident;
        errors.at(
            &second.method.item.sig.ident,
            format!("`\"*\"` is handled by `{first}` already; one method handles what is left"),
        );
    }
}

fn receiver(method: Method<'_>, errors: &mut Errors) {
    let sig = &method.item.sig;
    let Some(FnArg::Receiver(receiver)) = sig.inputs.first() else {
        let name = &sig.ident;
        errors.at(
            name,
            format!("a handler takes `&self`: `fn {name}(&self, ..)`"),
        );
        return;
    };
    let shared = match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, exclusive) => {
            lifetime.is_none() && exclusive.is_none()
        }
        _ => false,
    };
    if !shared {
        errors.at(
            receiver,
            "a handler takes `&self`: one value of the class serves all clients at the same time; \
             what changes goes into a `Mutex` or an atomic",
        );
    }
}

fn not_generic(method: Method<'_>, errors: &mut Errors) {
    let generics = &method.item.sig.generics;
    if !generics.params.is_empty() {
        errors.at(
            &generics.params,
            "a handler has no parameters of its own: the event says which method is called, and \
             nothing says which type",
        );
    }
}

fn safe(method: Method<'_>, errors: &mut Errors) {
    if let Safety::Unsafe(keyword) = &method.item.sig.safety {
        errors.at(keyword, "a handler is called by clients and must be safe");
    }
}

fn arguments(method: Method<'_>, errors: &mut Errors) {
    for argument in method.arguments() {
        match argument {
            Type::Reference(reference) => {
                let inner = reference.elem.to_token_stream().to_string();
                let owned = match inner.as_str() {
                    "str" => "String".to_owned(),
                    slice if slice.starts_with('[') => {
                        format!("Vec<{}>", slice.trim_matches(['[', ']', ' ']))
                    }
                    _ => inner,
                };
                errors.at(
                    argument,
                    format!("a handler owns its arguments: write `{owned}`"),
                );
            }
            Type::ImplTrait(_) => {
                errors.at(
                    argument,
                    "name the type: what a client sends is decoded as that type",
                );
            }
            _ => {}
        }
    }
}

fn return_type(method: Method<'_>, errors: &mut Errors) {
    if let ReturnType::Type(_, returned) = &method.item.sig.output
        && matches!(&**returned, Type::ImplTrait(_))
        && method.item.sig.asyncness.is_none()
        && returned.to_token_stream().to_string().contains("Future")
    {
        errors.at(
            returned,
            "a handler that waits for something is an `async fn`",
        );
    }
}
