//! Bytes as the arguments of events.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::arguments::run(input));
