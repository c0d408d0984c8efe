//! From facts to code. What is generated names methods and types and calls the runtime; whatever
//! decides anything is there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{LitStr, ReturnType, Type, parse_quote, spanned::Spanned};

use super::model::{Class, Handler, Hook, HookKind, Method};
use crate::private::{Private, PrivateAt};

pub(super) fn class(class: &Class<'_>) -> TokenStream {
    let block = class.block;
    let self_type = &block.self_ty;
    let (generics, _, conditions) = class.generics().split_for_impl();
    let path = path(class);
    let session = session(class);
    let events = class.handlers.iter().flat_map(descriptions);
    let has_on_error = has_on_error(class);
    let dispatch = dispatch(class);
    let connect = hook(class, HookKind::Connect);
    let disconnect = hook(class, HookKind::Disconnect);
    let error = hook(class, HookKind::Error);

    quote! {
        #block

        const _: () = {
            use #Private::ReturnedValue as _;

            #[automatically_derived]
            #[allow(deprecated, clippy::pedantic, reason = "the methods are the user's")]
            impl #generics #Private::Namespace for #self_type #conditions {
                const PATH: &'static ::core::primitive::str = #path;
                type Session = #session;
                const EVENTS: &'static [#Private::EventDescription] = &[#(#events),*];
                const HAS_ON_ERROR: ::core::primitive::bool = #has_on_error;

                #dispatch
                #connect
                #disconnect
                #error
            }
        };
    }
}

pub(super) fn path(class: &Class<'_>) -> LitStr {
    class
        .path
        .cloned()
        .unwrap_or_else(|| LitStr::new("/", Span::call_site()))
}

