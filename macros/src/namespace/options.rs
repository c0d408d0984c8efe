//! The options in `#[namespace("/path", session = Type)]`.

use proc_macro2::TokenStream;
use syn::{
    Ident, LitStr, Token, Type,
    parse::{ParseStream, Parser},
};

use crate::errors::Errors;

#[derive(Default)]
pub(super) struct Options {
    pub(super) path: Option<LitStr>,
    pub(super) session: Option<Type>,
}

const FORM: &str = "write `#[namespace(\"/path\")]` or `#[namespace(\"/path\", session = Type)]`";

impl Options {
    /// Reads as far as it can; what it cannot read is a mistake.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let read = |input: ParseStream<'_>| options.read(input, errors);
        if let Err(error) = read.parse2(tokens) {
            errors.push(error);
        }
        options
    }

    fn read(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        while !input.is_empty() {
            if input.peek(LitStr) {
                self.read_path(input.parse()?, errors);
            } else if input.peek(Ident) {
                self.read_named(input, errors)?;
            } else {
                return Err(input.error(format!("this is no option; {FORM}")));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    fn read_path(&mut self, path: LitStr, errors: &mut Errors) {
        let text = path.value();
        if self.path.is_some() {
            errors.at(
                &path,
                "a class has one path: leave this one out; `namespace_at` on the builder mounts it at others",
            );
        } else if text == "*" {
            // Every namespace that nothing else is there for.
        } else if !text.starts_with('/') {
            errors.at(
                &path,
                format!("the path of a namespace begins with `/`: `\"/{text}\"`"),
            );
        } else if text.contains([',', '?', '#']) || text.contains(char::is_whitespace) {
            errors.at(
                &path,
                "no client can name this path: leave out `,` `?` `#` and white space",
            );
        }
        self.path.get_or_insert(path);
    }

    fn read_named(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        let name: Ident = input.parse()?;
        if name != "session" {
            return Err(syn::Error::new(
                name.span(),
                format!("there is no option `{name}`; {FORM}"),
            ));
        }
        let which = |_| syn::Error::new(name.span(), "which type? write `session = Type`");
        input.parse::<Token![=]>().map_err(which)?;
        let session = input.parse().map_err(which)?;
        if self.session.is_some() {
            errors.at(&name, "a class has one session type: leave this one out");
        }
        self.session.get_or_insert(session);
        Ok(())
    }
}
