//! What is given back when there are mistakes: the user's block as it is, the errors, and as much of
//! the trait as keeps the rest of the program from being blamed as well.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ImplItem, Item, ItemImpl, parse2};

use super::{
    check, expand,
    model::{Class, Method},
};
use crate::{errors::Errors, private::Private};

/// The attribute is on something that is no `impl` block.
pub(super) fn not_a_block(item: TokenStream, error: &syn::Error) -> TokenStream {
    let message = |name: &str| {
        format!("`#[namespace]` goes on the `impl` block with the handlers: `impl {name} {{ .. }}`")
    };
    let on_type = |name: &Ident| syn::Error::new(name.span(), message(&name.to_string()));
    let error = match parse2(item.clone()) {
        Ok(Item::Struct(item)) => on_type(&item.ident),
        Ok(Item::Enum(item)) => on_type(&item.ident),
        Ok(Item::Fn(item)) => syn::Error::new_spanned(&item.sig.ident, message("Type")),
        Ok(item) => syn::Error::new_spanned(item, message("Type")),
        Err(_) => error.clone(),
    };
    let mut given_back = item;
    given_back.extend(error.to_compile_error());
    given_back
}

pub(super) fn class(class: &Class<'_>, errors: &Errors) -> TokenStream {
    let block = block(class);
    let errors = errors.to_compile_errors();
    // On the block of a trait, or of a type with lifetimes, it would only be one error more.
    let stub = (block.trait_.is_none() && check::lifetime(class).is_none()).then(|| stub(class));
    quote!(#block #errors #stub)
}

/// The block without the second of two handlers of one name, which the compiler would blame again.
fn block(class: &Class<'_>) -> ItemImpl {
    let mut names: Vec<&Ident> = Vec::new();
    let items = class.block.items.iter().filter(|item| match item {
        ImplItem::Fn(item) if !(Method { item }).is_conditional() => {
            let name = &item.sig.ident;
            let handles = class.methods().any(|method| method.item.sig.ident == *name);
            let again = handles && names.contains(&name);
            names.push(name);
            !again
        }
        _ => true,
    });
    ItemImpl {
        items: items.cloned().collect(),
        ..class.block.clone()
    }
}

fn stub(class: &Class<'_>) -> TokenStream {
    let self_type = &class.block.self_ty;
    let generics = class.generics().split_for_impl().0;
    let conditions = expand::conditions(class);
    let path = expand::path(class);
    let session = expand::session(class);
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(trivial_bounds, reason = "the types are the user's")]
            impl #generics #Private::Namespace for #self_type #conditions {
                const PATH: &'static ::core::primitive::str = #path;
                #session
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