pub(super) fn session(class: &Class<'_>) -> Type {
    class.session.cloned().unwrap_or_else(|| parse_quote!(()))
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

fn dispatch(class: &Class<'_>) -> TokenStream {
    let context = context();
    let arms = class
        .handlers
        .iter()
        .filter(|handler| !handler.is_catch_all())
        .map(|handler| {
            let cfgs = handler.method.cfgs();
            let events = &handler.events;
            let body = answer(handler.method, &context);
            quote! {
                #(#cfgs)*
                #(#events)|* => { #body }
            }
        });
    let catch_all = class
        .handlers
        .iter()
        .filter(|handler| handler.is_catch_all())
        .map(|handler| {
            let cfgs = handler.method.cfgs();
            let body = answer(handler.method, &context);
            quote! {
                #(#cfgs)*
                _ => { #body }
            }
        });
    // Behind a catch-all without a `#[cfg]` this arm would never be reached.
    let certain = class
        .handlers
        .iter()
        .any(|handler| handler.is_catch_all() && !handler.method.is_conditional());
    let unhandled = (!certain).then(|| {
        quote! {
            #[allow(unreachable_patterns, reason = "a catch-all may be configured in or out")]
            _ => #Private::Ok(#Private::Outcome::Unhandled),
        }
    });
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

/// Decodes the arguments of a method, calls it, and answers with what it returns.
fn answer(method: Method<'_>, context: &Ident) -> TokenStream {
    let (arguments, call) = call(method, context);
    let span = return_span(method);
    let private = PrivateAt(span);
    let answer = quote_spanned! {span=>
        #private::answer(#context, #private::Returned(returned).into_result())
    };
    quote! {
        #arguments
        let returned = #call;
        #answer
    }
}

/// The statements that make the arguments, and the call itself.
fn call(method: Method<'_>, context: &Ident) -> (TokenStream, TokenStream) {
    let names: Vec<_> = (0..method.arguments().count()).map(argument_name).collect();
    let arguments = method.arguments().zip(&names).map(|(argument, name)| {
        let private = PrivateAt(argument.span());
        quote_spanned! {argument.span()=>
            let #name = #private::argument::<#argument, _, _>(#context)?;
        }
    });
    let arguments = quote!(#(#arguments)*);
    (arguments, invoke(method, &names))
}

fn invoke(method: Method<'_>, arguments: &[Ident]) -> TokenStream {
    let name = &method.item.sig.ident;
    if method.item.sig.asyncness.is_some() {
        let private = PrivateAt(name.span());
        let future = quote_spanned!(name.span()=> #private::sendable(self.#name(#(#arguments),*)));
        quote!(#future.await)
    } else {
        quote!(self.#name(#(#arguments),*))
    }
}

/// One of the trait's functions for a step in a client's life: as the class has it, or without.
fn hook(class: &Class<'_>, kind: HookKind) -> TokenStream {
    let context = context();
    let with = class.hooks(kind).map(|hook| {
        let cfgs = hook.method.cfgs();
        let function = function(kind, &context, &body(hook, &context));
        quote!(#(#cfgs)* #function)
    });
    let without = absent(class, kind).map(|condition| {
        let function = function(kind, &context, &no_body(kind));
        quote!(#condition #function)
    });
    quote!(#(#with)* #without)
}

/// Under which condition the class has no such method: `None` if it always has one.
fn absent(class: &Class<'_>, kind: HookKind) -> Option<TokenStream> {
    let mut conditions = Vec::new();
    for hook in class.hooks(kind) {
        let cfgs: Vec<_> = hook
            .method
            .cfgs()
            .filter_map(|cfg| cfg.meta.require_list().ok())
            .collect();
        if cfgs.is_empty() {
            return None;
        }
        let cfgs = cfgs.iter().map(|list| &list.tokens);
        conditions.push(quote!(all(#(#cfgs),*)));
    }
    Some(if conditions.is_empty() {
        quote!()
    } else {
        quote!(#[cfg(not(any(#(#conditions),*)))])
    })
}

fn has_on_error(class: &Class<'_>) -> TokenStream {
    match absent(class, HookKind::Error) {
        None => quote!(true),
        Some(condition) if condition.is_empty() => quote!(false),
        Some(_) => {
            let conditions = class.hooks(HookKind::Error).map(|hook| {
                let cfgs = hook
                    .method
                    .cfgs()
                    .filter_map(|cfg| cfg.meta.require_list().ok());
                let cfgs = cfgs.map(|list| &list.tokens);
                quote!(all(#(#cfgs),*))
            });
            quote!(::core::cfg!(any(#(#conditions),*)))
        }
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

fn body(hook: &Hook<'_>, context: &Ident) -> TokenStream {
    let method = hook.method;
    let span = return_span(method);
    let private = PrivateAt(span);
    match hook.kind {
        HookKind::Connect => {
            let names: Vec<_> = (0..method.arguments().count()).map(argument_name).collect();
            let arguments = method.arguments().zip(&names).map(|(argument, name)| {
                let private = PrivateAt(argument.span());
                quote_spanned! {argument.span()=>
                    let #name = #private::connect_argument::<#argument, _>(#context).await?;
                }
            });
            let call = invoke(method, &names);
            let connected = quote_spanned! {span=>
                #private::connected::<Self::Session, _>(returned)
            };
            quote! {
                #(#arguments)*
                let returned = #call;
                #connected
            }
        }
        HookKind::Disconnect => {
            let (arguments, call) = call(method, context);
            let finish = quote_spanned! {span=>
                #private::finish(#private::Returned(returned).into_result())
            };
            quote! {
                #arguments
                let returned = #call;
                #finish
            }
        }
        HookKind::Error => {
            let (arguments, call) = call(method, context);
            let answer = quote_spanned! {span=>
                #private::answer_error(#context, #private::Returned(returned).into_result())
            };
            quote! {
                #arguments
                let returned = #call;
                #answer
            }
        }
    }
}

fn no_body(kind: HookKind) -> TokenStream {
    match kind {
        HookKind::Connect => quote!(#Private::connected::<Self::Session, _>(())),
        HookKind::Disconnect => quote!(#Private::Ok(())),
        HookKind::Error => quote!(#Private::Ok(#Private::Outcome::Unhandled)),
    }
}

/// Where to show that what a method returns does not fit: at its return type, else at its name.
fn return_span(method: Method<'_>) -> Span {
    match &method.item.sig.output {
        ReturnType::Type(_, returned) => returned.span(),
        ReturnType::Default => method.item.sig.ident.span(),
    }
}

/// Names that nothing of the user's can be confused with.
fn context() -> Ident {
    Ident::new("context", Span::mixed_site())
}

fn argument_name(index: usize) -> Ident {
    format_ident!("argument_{index}", span = Span::mixed_site())
}
