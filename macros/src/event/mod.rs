//! `#[derive(Event)]`: parse, model, expand.

mod attribute;
mod case;
mod expand;
mod model;

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse2};

use self::model::Event;
use crate::errors::Errors;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let event = Event::new(&input, &mut errors);
    if errors.is_empty() {
        expand::event(&event)
    } else {
        expand::fallback(&event, &errors)
    }
}
