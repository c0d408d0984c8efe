//! From facts to code. What is generated names methods and types and calls the runtime; whatever
//! decides anything is there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    ImplItem, ItemImpl, LitStr, Type, WhereClause, parse_quote, parse_quote_spanned,
    spanned::Spanned,
};

use super::{
    call::{self, context},
    model::{Class, Handler, HookKind},
};
use crate::private::Private;

pub(super) fn class(class: &Class<'_>) -> TokenStream {
    let block = block(class);
    let self_type = &block.self_ty;
    let generics = class.generics().split_for_impl().0;
    let conditions = conditions(class);
    let path = path(class);
    let session = session(class);
    let events = class.handlers.iter().flat_map(descriptions);
    let has_on_error = has_on_error(class);
    let dispatch_sync = dispatch_sync(class);
    let dispatch = dispatch(class);
    let connect = hook(class, HookKind::Connect);
    let disconnect = hook(class, HookKind::Disconnect);
    let error = hook(class, HookKind::Error);

    quote! {
        #block

        const _: () = {
            use #Private::ReturnedValue as _;

            #[automatically_derived]
            #[allow(
                deprecated,
                trivial_bounds,
                clippy::all,
                clippy::nursery,
                clippy::pedantic,
                clippy::restriction,
                reason = "the methods and the types are the user's"
            )]
            impl #generics #Private::Namespace for #self_type #conditions {
                const PATH: &'static ::core::primitive::str = #path;
                #session
                const EVENTS: &'static [#Private::EventDescription] = &[#(#events),*];
                const HAS_ON_ERROR: ::core::primitive::bool = #has_on_error;

                #dispatch_sync
                #dispatch
                #connect
                #disconnect
                #error
            }
        };
    }
}

/// The block as it was written. What a handler looks like is hobnob's doing, so no lint is to blame
/// the user for it.
fn block(class: &Class<'_>) -> ItemImpl {
    let mut block = class.block.clone();
    for (item, written) in block.items.iter_mut().zip(&class.block.items) {
        if let (ImplItem::Fn(item), ImplItem::Fn(written)) = (item, written)
            && class
                .methods()
                .any(|method| std::ptr::eq(method.item, written))
        {
            item.attrs.push(parse_quote! {
                #[allow(
                    clippy::needless_pass_by_value,
                    clippy::unnecessary_wraps,
                    clippy::unused_async,
                    clippy::unused_self,
                    reason = "this is what a handler looks like"
                )]
            });
        }
    }
    block
}

/// What a class must be besides what the block says. Said as a condition it is taken for granted in
/// the rest, so that a class that is not gives an error here and no more.
pub(super) fn conditions(class: &Class<'_>) -> WhereClause {
    let self_type = &class.block.self_ty;
    let conditions = class.generics().where_clause.clone();
    let mut conditions = conditions.unwrap_or_else(|| parse_quote!(where));
    conditions
        .predicates
        .push(parse_quote_spanned! {self_type.span()=>
            #self_type: ::core::marker::Send + ::core::marker::Sync + 'static
        });
    conditions
}

pub(super) fn path(class: &Class<'_>) -> LitStr {
    class
        .path
        .cloned()
        .unwrap_or_else(|| LitStr::new("/", Span::call_site()))
}

/// The session. One that is less visible than the class is shown at the type.
pub(super) fn session(class: &Class<'_>) -> TokenStream {
    let session = class.session.cloned();
    let session: Type = session.unwrap_or_else(|| parse_quote!(()));
    quote_spanned!(session.span()=> type Session = #session;)
}

/// What the class handles, for the log and for the lane.
fn descriptions(handler: &Handler<'_>) -> Vec<TokenStream> {
    let cfgs: Vec<_> = handler.method.cfgs().collect();
    let concurrent = handler.concurrent;
    let describe = |name: &LitStr| {
        quote! {
            #(#cfgs)*
            #Private::EventDescription { name: #name, concurrent: #concurrent }
        }
    };
    if handler.is_catch_all() {
        vec![describe(&LitStr::new("*", Span::call_site()))]
    } else {
        handler.events.iter().map(describe).collect()
    }
}

/// The methods that are plain functions: nothing of them is waited for. Not a catch-all, which comes
/// after all others.
fn dispatch_sync(class: &Class<'_>) -> Option<TokenStream> {
    let context = context();
    let arms = arms(class, &context, false);
    (!arms.is_empty()).then(|| {
        quote! {
            fn dispatch_sync(
                &self,
                #context: &mut #Private::EventContext<Self>,
            ) -> #Private::Result<#Private::Outcome, #Private::EventError> {
                match #Private::EventContext::event(#context) {
                    #(#arms)*
                    _ => #Private::Ok(#Private::Outcome::Unhandled),
                }
            }
        }
    })
}

