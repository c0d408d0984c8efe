//! `#[namespace]`: parse, model, check, expand.

mod attribute;
mod call;
mod check;
mod expand;
mod fallback;
mod model;
mod options;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{ItemImpl, parse2};

use self::{model::Class, options::Options};
use crate::errors::Errors;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut block: ItemImpl = match parse2(item.clone()) {
        Ok(block) => block,
        Err(error) => return fallback::not_a_block(item, &error),
    };
    let mut errors = Errors::default();
    let options = Options::parse(options, &mut errors);
    let methods = attribute::take(&mut block, &mut errors);
    let class = Class::new(&block, &options, &methods, &mut errors);
    check::class(&class, &mut errors);
    if errors.is_empty() {
        expand::class(&class)
    } else {
        fallback::class(&class, &errors)
    }
}
