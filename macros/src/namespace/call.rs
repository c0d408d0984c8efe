//! The calls of the user's methods: arguments are made, the method is called, what it returns is used.
//! What does not fit there only the compiler can see. It is to say so at the user's tokens, once.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ReturnType, Type, spanned::Spanned};

use super::model::{HookKind, Method};
use crate::private::Private;

/// What handles an event: its value is what became of the event.
pub(super) fn of_handler(method: Method<'_>, context: &Ident) -> TokenStream {
    let arguments = arguments(method, context, &quote!(#Private::EventContext<Self>));
    let answer = finish(method, "answer", &quote!(#context,));
    statements(&arguments, &call(method), &answer)
}

/// The body of one of the trait's functions for a step in a client's life.
pub(super) fn of_hook(kind: HookKind, method: Method<'_>, context: &Ident) -> TokenStream {
    let (arguments, finish) = match kind {
        HookKind::Connect => (connect_arguments(method, context), session(method)),
        HookKind::Disconnect => (
            arguments(method, context, &quote!(#Private::DisconnectContext<Self>)),
            finish(method, "finish", &quote!()),
        ),
        HookKind::Error => (
            arguments(method, context, &quote!(#Private::ErrorContext<Self>)),
            finish(method, "answer_error", &quote!(#context,)),
        ),
    };
    statements(&arguments, &call(method), &finish)
}

fn statements(arguments: &TokenStream, call: &TokenStream, finish: &TokenStream) -> TokenStream {
    let returned = returned();
    quote! {
        #arguments
        let #returned = #call;
        #finish
    }
}

/// Makes the arguments of a method. The type of the context is said, as otherwise the compiler
/// would guess it from the argument.
fn arguments(method: Method<'_>, context: &Ident, context_type: &TokenStream) -> TokenStream {
    let arguments = method.arguments().zip(argument_names());
    let arguments = arguments.map(|(argument, name)| {
        let place = Place::of(argument);
        let make = place.private(&quote!(argument::<#argument, #context_type, _>));
        let argument = place.call(&make, quote!(#context));
        quote!(let #name = #argument?;)
    });
    arguments.collect()
}

/// The same for `on_connect`, where making an argument may take a while.
fn connect_arguments(method: Method<'_>, context: &Ident) -> TokenStream {
    let arguments = method.arguments().zip(argument_names());
    let arguments = arguments.map(|(argument, name)| {
        let place = Place::of(argument);
        let make = place.private(&quote!(connect_argument::<#argument, _>));
        let argument = place.awaited(&place.call(&make, quote!(#context)));
        quote!(let #name = #argument?;)
    });
    arguments.collect()
}

fn call(method: Method<'_>) -> TokenStream {
    let name = &method.item.sig.ident;
    let arguments = argument_names().take(method.arguments().count());
    let place = Place::of(name);
    // Not `self.name(..)`: a place must not begin with `self`, which the compiler knows from where
    // it comes.
    let function = quote_spanned!(name.span()=> Self::#name);
    let call = place.call(&function, quote!(self, #(#arguments),*));
    if method.item.sig.asyncness.is_some() {
        let sendable = place.private(&quote!(sendable));
        place.awaited(&place.call(&sendable, call))
    } else {
        call
    }
}

/// Hands what was returned, as a `Result`, to a function of the runtime.
fn finish(method: Method<'_>, function: &str, arguments: &TokenStream) -> TokenStream {
    let place = return_place(method);
    let returned = returned();
    let result = place.call(&place.private(&quote!(Returned)), quote!(#returned));
    let result = place.call(&quote!(#result.into_result), quote!());
    let function = format_ident!("{function}");
    place.call(
        &place.private(&quote!(#function)),
        quote!(#arguments #result),
    )
}

/// Takes what `on_connect` returned for the session.
fn session(method: Method<'_>) -> TokenStream {
    let place = return_place(method);
    let returned = place.returned();
    let connected = place.private(&quote!(connected::<Self::Session, _>));
    place.call(&connected, quote!(#returned))
}

/// Where to show that what a method returns does not fit: at its return type, else at its name.
fn return_place(method: Method<'_>) -> Place {
    match &method.item.sig.output {
        ReturnType::Type(_, returned) => Place::of::<Type>(returned),
        ReturnType::Default => Place::of(&method.item.sig.ident),
    }
}

/// Tokens of the user's. The compiler takes the place of a call from the first and the last token of
/// it, which are the path of the function and the parentheses.
#[derive(Clone, Copy)]
struct Place {
    start: Span,
    end: Span,
}

impl Place {
    fn of<T: ToTokens>(tokens: &T) -> Self {
        let start = tokens.span();
        let last = tokens.to_token_stream().into_iter().last();
        Self {
            start,
            end: last.map_or(start, |last| last.span()),
        }
    }

    fn private(self, function: &TokenStream) -> TokenStream {
        quote_spanned!(self.start=> ::hobnob::__private::#function)
    }

    fn call(self, function: &TokenStream, arguments: TokenStream) -> TokenStream {
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(self.end);
        quote!(#function #arguments)
    }

    fn awaited(self, future: &TokenStream) -> TokenStream {
        quote_spanned!(self.end=> #future.await)
    }
}

/// Names that nothing of the user's can be confused with.
pub(super) fn context() -> Ident {
    Ident::new("context", Span::mixed_site())
}

fn returned() -> Ident {
    Ident::new("returned", Span::mixed_site())
}

fn argument_names() -> impl Iterator<Item = Ident> {
    (0..).map(|index: usize| format_ident!("argument_{index}", span = Span::mixed_site()))
}
