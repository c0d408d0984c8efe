//! The calls of the user's methods: arguments are made, the method is called, what it returns is used.
//! What does not fit there only the compiler can see. It is to say so at the user's tokens, once.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ReturnType, spanned::Spanned};

use super::model::{HookKind, Method};
use crate::private::Private;

/// What handles an event: its value is what became of the event.
pub(super) fn of_handler(method: Method<'_>, context: &Ident) -> TokenStream {
    let arguments = arguments(method, context, &quote!(#Private::EventContext<Self>));
    let answer = finish(method, "answer", &quote!(#context,));
    statements(method, &arguments, &answer)
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
    statements(method, &arguments, &finish)
}

fn statements(method: Method<'_>, arguments: &TokenStream, finish: &TokenStream) -> TokenStream {
    let call = call(method);
    let returned = returned(method);
    let call = quote_spanned!(returned.span()=> let #returned = #call;);
    quote!(#arguments #call #finish)
}

/// Makes the arguments of a method. The type of the context is said, as otherwise the compiler
/// would guess it from the argument.
fn arguments(method: Method<'_>, context: &Ident, context_type: &TokenStream) -> TokenStream {
    let arguments = method.arguments().zip(argument_names(method));
    let arguments = arguments.map(|(argument, name)| {
        let place = Place::of(argument);
        let make = place.private("argument");
        let make = quote_spanned!(place.start=> #make::<#argument, #context_type, _>);
        let argument = place.call(&make, quote!(#context));
        quote_spanned!(place.end=> let #name = #argument?;)
    });
    arguments.collect()
}

/// The same for `on_connect`, where making an argument may take a while.
fn connect_arguments(method: Method<'_>, context: &Ident) -> TokenStream {
    let arguments = method.arguments().zip(argument_names(method));
    let arguments = arguments.map(|(argument, name)| {
        let place = Place::of(argument).at_start();
        let argument = place.move_here(argument.to_token_stream());
        let make = place.private("connect_argument");
        let make = quote_spanned!(place.start=> #make::<#argument, _>);
        let argument = place.call(&make, quote!(#context));
        quote_spanned!(place.end=> let #name = #argument.await?;)
    });
    arguments.collect()
}

fn call(method: Method<'_>) -> TokenStream {
    let name = &method.item.sig.ident;
    let arguments = argument_names(method);
    let place = Place::of(name);
    // Not `self.name(..)`: a place must not begin with `self`, which the compiler knows from where
    // it comes.
    let function = quote_spanned!(place.start=> Self::#name);
    let call = place.call(&function, quote!(self, #(#arguments),*));
    if method.is_async() {
        let future = place.call(&place.private("sendable"), call);
        quote_spanned!(place.end=> #future.await)
    } else {
        call
    }
}

/// Hands what was returned, as a `Result`, to a function of the runtime.
fn finish(method: Method<'_>, function: &str, arguments: &TokenStream) -> TokenStream {
    let place = return_place(method);
    let returned = returned(method);
    let result = place.call(&place.private("Returned"), quote!(#returned));
    let result = place.call(&quote!(#result.__into_result), quote!());
    place.call(&place.private(function), quote!(#arguments #result))
}

/// Takes what `on_connect` returned for the session. Where it does not fit, the compiler blames the
/// parameter of the function, so this is the type as the user wrote it.
fn session(method: Method<'_>) -> TokenStream {
    let place = return_place(method);
    let returned = returned(method);
    let type_ = match &method.item.sig.output {
        ReturnType::Type(_, type_) if can_be_repeated(type_) => type_.to_token_stream(),
        _ => quote_spanned!(place.start=> _),
    };
    let connected = place.private("connected");
    let connected = quote_spanned!(place.start=> #connected::<Self::Session, #type_>);
    place.call(&connected, quote!(#returned))
}

/// Everything but `impl Trait`, which is another type wherever it is written.
fn can_be_repeated(tokens: &impl ToTokens) -> bool {
    let mut tokens = tokens.to_token_stream().into_iter();
    tokens.all(|token| match token {
        TokenTree::Ident(word) => word != "impl",
        TokenTree::Group(group) => can_be_repeated(&group.stream()),
        _ => true,
    })
}

/// Where to show that what a method returns does not fit: at its return type, else at its name.
fn return_place(method: Method<'_>) -> Place {
    match &method.item.sig.output {
        ReturnType::Type(_, returned) => Place::of(returned),
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

    /// The path of a function of the runtime.
    fn private(self, function: &str) -> TokenStream {
        let function = Ident::new(function, self.start);
        quote_spanned!(self.start=> ::hobnob::__private::#function)
    }

    fn call(self, function: &TokenStream, arguments: TokenStream) -> TokenStream {
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(self.end);
        quote!(#function #arguments)
    }

    /// The same place, as short as its first token. Of a future the compiler reports a failure at every
    /// token that has to do with it, and as one error only if all of them are in one place.
    fn at_start(self) -> Self {
        Self {
            end: self.start,
            ..self
        }
    }

    fn move_here(self, tokens: TokenStream) -> TokenStream {
        let moved = tokens.into_iter().map(|mut token| {
            token.set_span(token.span().located_at(self.start));
            token
        });
        moved.collect()
    }
}

/// A name that nothing of the user's can be confused with.
pub(super) fn context() -> Ident {
    Ident::new("context", Span::mixed_site())
}

fn returned(method: Method<'_>) -> Ident {
    Ident::new("__returned", method.item.sig.ident.span())
}

fn argument_names(method: Method<'_>) -> impl Iterator<Item = Ident> {
    let arguments = method.arguments().enumerate();
    arguments.map(|(index, argument)| format_ident!("__argument_{index}", span = argument.span()))
}
