//! The table in `main.rs`: complete, and true.

use std::{collections::BTreeSet, fs, path::Path};

const TABLE: &str = include_str!("main.rs");

/// The rows of the table, each as its columns without quotes.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = TABLE.lines().filter_map(|line| line.strip_prefix("//! | "));
    lines.map(|line| {
        let columns = line
            .split('|')
            .map(|column| column.trim_matches([' ', '`']));
        columns.filter(|column| !column.is_empty()).collect()
    })
}

#[test]
fn each_test_of_the_original_and_each_further_behaviour_has_a_test_here() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity");
    let (mut originals, mut further) = (BTreeSet::new(), BTreeSet::new());
    for row in rows() {
        let (what, Some(test)) = (row[0], row.last()) else {
            unreachable!("a row has columns")
        };
        if what.starts_with("test_") {
            assert!(originals.insert(what), "{what} is there twice");
        } else if let Ok(number) = what.parse::<usize>() {
            further.insert(number);
        } else {
            continue;
        }
        let (module, name) = test.split_once("::").expect("module::test");
        let source = fs::read_to_string(sources.join(module).with_extension("rs"));
        let source = source.unwrap_or_else(|error| panic!("{module}: {error}"));
        assert!(source.contains(&format!("\nasync fn {name}(")), "{test}");
    }
    assert_eq!(originals.len(), 42);
    assert!(further.iter().copied().eq(1..=25), "{further:?}");
}
