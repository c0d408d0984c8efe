//! The book holds together and is true: its includes and links lead somewhere, its chapters are listed
//! and tested, what it quotes is there. mdBook itself builds in silence over most of what is looked for.

mod excerpts;
mod links;
mod messages;
mod pictures;
mod reference;

use std::{collections::BTreeMap, fs, path::Path};

use links::{resolve, targets};

const CHAPTERS: &str = "book/src/";
const SUMMARY: &str = "book/src/SUMMARY.md";
const DOC_TESTS: &str = "tests/src/lib.rs";

/// The text of every file, by its path in the repository.
type Files = BTreeMap<String, String>;

#[test]
fn the_book_holds_together() {
    let files = repository();
    assert!(chapters(&files).count() > 1, "no chapter was found");
    assert_eq!(mistakes(&files), Vec::<String>::new());
}

/// All that is in the repository.
fn repository() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a folder above");
    let mut files = Files::new();
    read(root, root, &mut files);
    files
}

fn read(root: &Path, folder: &Path, files: &mut Files) {
    const NOT_OURS: [&str; 4] = [".git", "book/book", "node_modules", "target"];
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("a path below the root");
        if NOT_OURS.iter().any(|other| name.ends_with(other)) {
        } else if path.is_dir() {
            read(root, &path, files);
        } else {
            let bytes = fs::read(&path).expect("a file");
            let text = String::from_utf8_lossy(&bytes).into_owned();
            files.insert(name.to_string_lossy().replace('\\', "/"), text);
        }
    }
}

/// Everything that is wrong, one line each.
fn mistakes(files: &Files) -> Vec<String> {
    let mut wrong = unlisted(files);
    wrong.extend(untested(files));
    for (page, text) in files.iter().filter(|(path, _)| is_page(path)) {
        wrong.extend(links::includes(files, page, text));
        wrong.extend(links::links(files, page, text));
        wrong.extend(excerpts::mistakes(files, page, text));
        wrong.extend(pictures::mistakes(page, text));
    }
    wrong.extend(pictures::unused(files));
    wrong
}

fn chapters(files: &Files) -> impl Iterator<Item = &String> {
    let pages = files.keys().filter(|path| path.starts_with(CHAPTERS));
    pages.filter(|path| path.as_str() != SUMMARY && is_page(path))
}

/// The Markdown for readers: the book, and what lies at the top.
fn is_page(path: &str) -> bool {
    let of_book = path.starts_with(CHAPTERS) || !path.contains('/');
    of_book && Path::new(path).extension().is_some_and(|end| end == "md")
}

/// Chapters that the summary does not list. (A listed one that does not exist is a broken link.)
fn unlisted(files: &Files) -> Vec<String> {
    let Some(summary) = files.get(SUMMARY) else {
        return vec![format!("{SUMMARY} does not exist")];
    };
    let listed: Vec<_> = targets(summary)
        .map(|target| resolve(SUMMARY, target))
        .collect();
    let unlisted = chapters(files).filter(|chapter| !listed.contains(chapter));
    unlisted
        .map(|chapter| format!("{SUMMARY} does not list {chapter}"))
        .collect()
}

/// Chapters whose code nobody compiles; the README is one of them here.
fn untested(files: &Files) -> Vec<String> {
    let list = files.get(DOC_TESTS).map_or("", String::as_str);
    let readme = String::from("README.md");
    let tested = |page: &str| {
        let item = format!("#[doc = include_str!(\"../../{page}\")]");
        list.lines().any(|line| line.trim() == item)
    };
    let untested = chapters(files)
        .chain([&readme])
        .filter(|page| !tested(page));
    untested
        .map(|page| format!("{DOC_TESTS} does not test {page}"))
        .collect()
}

/// A book in which nothing is wrong, with some of its files replaced.
fn book(replaced: &[(&str, &str)]) -> Files {
    let good = [
        ("README.md", "[a](book/src/a.md#one-two) [b](examples)"),
        (SUMMARY, "- [A](a.md)\n- [B](b.md)"),
        (
            "book/src/a.md",
            "# One, `two`\n[b](b.md) [x](#one-two)\n```rust,ignore\n{{#include ../../examples/x.rs:m}}\n```",
        ),
        ("book/src/b.md", "`[no](link)` [web](https://x.org/y)"),
        (
            "examples/x.rs",
            "// ANCHOR: m\nfn main() {}\n// ANCHOR_END: m\n",
        ),
        (
            DOC_TESTS,
            "#[doc = include_str!(\"../../README.md\")]\n\
             #[doc = include_str!(\"../../book/src/a.md\")]\n\
             #[doc = include_str!(\"../../book/src/b.md\")]\n",
        ),
    ];
    let all = good.iter().chain(replaced);
    all.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

#[track_caller]
fn assert_wrong(path: &str, text: &str, mistake: &str) {
    assert_eq!(mistakes(&book(&[])), Vec::<String>::new());
    let found = mistakes(&book(&[(path, text)]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(mistake), "{found:?}");
}

#[test]
fn an_unlisted_an_untested_and_a_missing_chapter_are_found() {
    let found = mistakes(&book(&[("book/src/c.md", "# C")]));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("does not list book/src/c.md"));
    assert!(found[1].contains("does not test book/src/c.md"));
    let missing = "- [A](a.md)\n- [B](b.md)\n- [C](c.md)";
    assert_wrong(SUMMARY, missing, "the link c.md: there is no such file");
    assert_wrong(SUMMARY, "- [A](a.md)\n- [B](b.md)\n- [C]()", "it is empty");
    let commented = "#[doc = include_str!(\"../../README.md\")]\n\
                     #[doc = include_str!(\"../../book/src/a.md\")]\n\
                     // #[doc = include_str!(\"../../book/src/b.md\")]";
    assert_wrong(DOC_TESTS, commented, "does not test book/src/b.md");
}
