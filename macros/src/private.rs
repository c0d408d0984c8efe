//! The path of everything that generated code names in the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// Prints `::hobnob::__private`.
pub(crate) struct Private;

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(quote!(::hobnob::__private));
    }
}

/// The same at a place of the user's, for a call whose failure is to be shown there.
pub(crate) struct PrivateAt(pub(crate) Span);

impl ToTokens for PrivateAt {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(quote_spanned!(self.0=> ::hobnob::__private));
    }
}
