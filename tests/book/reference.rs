//! The tables of the reference are complete: what the code has is in them, with the defaults that the
//! documentation of the code has.

use crate::{Files, repository};

const CHAPTER: &str = "book/src/reference.md";
const BUILDER: &str = "runtime/src/server/builder.rs";
const CLUSTER: &str = "runtime/src/cluster/mod.rs";

#[test]
fn every_option_is_in_the_reference_with_its_default() {
    let files = repository();
    let chapter = &files[CHAPTER];
    let mut rows = documented_options(&files[BUILDER]);
    assert!(rows.len() > 15, "{rows:?}");
    let of_cluster = documented_options(&files[CLUSTER]);
    assert!(of_cluster.len() > 3, "{of_cluster:?}");
    rows.extend(of_cluster);
    let missing = |row: &String| !chapter.lines().any(|line| line == row);
    let missing: Vec<_> = rows.iter().filter(|row| missing(row)).collect();
    assert_eq!(
        missing,
        Vec::<&String>::new(),
        "rows of the table of options"
    );
}

/// The rows of the table over the builder, without their links.
fn documented_options(source: &str) -> Vec<String> {
    let rows = source
        .lines()
        .filter_map(|line| line.strip_prefix("/// "))
        .filter(|line| line.starts_with("| [`") || line.starts_with("| `"));
    rows.map(|row| {
        let without_brackets = row.replace("[`", "`").replace("`]", "`");
        let mut parts = without_brackets.split("(Self::");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |row, part| {
            row + part.split_once(')').map_or(part, |(_, rest)| rest)
        })
    })
    .collect()
}

#[test]
fn every_method_of_the_builder_is_in_the_reference() {
    let files = repository();
    let of_builder = files.iter().filter(|(path, source)| {
        path.starts_with("runtime/src/server/") && source.contains("\nimpl SocketIoBuilder {")
    });
    let methods: Vec<_> = of_builder
        .flat_map(|(_, source)| builder_methods(source))
        .collect();
    assert!(methods.len() > 30, "{methods:?}");
    assert_in_reference(&files, &methods);
}

/// The public methods of the builder in a file, but not those that the documentation hides.
fn builder_methods(source: &str) -> Vec<String> {
    let mut methods = Vec::new();
    for block in source.split("\nimpl SocketIoBuilder {").skip(1) {
        let block = block.split("\n}").next().unwrap_or_default();
        let mut hidden = false;
        for line in block.lines().map(str::trim) {
            let name = line.strip_prefix("pub async fn ");
            if let Some(rest) = name.or_else(|| line.strip_prefix("pub fn ")) {
                let name = rest.split(['(', '<']).next().unwrap_or_default();
                if !hidden {
                    methods.push(name.to_owned());
                }
                hidden = false;
            }
            hidden |= line == "#[doc(hidden)]";
        }
    }
    methods
}

#[test]
fn every_error_and_every_reason_is_in_the_reference() {
    let files = repository();
    let mut variants = Vec::new();
    for (path, name) in [
        ("runtime/src/error/event.rs", "EventError"),
        ("runtime/src/error/operation.rs", "EmitError"),
        ("runtime/src/error/operation.rs", "RoomError"),
        ("runtime/src/error/operation.rs", "CallError"),
        ("runtime/src/error/operation.rs", "BuildError"),
        ("runtime/src/error/operation.rs", "ServeError"),
        ("runtime/src/test_client/error.rs", "TestError"),
        ("runtime/src/adapter/error.rs", "ClusterError"),
    ] {
        let of_enum = variants_of(&files[path], name);
        assert!(of_enum.len() > 1, "{name}: {of_enum:?}");
        let row = format!("| `{name}` |");
        let rows = files[CHAPTER].lines().filter(|line| line.starts_with(&row));
        let rows: String = rows.collect();
        let missing = of_enum
            .iter()
            .filter(|it| !rows.contains(&format!("`{it}`")));
        variants.extend(missing.map(|variant| format!("{name}::{variant}")));
    }
    assert_eq!(variants, Vec::<String>::new(), "not in {CHAPTER}");

    let reasons = &files["runtime/src/reason.rs"];
    let texts = reasons.lines().filter_map(|line| {
        let (variant, text) = line.trim().strip_prefix("Self::")?.split_once(" => ")?;
        let text = text.trim_matches([',', '"']);
        Some(format!("| `{variant}` | `{text}` |"))
    });
    let texts: Vec<_> = texts.collect();
    assert!(texts.len() > 5, "{texts:?}");
    let missing = texts.iter().filter(|row| !files[CHAPTER].contains(*row));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&String>::new());
}

