//! What costs more, or holds more, when there is more of something: members, rooms, messages served.
//!
//! ```text
//! cargo bench -p hobnob --bench growth
//! cargo bench -p hobnob --bench growth -- delivering 1000  # one table, with these sizes
//! ```
//!
//! It shows the time of its thread to the reader, and does not look at it itself: it fails if a message is lost, wrong or doubled, if a room has other members than it should have, or if
//! what is allocated for one operation, or held after many, grows where it should not.

#![expect(clippy::print_stdout, reason = "it prints tables")]

#[path = "../in_memory/mod.rs"]
mod in_memory;

mod classes;
mod delivering;
mod forgetting;
mod measure;
mod members;
mod rooms;
mod server;
mod traffic;
mod verdict;

use std::{env, process::ExitCode};

use verdict::Verdict;

struct Table {
    name: &'static str,
    fill: fn(&[usize], &mut Verdict),
    sizes: &'static [usize],
    /// Small enough for a test.
    tested: &'static [usize],
}

/// The one that looks at the memory of the process comes first: allocators keep what others have used.
const TABLES: [Table; 6] = [
    Table {
        name: "traffic",
        fill: traffic::table,
        sizes: &[HOUR],
        tested: &[10_000],
    },
    Table {
        name: "forgetting",
        fill: forgetting::table,
        sizes: &[1000],
        tested: &[100],
    },
    Table {
        name: "classes",
        fill: classes::table,
        sizes: &[1000],
        tested: &[100],
    },
    Table {
        name: "delivering",
        fill: delivering::table,
        sizes: &[10, 100, 1000, 10_000],
        tested: &[10, 100],
    },
    Table {
        name: "members",
        fill: members::table,
        sizes: &[1, 10, 100, 1000, 10_000],
        tested: &[1, 10, 100],
    },
    Table {
        name: "rooms",
        fill: rooms::table,
        sizes: &[1, 10, 100, 1000, 10_000],
        tested: &[1, 10, 100],
    },
];

/// The events of an hour with 1 000 in a second.
const HOUR: usize = 3_600_000;

fn main() -> ExitCode {
    // `cargo bench` says so; whoever does not runs tests.
    let bench = env::args().any(|word| word == "--bench");
    let mut words = env::args().skip(1).filter(|word| !word.starts_with("--"));
    let only = words.next();
    let wanted: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    let mut verdict = Verdict::default();
    let mut shown = 0;
    for table in TABLES {
        if only.as_ref().is_some_and(|only| only != table.name) {
            continue;
        }
        let usual = if bench { table.sizes } else { table.tested };
        let sizes = if wanted.is_empty() { usual } else { &wanted };
        (table.fill)(sizes, &mut verdict);
        shown += 1;
    }
    if shown == 0 {
        verdict.wrong(format_args!("there is no table {only:?}"));
    }
    verdict.exit_code()
}
