//! What was found to be wrong in kind.

use std::{fmt::Display, process::ExitCode};

/// As many bytes as containers may happen to keep for the next time.
const KEPT: isize = 16 * 1024;

#[derive(Default)]
pub(crate) struct Verdict {
    wrong: usize,
}

impl Verdict {
    pub(crate) fn wrong(&mut self, what: impl Display) {
        println!("  WRONG: {what}");
        self.wrong += 1;
    }

    pub(crate) fn check(&mut self, right: bool, what: impl Display) {
        if !right {
            self.wrong(what);
        }
    }

    /// Whether what was allocated for each operation is the same whatever the size, to within a tenth and
    /// a block: containers that double now and then are not counted as growth.
    pub(crate) fn check_flat(&mut self, what: &str, blocks: &[f64]) {
        let least = blocks.iter().copied().fold(f64::INFINITY, f64::min);
        let most = blocks.iter().copied().fold(0.0, f64::max);
        self.check(
            most <= least * 1.1 + 1.0,
            format_args!("{what} allocates {least:.1} blocks at least and {most:.1} at most"),
        );
    }

    /// Whether so many more bytes, held after ten times as many operations, are nothing to speak of.
    pub(crate) fn check_held(&mut self, what: &str, more: isize) {
        self.check(
            more < KEPT,
            format_args!("{what}: {more} bytes more are held after ten times as many"),
        );
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.wrong {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}
