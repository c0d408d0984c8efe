//! What the fuzz targets do with their input. The tests do the same with the corpus, without a fuzzer.

pub mod arguments;
pub mod memory;
pub mod panics;
pub mod sessions;
pub mod visits;
