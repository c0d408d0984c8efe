//! Where includes and links of a page lead.

use crate::{CHAPTERS, Files};

/// Includes that would come out empty, and those that rustdoc would take for code.
pub(crate) fn includes(files: &Files, page: &str, text: &str) -> Vec<String> {
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
    // A comment of Rust, or of a configuration.
    let is_mark = |line: &str, word| {
        let mark = format!("{word}: {anchor}");
        let comment = ["// ", "# "].map(|start| line.trim().strip_prefix(start));
        comment.contains(&Some(mark.as_str()))
    };
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
pub(crate) fn links(files: &Files, page: &str, text: &str) -> Vec<String> {
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
pub(crate) fn targets(text: &str) -> impl Iterator<Item = &str> {
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
pub(crate) fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// `target` as `page` writes it, as a path in the repository.
pub(crate) fn resolve(page: &str, target: &str) -> String {
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

#[cfg(test)]
mod tests {
    use crate::assert_wrong;

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
}
