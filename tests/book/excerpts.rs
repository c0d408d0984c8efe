//! What a page quotes from a file of the repository is in that file: a block of code whose first line is
//! the file's path, as a comment. A line `// ..` stands for what was left out.

use crate::Files;

/// What stands where something was left out.
const GAP: &str = "// ..";

pub(crate) fn mistakes(files: &Files, page: &str, text: &str) -> Vec<String> {
    let wrong = blocks(text).filter_map(|block| {
        let (first, quoted) = block.split_first()?;
        let path = first.strip_prefix("// ")?;
        if !path.contains('/') || path.contains(' ') {
            return None;
        }
        let reason = match files.get(path) {
            None => "there is no such file".to_owned(),
            Some(source) => missing(source, quoted)?,
        };
        Some(format!("{page}: the excerpt of {path}: {reason}"))
    });
    wrong.collect()
}

/// The lines of each block of code, without white space around them.
fn blocks(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let parts = text.split("\n```").skip(1).step_by(2);
    parts.map(|block| block.lines().skip(1).map(str::trim).collect())
}

/// The first part of what is quoted that is not in the source, after the parts before it.
fn missing(source: &str, quoted: &[&str]) -> Option<String> {
    let source: Vec<_> = source.lines().map(str::trim).collect();
    let mut rest = &source[..];
    for part in quoted.split(|line| *line == GAP) {
        if part.is_empty() {
            continue;
        }
        let Some(start) = rest.windows(part.len()).position(|lines| lines == part) else {
            return Some(format!("not there is: {}", part.join(" ")));
        };
        rest = &rest[start + part.len()..];
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::assert_wrong;

    fn quote(lines: &str) -> String {
        format!("text\n```rust,ignore\n// examples/x.rs\n{lines}\n```")
    }

    #[test]
    fn what_is_not_in_the_file_is_found() {
        let page = |lines: &str, mistake| assert_wrong("book/src/b.md", &quote(lines), mistake);
        page("fn other() {}", "not there is: fn other() {}");
        page("fn main() {}\n// ..\nfn main() {}", "not there is");
        let nowhere = quote("").replace("x.rs", "y.rs");
        assert_wrong("book/src/b.md", &nowhere, "no such file");
    }

    #[test]
    fn what_is_in_the_file_is_none() {
        let files = crate::book(&[]);
        let text = quote("  fn main() {}\n// ..");
        let found = super::mistakes(&files, "book/src/b.md", &text);
        assert_eq!(found, Vec::<String>::new());
    }
}