fn variants_of(source: &str, name: &str) -> Vec<String> {
    let body = source.split(&format!("pub enum {name} {{\n")).nth(1);
    let body = body.and_then(|body| body.split("\n}").next());
    let lines = body.unwrap_or_default().lines();
    // Of the enum itself, not of what is in its variants.
    let variants = lines.filter_map(|line| line.strip_prefix("    "));
    variants
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(|line| {
            line.split(['(', ' ', ','])
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

#[test]
fn every_other_name_of_the_reference_is_in_it() {
    let files = repository();
    let events = &files["runtime/src/event/mod.rs"];
    let reserved = events.split("fn is_reserved").nth(1).unwrap_or_default();
    let reserved = reserved.split("\n}").next().unwrap_or_default();
    let mut names: Vec<_> = reserved
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    assert!(names.len() > 4, "{names:?}");

    let arguments = files
        .iter()
        .filter(|(path, _)| path.starts_with("runtime/src/argument/"))
        .flat_map(|(_, source)| source.split("FromContext> for ").skip(1));
    let arguments: Vec<_> = arguments
        .filter_map(|rest| rest.split([' ', '<']).next())
        .map(|name| {
            if name == "Session" {
                "Session<T>"
            } else {
                name
            }
            .to_owned()
        })
        .collect();
    assert!(arguments.len() > 5, "{arguments:?}");
    names.extend(arguments);

    let features = files["runtime/Cargo.toml"].split("[features]").nth(1);
    let features = features
        .and_then(|rest| rest.split("\n[").next())
        .unwrap_or_default();
    let features = features.lines().filter_map(|line| line.split_once(" = "));
    names.extend(features.map(|(name, _)| name.to_owned()));

    let prelude = files["runtime/src/prelude.rs"].split(['{', '}']);
    let prelude = prelude.skip(1).step_by(2).flat_map(|list| list.split(','));
    let prelude = prelude.map(|name| name.trim().to_owned());
    names.extend(prelude.filter(|name| !name.is_empty()));
    assert_in_reference(&files, &names);
}

#[track_caller]
fn assert_in_reference(files: &Files, names: &[String]) {
    let missing = |name: &&String| !files[CHAPTER].contains(&format!("`{name}`"));
    let missing: Vec<_> = names.iter().filter(missing).collect();
    assert_eq!(missing, Vec::<&String>::new(), "not in {CHAPTER}");
}

#[test]
fn what_the_code_has_is_read_from_it() {
    let source = "/// | [`a`](Self::a), [`b`](Self::b) | 1 |\n/// | `c`, with x | off |\n";
    assert_eq!(
        documented_options(source),
        ["| `a`, `b` | 1 |", "| `c`, with x | off |"]
    );
    let source = "\nimpl SocketIoBuilder {\n    pub fn a<T>(self) {}\n    #[doc(hidden)]\n    pub fn b(self) {}\n    pub async fn c(self) {}\n    fn d() {}\n}\n";
    assert_eq!(builder_methods(source), ["a", "c"]);
    let source = "pub enum E {\n    #[x]\n    One {\n        Field: u8,\n    },\n    Two(u8),\n    Three,\n}\n";
    assert_eq!(variants_of(source, "E"), ["One", "Two", "Three"]);
}
