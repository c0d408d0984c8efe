//! Collects mistakes, so that all of one item are shown at once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<Error>,
}

impl Errors {
    /// A mistake at these tokens. The message says what to write instead.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: Error) {
        self.found.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, as `compile_error!`s at their places.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.found.iter().map(Error::to_compile_error).collect()
    }
}