/// All others.
fn dispatch(class: &Class<'_>) -> TokenStream {
    let context = context();
    let arms = arms(class, &context, true);
    let catch_all = class
        .handlers
        .iter()
        .filter(|handler| handler.is_catch_all())
        .map(|handler| {
            let cfgs = handler.method.cfgs();
            let body = call::of_handler(handler.method, &context);
            quote! {
                #(#cfgs)*
                _ => { #body }
            }
        });
    let unhandled = unhandled(class);
    quote! {
        async fn dispatch(
            &self,
            #context: &mut #Private::EventContext<Self>,
        ) -> #Private::Result<#Private::Outcome, #Private::EventError> {
            match #Private::EventContext::event(#context) {
                #(#arms)*
                #(#catch_all)*
                #unhandled
            }
        }
    }
}

/// What the methods that are an `async fn`, or are none, handle by name.
fn arms(class: &Class<'_>, context: &Ident, are_async: bool) -> Vec<TokenStream> {
    let handlers = class.handlers.iter();
    let named = handlers
        .filter(|handler| !handler.is_catch_all() && handler.method.is_async() == are_async);
    let arm = |handler: &Handler<'_>| {
        let cfgs = handler.method.cfgs();
        let events = &handler.events;
        let body = call::of_handler(handler.method, context);
        quote! {
            #(#cfgs)*
            #(#events)|* => { #body }
        }
    };
    named.map(arm).collect()
}

/// The last arm. Behind a catch-all it is not reached, and if that has a `#[cfg]`, perhaps not.
fn unhandled(class: &Class<'_>) -> Option<TokenStream> {
    let arm = quote!(_ => #Private::Ok(#Private::Outcome::Unhandled),);
    let handlers = class.handlers.iter();
    let catch_alls: Vec<_> = handlers.filter(|handler| handler.is_catch_all()).collect();
    if catch_alls.is_empty() {
        return Some(arm);
    }
    let perhaps = catch_alls
        .iter()
        .all(|handler| handler.method.is_conditional());
    perhaps.then(|| {
        quote! {
            #[allow(unreachable_patterns, reason = "a catch-all may be configured in or out")]
            #arm
        }
    })
}

/// One of the trait's functions for a step in a client's life: as the class has it, or without.
fn hook(class: &Class<'_>, kind: HookKind) -> TokenStream {
    let context = context();
    let with = class.hooks(kind).map(|hook| {
        let cfgs = hook.method.cfgs();
        let body = call::of_hook(kind, hook.method, &context);
        let function = function(kind, &context, &body);
        quote!(#(#cfgs)* #function)
    });
    let without = function(kind, &context, &no_body(kind));
    let without = match presence(class, kind) {
        Presence::Always => None,
        Presence::Never => Some(without),
        Presence::If(condition) => Some(quote!(#[cfg(not(#condition))] #without)),
    };
    quote!(#(#with)* #without)
}

/// When the class has a method for a step in a client's life.
enum Presence {
    Always,
    Never,
    /// Under this condition of a `#[cfg]`.
    If(TokenStream),
}

fn presence(class: &Class<'_>, kind: HookKind) -> Presence {
    let mut conditions = Vec::new();
    for hook in class.hooks(kind) {
        let cfgs = hook.method.cfgs();
        let cfgs: Vec<_> = cfgs
            .filter_map(|cfg| cfg.meta.require_list().ok())
            .collect();
        if cfgs.is_empty() {
            return Presence::Always;
        }
        let cfgs = cfgs.iter().map(|list| &list.tokens);
        conditions.push(quote!(all(#(#cfgs),*)));
    }
    if conditions.is_empty() {
        Presence::Never
    } else {
        Presence::If(quote!(any(#(#conditions),*)))
    }
}

fn has_on_error(class: &Class<'_>) -> TokenStream {
    match presence(class, HookKind::Error) {
        Presence::Always => quote!(true),
        Presence::Never => quote!(false),
        Presence::If(condition) => quote!(::core::cfg!(#condition)),
    }
}

fn function(kind: HookKind, context: &Ident, body: &TokenStream) -> TokenStream {
    match kind {
        HookKind::Connect => quote! {
            async fn connect(
                &self,
                #context: &mut #Private::ConnectContext,
            ) -> #Private::Result<Self::Session, #Private::ConnectionRefused> {
                #body
            }
        },
        HookKind::Disconnect => quote! {
            async fn disconnect(
                &self,
                #context: &mut #Private::DisconnectContext<Self>,
            ) -> #Private::Result<(), #Private::EventError> {
                #body
            }
        },
        HookKind::Error => quote! {
            async fn error(
                &self,
                #context: &mut #Private::ErrorContext<Self>,
            ) -> #Private::Result<#Private::Outcome, #Private::EventError> {
                #body
            }
        },
    }
}

fn no_body(kind: HookKind) -> TokenStream {
    match kind {
        HookKind::Connect => quote!(#Private::connected::<Self::Session, _>(())),
        HookKind::Disconnect => quote!(#Private::Ok(())),
        HookKind::Error => quote!(#Private::Ok(#Private::Outcome::Unhandled)),
    }
}
