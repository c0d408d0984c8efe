//! Bytes as the doings of a client from its first request to its last.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::sessions::run(input));
