//! Pictures are looked at: each is in a page, each says in words what it shows, and none has a colour that
//! is for one background only.

use std::path::Path;

use crate::{
    CHAPTERS, Files, is_page,
    links::{prose, resolve, targets},
};

const PICTURES: &str = "book/src/pictures/";

/// Pictures without words for who cannot see them.
pub(crate) fn mistakes(page: &str, text: &str) -> Vec<String> {
    let silent = prose(text).filter(|line| line.contains("![]("));
    silent
        .map(|line| format!("{page}: a picture without words: {line}"))
        .collect()
}

/// Pictures in no page, and those that do not look at what is behind them.
pub(crate) fn unused(files: &Files) -> Vec<String> {
    let pages = files.iter().filter(|(path, _)| is_page(path));
    let shown: Vec<_> = pages
        .flat_map(|(page, text)| targets(text).map(|target| resolve(page, target)))
        .collect();
    let mut wrong = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(PICTURES)) {
        if !shown.contains(path) {
            wrong.push(format!("{path} is in no page"));
        }
        let drawn = Path::new(path).extension().is_some_and(|end| end == "svg");
        if drawn && !text.contains("prefers-color-scheme: dark") {
            wrong.push(format!("{path} has no colours for a dark page"));
        }
        if drawn && !text.contains("<title>") {
            wrong.push(format!("{path} has no title"));
        }
    }
    assert!(PICTURES.starts_with(CHAPTERS), "mdBook copies them");
    wrong
}

#[cfg(test)]
mod tests {
    use crate::{assert_wrong, book, mistakes};

    #[test]
    fn a_picture_nobody_sees_is_found() {
        let svg = "<svg><title>x</title>@media (prefers-color-scheme: dark)</svg>";
        assert_wrong("book/src/pictures/x.svg", svg, "is in no page");
    }

    #[test]
    fn a_picture_without_words_or_colours_is_found() {
        let picture = ("book/src/pictures/x.svg", "<svg></svg>");
        let found = mistakes(&book(&[picture, ("book/src/b.md", "![](pictures/x.svg)")]));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("without words"), "{found:?}");
        assert!(found[1].contains("no colours"), "{found:?}");
        assert!(found[2].contains("no title"), "{found:?}");
    }
}
