//! From an event to its `impl`: names and shapes, nothing else.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{WhereClause, parse_quote};

use super::model::{Event, Kind, Shape};
use crate::{errors::Errors, private::Private};

pub(super) fn event(event: &Event<'_>) -> TokenStream {
    let (name, arguments) = match &event.kind {
        Kind::Struct { name, shape } => (quote!(#name), of_struct(*shape)),
        Kind::Enum { variants } => {
            let names = variants.iter().map(|variant| {
                let (ident, name) = (variant.ident, &variant.name);
                quote!(Self::#ident { .. } => #name)
            });
            let arguments = variants.iter().map(|variant| {
                let ident = variant.ident;
                let arguments = of_variant(variant.shape);
                quote!(Self::#ident { .. } => #arguments)
            });
            (
                quote!(match *self { #(#names),* }),
                quote!(match *self { #(#arguments),* }),
            )
        }
    };
    let Event { input, .. } = event;
    let (ident, (_, parameters, conditions)) = (&input.ident, input.generics.split_for_impl());
    let mut conditions = conditions.cloned().unwrap_or_else(|| parse_quote!(where));
    conditions
        .predicates
        .push(parse_quote!(#ident #parameters: #Private::Serialize));
    implement(event, Some(&conditions), &name, &arguments)
}

/// With mistakes: the errors, and an `impl` that keeps the uses of the type from being blamed.
pub(super) fn fallback(event: &Event<'_>, errors: &Errors) -> TokenStream {
    let errors = errors.to_compile_errors();
    let todo = quote!(::core::unimplemented!());
    let conditions = event.input.generics.where_clause.as_ref();
    let stub = implement(event, conditions, &todo, &todo);
    quote!(#errors #stub)
}

fn of_struct(shape: Shape) -> TokenStream {
    match shape {
        Shape::Unit => quote!(#Private::none(serializer)),
        Shape::Tuple => quote!(#Private::fields(self, serializer)),
        Shape::Named => quote!(#Private::one(self, serializer)),
    }
}

fn of_variant(shape: Shape) -> TokenStream {
    match shape {
        Shape::Unit => quote!(#Private::none(serializer)),
        Shape::Tuple => quote!(#Private::fields(self, serializer)),
        Shape::Named => quote!(#Private::object(self, serializer)),
    }
}

fn implement(
    event: &Event<'_>,
    conditions: Option<&WhereClause>,
    name: &TokenStream,
    arguments: &TokenStream,
) -> TokenStream {
    let ident = &event.input.ident;
    let (generics, parameters, _) = event.input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #Private::Event for #ident #parameters #conditions {
            fn name(&self) -> &::core::primitive::str {
                #name
            }

            fn serialize_arguments<__S: #Private::Serializer>(
                &self,
                serializer: __S,
            ) -> #Private::Result<__S::Ok, __S::Error> {
                #arguments
            }
        }
    }
}
