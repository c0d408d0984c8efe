//! The messages of the chapter on troubleshooting are real: each is a text of the source, with something
//! in place of what is filled in, or one that a test of behaviour expects over the wire.

use crate::{Files, repository};

const CHAPTER: &str = "book/src/troubleshooting.md";

/// Shorter ones would be found anywhere.
const SHORTEST: usize = 10;

#[test]
fn every_message_of_the_chapter_is_one() {
    let files = repository();
    let texts = texts(&files);
    assert!(texts.len() > 100, "the source has texts");
    let messages = messages(&files[CHAPTER]);
    assert!(messages.len() > 20, "{messages:?}");
    let invented: Vec<_> = messages
        .into_iter()
        .filter(|message| !texts.iter().any(|text| is_made_of(message, text)))
        .collect();
    assert_eq!(invented, Vec::<&str>::new());
}

/// The lines of the blocks of messages, without what `main` puts before them.
fn messages(page: &str) -> Vec<&str> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    let of_text = blocks.filter_map(|block| block.strip_prefix("text,message\n"));
    let lines = of_text.flat_map(str::lines);
    lines
        .map(|line| line.strip_prefix("Error: ").unwrap_or(line))
        .collect()
}

/// What is fixed in each text of the source.
fn texts(files: &Files) -> Vec<Vec<String>> {
    let folders = ["runtime/src/", "macros/src/", "tests/behaviour/"];
    let sources = files
        .iter()
        .filter(|(path, _)| folders.iter().any(|folder| path.starts_with(folder)));
    let texts = sources.flat_map(|(_, source)| literals(source));
    texts.map(|text| fixed_parts(&text)).collect()
}

/// Whether a message is a text with its gaps filled.
fn is_made_of(message: &str, text: &[String]) -> bool {
    let [first, between @ .., last] = text else {
        return text.iter().any(|whole| whole == message);
    };
    if text.iter().map(String::len).sum::<usize>() < SHORTEST {
        return false;
    }
    let Some(mut rest) = message.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in between {
        match rest.split_once(part.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// The parts of a format string around its `{..}`.
fn fixed_parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let part = parts.last_mut().expect("there is one");
        if matches!(c, '{' | '}') && characters.next_if_eq(&c).is_some() {
            part.push(c);
        } else if c == '{' {
            characters.by_ref().find(|c| *c == '}');
            parts.push(String::new());
        } else {
            part.push(c);
        }
    }
    parts
}

/// The string literals of Rust, without what is in comments.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in joined(source).lines() {
        let line = line.trim_start();
        if line.starts_with("//") {
            continue;
        }
        let mut rest = line;
        while let Some((_, after)) = rest.split_once('"') {
            let Some(end) = end_of_literal(after) else {
                break;
            };
            found.push(after[..end].replace("\\\"", "\"").replace("\\\\", "\\"));
            rest = &after[end + 1..];
        }
    }
    found
}

/// The same with each literal that goes on in the next line made one line.
fn joined(source: &str) -> String {
    let mut lines = source.split("\\\n");
    let mut joined = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        joined.push_str(line.trim_start());
    }
    joined
}

fn end_of_literal(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[test]
fn a_message_is_recognized_by_what_is_fixed_in_it() {
    let source =
        "// \"a comment here\"\nf(\"`{path}` is \\\"not\\\" mounted \\\n   at {{all}}: {}\");";
    let texts: Vec<_> = literals(source).iter().map(|it| fixed_parts(it)).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    let is = |message| is_made_of(message, &texts[0]);
    assert!(is("`/chat` is \"not\" mounted at {all}: never"));
    assert!(!is("`/chat` is \"not\" mounted at all: never"));
    assert!(!is("so `/chat` is \"not\" mounted at {all}: never"));
    let page = "a\n```text,message\nError: one\n```\nb\n```text\ntwo\n```";
    assert_eq!(messages(page), ["one"]);
}
