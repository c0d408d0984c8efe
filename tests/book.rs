//! The book holds together: its includes and links lead somewhere, its chapters are listed and
//! tested. mdBook itself builds in silence over most of what is looked for here.

use std::{collections::BTreeMap, fs, path::Path};

const CHAPTERS: &str = "book/src/";
const SUMMARY: &str = "book/src/SUMMARY.md";
const DOC_TESTS: &str = "tests/src/lib.rs";

/// The text of every file, by its path in the repository.
type Files = BTreeMap<String, String>;

#[test]
fn the_book_holds_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a folder above");
    let mut files = Files::new();
    read(root, root, &mut files);
    assert!(chapters(&files).count() > 1, "no chapter was found");
    assert_eq!(mistakes(&files), Vec::<String>::new());
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
        wrong.extend(includes(files, page, text));
        wrong.extend(links(files, page, text));
    }
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

/// Includes that would come out empty, and those that rustdoc would take for code.
fn includes(files: &Files, page: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut fence = None;
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_none() {
                Some(language)
            } else {
                None
            };
        }
        let Some((_, directive)) = line.split_once("{{#") else {
            continue;
        };
        if fence.is_some_and(|fence| fence.starts_with("rust") && !fence.contains("ignore")) {
            wrong.push(format!(
                "{page}: a doc-test cannot include, write `rust,ignore`: {line}"
            ));
        }
        let source = directive
            .strip_prefix("include ")
            .and_then(|rest| rest.strip_suffix("}}"));
        let Some(source) = source else {
            wrong.push(format!("{page}: no include on a line of its own: {line}"));
            continue;
        };
        if let Err(reason) = included(files, page, source.trim()) {
            wrong.push(format!("{page}: {source}: {reason}"));
        }
    }
    wrong
}

/// Whether there is anything at `path` or `path:anchor`.
fn included(files: &Files, page: &str, source: &str) -> Result<(), &'static str> {
    let (path, anchor) = source.split_once(':').unwrap_or((source, ""));
    let text = files
        .get(&resolve(page, path))
        .ok_or("there is no such file")?;
    if anchor.starts_with(|first: char| first.is_ascii_digit()) || anchor.contains(':') {
        return Err("line numbers go wrong with the next edit, use an anchor");
    }
    let is_mark = |line: &str, word| line.trim() == format!("// {word}: {anchor}");
    let lines: Vec<_> = if anchor.is_empty() {
        text.lines().collect()
    } else {
        let mut lines = text.lines();
        lines
            .find(|line| is_mark(line, "ANCHOR"))
            .ok_or("there is no such anchor")?;
        let rest: Vec<_> = lines.collect();
        let end = rest.iter().position(|line| is_mark(line, "ANCHOR_END"));
        rest[..end.ok_or("the anchor has no end")?].to_vec()
    };
    let is_text = |line: &&str| !line.trim().is_empty() && !line.contains("ANCHOR");
    lines
        .into_iter()
        .find(is_text)
        .map(drop)
        .ok_or("there is nothing in it")
}

/// Relative links to what does not exist: pages, files, headings.
fn links(files: &Files, page: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for target in targets(text).filter(|target| !target.contains("://")) {
        let (path, heading) = target.split_once('#').unwrap_or((target, ""));
        let path = if path.is_empty() {
            page.to_owned()
        } else {
            resolve(page, path)
        };
        let folder = format!("{path}/");
        let reason = match files.get(&path) {
            _ if target.is_empty() => Some("it is empty"),
            None if files.keys().any(|file| file.starts_with(&folder)) => None,
            None => Some("there is no such file"),
            Some(_) if page.starts_with(CHAPTERS) && !path.starts_with(CHAPTERS) => {
                Some("it is not in the book, readers of the web page cannot follow")
            }
            Some(text) if !heading.is_empty() && !headings(text).any(|id| id == heading) => {
                Some("there is no such heading")
            }
            Some(_) => None,
        };
        wrong.extend(reason.map(|reason| format!("{page}: the link {target}: {reason}")));
    }
    wrong
}

/// What the links of a page point to, `[..](here)`; not in code.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    prose(text).flat_map(|line| {
        let outside_code = line.split('`').step_by(2);
        outside_code.flat_map(|part| {
            part.split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
        })
    })
}

/// The ids that mdBook gives the headings of a page.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        title
            .chars()
            .filter(kept)
            .collect::<String>()
            .replace(' ', "-")
    })
}

/// The lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// `target` as `page` writes it, as a path in the repository.
fn resolve(page: &str, target: &str) -> String {
    let mut parts: Vec<_> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
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
fn an_include_of_nothing_is_found() {
    let include = |source| format!("```text\n{{{{#include {source}}}}}\n```");
    let page = |source, mistake| assert_wrong("book/src/b.md", &include(source), mistake);
    page("../../examples/y.rs", "no such file");
    page("../../examples/x.rs:n", "no such anchor");
    page("../../examples/x.rs:1:2", "line numbers");
    let example = |text, mistake| assert_wrong("examples/x.rs", text, mistake);
    example("// ANCHOR: m\n\n// ANCHOR_END: m", "nothing in it");
    example("// ANCHOR: m\nfn main() {}", "has no end");
    let in_doc_test = "```rust\n{{#include ../../examples/x.rs}}\n```";
    assert_wrong("book/src/b.md", in_doc_test, "write `rust,ignore`");
    assert_wrong("book/src/b.md", "{{#inclued x}}", "no include");
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

#[test]
fn a_link_to_nowhere_is_found() {
    assert_wrong("book/src/b.md", "[c](c.md)", "no such file");
    assert_wrong("book/src/b.md", "[a](a.md#three)", "no such heading");
    assert_wrong("book/src/b.md", "[b](#three)", "no such heading");
    assert_wrong(
        "book/src/b.md",
        "[x](../../examples/x.rs)",
        "not in the book",
    );
    assert_wrong("README.md", "[x](examples/y.rs)", "no such file");
}
