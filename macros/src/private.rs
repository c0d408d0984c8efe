//! The path of everything that generated code names in the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Prints `::hobnob::__private`.
pub(crate) struct Private;

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(quote!(::hobnob::__private));
    }
}
