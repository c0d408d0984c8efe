//! Panics in tasks, which a server survives and nobody sees.

use std::{cell::RefCell, panic, sync::Once};

/// What a handler panics with that is meant to.
pub struct Meant;

thread_local! {
    /// Where there was a panic that nobody meant. A run is on one thread, its tasks and all.
    static PLACES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Takes note of panics from now on. Under a fuzzer those that nobody meant end the process.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload().is::<Meant>() {
                return;
            }
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            PLACES.with_borrow_mut(|places| places.push(place));
            usual(info);
        }));
    });
}

/// There was none.
///
/// # Panics
///
/// If there was one.
pub fn check() {
    assert_eq!(PLACES.take(), [""; 0], "panics that nobody meant");
}
