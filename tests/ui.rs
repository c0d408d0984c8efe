//! What the compiler says: to each mistake one error that teaches, to odd but legal code nothing.

/// One mistake in a file, and beside it the one error that it gives. `TRYBUILD=overwrite` writes the
/// errors anew; then read them.
#[test]
fn a_mistake_gives_one_error_that_says_what_to_write() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

#[test]
fn odd_but_legal_code_compiles() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}
