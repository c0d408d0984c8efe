//! What the fuzzers have found worth keeping, through the same code without a fuzzer: see `tests/fuzz`.

#[expect(unreachable_pub, reason = "it is a crate of its own as well")]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::{fs, path::Path, sync::mpsc, thread, time::Duration};

/// How long one input may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// Runs all inputs of a corpus, each within the deadline.
fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries = fs::read_dir(&corpus).expect("a corpus");
    let mut inputs: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no corpus in {}", corpus.display());

    let (done, was_done) = mpsc::channel();
    let files = inputs.clone();
    let running = thread::spawn(move || {
        for file in files {
            run(&fs::read(file).expect("an input"));
            let _ = done.send(());
        }
    });
    for input in inputs {
        match was_done.recv_timeout(DEADLINE) {
            Ok(()) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{} takes too long", input.display()),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{} fails", input.display()),
        }
    }
    running.join().expect("all inputs to be run");
}

#[test]
fn arguments() {
    replay("arguments", fuzz::arguments::run);
}

#[test]
fn sessions() {
    replay("sessions", fuzz::sessions::run);
}
