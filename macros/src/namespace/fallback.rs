//! What is given back when there are mistakes: the user's block as it is, the errors, and as much of
//! the trait as keeps the rest of the program from being blamed as well.

use proc_macro2::TokenStream;
use quote::quote;

use super::{expand, model::Class};
use crate::{errors::Errors, private::Private};

/// The attribute is on something that is no `impl` block.
pub(super) fn not_a_block(item: &TokenStream, error: &syn::Error) -> TokenStream {
    let error = if syn::parse2::<syn::Item>(item.clone()).is_ok() {
        let message =
            "`#[namespace]` goes on the `impl` block with the handlers: `impl Type { .. }`";
        syn::Error::new_spanned(item, message).to_compile_error()
    } else {
        error.to_compile_error()
    };
    quote!(#item #error)
}

pub(super) fn class(class: &Class<'_>, errors: &Errors) -> TokenStream {
    let block = class.block;
    let errors = errors.to_compile_errors();
    // On the block of a trait, or of a type with lifetimes, it would only be one error more.
    let stub = (block.trait_.is_none() && class.generics().lifetimes().next().is_none())
        .then(|| stub(class));
    quote!(#block #errors #stub)
}

fn stub(class: &Class<'_>) -> TokenStream {
    let self_type = &class.block.self_ty;
    let (generics, _, conditions) = class.generics().split_for_impl();
    let path = expand::path(class);
    let session = expand::session(class);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #generics #Private::Namespace for #self_type #conditions {
                const PATH: &'static ::core::primitive::str = #path;
                type Session = #session;
                const EVENTS: &'static [#Private::EventDescription] = &[];
                const HAS_ON_ERROR: ::core::primitive::bool = false;

                async fn dispatch(
                    &self,
                    _: &mut #Private::EventContext<Self>,
                ) -> #Private::Result<#Private::Outcome, #Private::EventError> {
                    ::core::unimplemented!()
                }

                async fn connect(
                    &self,
                    _: &mut #Private::ConnectContext,
                ) -> #Private::Result<Self::Session, #Private::ConnectionRefused> {
                    ::core::unimplemented!()
                }

                async fn disconnect(
                    &self,
                    _: &mut #Private::DisconnectContext<Self>,
                ) -> #Private::Result<(), #Private::EventError> {
                    ::core::unimplemented!()
                }

                async fn error(
                    &self,
                    _: &mut #Private::ErrorContext<Self>,
                ) -> #Private::Result<#Private::Outcome, #Private::EventError> {
                    ::core::unimplemented!()
                }
            }
        };
    }
}
