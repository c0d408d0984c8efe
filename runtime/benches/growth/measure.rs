//! The clock of the thread, which stands still while others have its core, and what is allocated.

use std::{alloc::System, fmt};

use cpu_time::ThreadTime;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What one of several operations took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) nanoseconds: f64,
    /// How many blocks were allocated.
    pub(crate) blocks: f64,
}

impl Cost {
    /// The least of both: others get into the caches during the other.
    pub(crate) fn least(self, other: Self) -> Self {
        Self {
            nanoseconds: self.nanoseconds.min(other.nanoseconds),
            blocks: self.blocks.min(other.blocks),
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.0} ({:.1})", self.nanoseconds, self.blocks))
    }
}

/// Runs what does so many `operations`.
pub(crate) fn cost<T>(operations: usize, run: impl FnOnce() -> T) -> (Cost, T) {
    let allocations = HEAP.stats().allocations;
    let start = ThreadTime::now();
    let result = run();
    let nanoseconds = start.elapsed().as_secs_f64() * 1e9;
    let allocated = HEAP.stats().allocations - allocations;
    let cost = Cost {
        nanoseconds: nanoseconds / number(operations),
        blocks: number(allocated) / number(operations),
    };
    (cost, result)
}

/// Measures several operations a few times over; the least that each of them took.
pub(crate) fn least<const N: usize>(mut measure: impl FnMut() -> [Cost; N]) -> [Cost; N] {
    let mut least = measure();
    for _ in 0..4 {
        for (least, cost) in least.iter_mut().zip(measure()) {
            *least = least.least(cost);
        }
    }
    least
}

/// What is allocated and not given back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) bytes: isize,
    pub(crate) blocks: isize,
}

pub(crate) fn held() -> Held {
    let stats = HEAP.stats();
    let difference = |more: usize, less: usize| more.wrapping_sub(less).cast_signed();
    Held {
        bytes: difference(stats.bytes_allocated, stats.bytes_deallocated),
        blocks: difference(stats.allocations, stats.deallocations),
    }
}

/// Whole numbers of which no digit is needed that this could lose.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(crate) fn number(of: usize) -> f64 {
    of as f64
}
