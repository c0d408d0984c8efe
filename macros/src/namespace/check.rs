//! The rules, one small function each. What only the compiler can know is left to the compiler.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericArgument, LitStr, PathArguments, ReceiverKind, ReturnType, Safety, Type};

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
    one_method_for_each_step(class, errors);
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
    if let Some(lifetime) = lifetime(class) {
        errors.push(syn::Error::new(
            lifetime,
            "a class owns its state, so that it can serve for as long as the server runs: leave the \
             lifetime out, and hold in an `Arc` what others need as well",
        ));
    }
}

/// Where the block has a lifetime, if it has one.
pub(super) fn lifetime(class: &Class<'_>) -> Option<Span> {
    let mut lifetimes = class.generics().lifetimes();
    let declared = lifetimes
        .next()
        .map(|parameter| parameter.lifetime.ident.span());
    declared.or_else(|| find_lifetime(class.block.self_ty.to_token_stream()))
}

/// A lifetime other than `'static` among the tokens of a type.
fn find_lifetime(tokens: TokenStream) -> Option<Span> {
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
            let earlier = seen
                .iter()
                .find(|(name, other)| name.value() == event.value() && together(method, *other));
            if let Some((_, other)) = earlier {
                let name = event.value();
                let message = if std::ptr::eq(other.item, method.item) {
                    format!("the event `{name}` is there twice, once is enough")
                } else {
                    let other = &other.item.sig.ident;
                    format!(
                        "the event `{name}` is handled by `{other}` already: one method handles an \
                         event, so put the two into one, or name this event otherwise"
                    )
                };
                errors.at(event, message);
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
    for second in all.filter(|second| together(first.method, second.method)) {
        let first = &first.method.item.sig.ident;
        errors.at(
            &second.method.item.sig.ident,
            format!(
                "`\"*\"` is handled by `{first}` already: one method handles what is left, so put the \
                 two into one, and have it tell the events apart with an `EventName`"
            ),
        );
    }
}

fn one_method_for_each_step(class: &Class<'_>, errors: &mut Errors) {
    for (i, hook) in class.hooks.iter().enumerate() {
        let mut earlier = class.hooks.iter().take(i);
        if earlier.any(|earlier| earlier.kind == hook.kind && together(earlier.method, hook.method))
        {
            let name = &hook.method.item.sig.ident;
            errors.at(
                name,
                format!("there is an `{name}` already: put the two into one"),
            );
        }
    }
}

/// Whether two methods are certain to be there together. Behind `#[cfg]`s they may never be.
fn together(a: Method<'_>, b: Method<'_>) -> bool {
    !(a.is_conditional() || b.is_conditional())
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
        ReceiverKind::Reference(_, _, exclusive) => exclusive.is_none(),
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
    if generics.params.is_empty() {
        return;
    }
    let only_lifetimes = generics.lifetimes().count() == generics.params.len();
    let message = if only_lifetimes {
        "a handler needs no lifetimes: it borrows `&self` and owns its arguments; leave them out"
    } else {
        "a handler has no parameters of its own, since nothing in an event says which type is meant: \
         write the type where it is used"
    };
    errors.at(&generics.params, message);
}

fn safe(method: Method<'_>, errors: &mut Errors) {
    if let Safety::Unsafe(keyword) = &method.item.sig.safety {
        errors.at(
            keyword,
            "a handler is called whenever a client likes, so it must be safe: leave `unsafe` out, and \
             use an `unsafe` block inside",
        );
    }
}

fn arguments(method: Method<'_>, errors: &mut Errors) {
    for input in &method.item.sig.inputs {
        if let FnArg::Typed(argument) = input {
            if let Some(cfg) = argument.attrs.iter().find(|a| a.path().is_ident("cfg")) {
                errors.at(
                    cfg,
                    "an argument is always there: put the `#[cfg]` on the method, and write a second \
                     method for the other case",
                );
            }
            owned(&argument.ty, errors);
        }
    }
}

/// What a client sends is gone once it is decoded, so nothing in the type of an argument borrows.
fn owned(argument: &Type, errors: &mut Errors) {
    match argument {
        Type::Reference(reference) => errors.at(
            argument,
            format!(
                "a handler owns its arguments: write `{}`",
                instead_of_reference(&reference.elem)
            ),
        ),
        Type::ImplTrait(_) => errors.at(
            argument,
            "nothing in an event says which type is meant: name the type that the argument is to be \
             decoded as",
        ),
        Type::Path(path) => {
            let arguments = path.path.segments.iter().map(|segment| &segment.arguments);
            for argument in arguments {
                let PathArguments::AngleBracketed(arguments) = argument else {
                    continue;
                };
                for argument in &arguments.args {
                    match argument {
                        GenericArgument::Type(part) => owned(part, errors),
                        GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => errors
                            .at(
                                lifetime,
                                "a handler owns its arguments: leave the lifetime out, with `String` \
                                 in the type for `&str` and `Vec` for a slice",
                            ),
                        _ => {}
                    }
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|part| owned(part, errors)),
        Type::Array(array) => owned(&array.elem, errors),
        Type::Paren(inner) => owned(&inner.elem, errors),
        Type::Group(inner) => owned(&inner.elem, errors),
        _ => {}
    }
}

fn instead_of_reference(referent: &Type) -> String {
    match referent {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", slice.elem.to_token_stream()),
        owned => owned.to_token_stream().to_string(),
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
            "a handler that waits for something is an `async fn`: write that, and as the return type \
             what the future results in",
        );
    }
}
