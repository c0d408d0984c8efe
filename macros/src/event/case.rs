//! In which case the names of events are written, in serde's words.

use syn::{Ident, LitStr};

use crate::name::snake_case;

/// What `rename_all` can be. Without it names are in snake case.
#[derive(Clone, Copy, Default)]
pub(super) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    #[default]
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(super) fn new(text: &LitStr) -> syn::Result<Self> {
        let given = text.value();
        let known = CASES.iter().find(|(name, _)| *name == given);
        known.map(|(_, case)| *case).ok_or_else(|| {
            let names = CASES.map(|(name, _)| format!("`{name}`")).join(", ");
            let message =
                format!("`{given}` is no case that `rename_all` knows: write one of {names}");
            syn::Error::new(text.span(), message)
        })
    }

    /// The name of a type or of a variant as that of an event.
    pub(super) fn name(self, ident: &Ident) -> LitStr {
        LitStr::new(&self.written(&snake_case(ident)), ident.span())
    }

    fn written(self, snake: &str) -> String {
        let words = || snake.split('_').filter(|word| !word.is_empty());
        match self {
            Self::Lower => words().collect(),
            Self::Upper => words().collect::<String>().to_uppercase(),
            Self::Pascal => words().map(capitalized).collect(),
            Self::Camel => {
                let rest = words().skip(1).map(capitalized);
                words().take(1).map(str::to_owned).chain(rest).collect()
            }
            Self::Snake => snake.to_owned(),
            Self::ScreamingSnake => snake.to_uppercase(),
            Self::Kebab => snake.replace('_', "-"),
            Self::ScreamingKebab => snake.replace('_', "-").to_uppercase(),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use quote::format_ident;

    use super::*;

    #[test]
    fn names_are_written_as_serde_writes_them() {
        for (case, expected) in [
            ("lowercase", "userjoined"),
            ("UPPERCASE", "USERJOINED"),
            ("PascalCase", "UserJoined"),
            ("camelCase", "userJoined"),
            ("snake_case", "user_joined"),
            ("SCREAMING_SNAKE_CASE", "USER_JOINED"),
            ("kebab-case", "user-joined"),
            ("SCREAMING-KEBAB-CASE", "USER-JOINED"),
        ] {
            let case = Case::new(&LitStr::new(case, Span::call_site())).expect("a case");
            assert_eq!(case.name(&format_ident!("UserJoined")).value(), expected);
        }
        let camel = |name: &str| Case::Camel.name(&format_ident!("{name}")).value();
        assert_eq!(camel("Said"), "said");
        assert_eq!(camel("HTTPError"), "httpError");
        assert_eq!(camel("Room2Closed"), "room2Closed");
    }
}
