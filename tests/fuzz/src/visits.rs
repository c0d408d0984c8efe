//! The time of each client in a namespace, from `on_connect` to `on_disconnect`, and what has to be true
//! of it whatever the client does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All visits to the namespaces of one server. Clones are the same.
#[derive(Clone, Default)]
pub struct Visits(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    counts: Counts,
    wrong: Vec<String>,
}

/// How many have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `on_connect` let them in.
    pub begun: usize,
    /// `on_disconnect` saw them off.
    pub ended: usize,
    /// Their sessions are dropped.
    pub dropped: usize,
}

impl Visits {
    /// Lets a client in. What it returns is the client's session.
    pub fn begin(&self) -> Visit {
        let mut book = lock(&self.0);
        book.counts.begun += 1;
        Visit {
            number: book.counts.begun,
            visits: self.clone(),
            now: Mutex::default(),
        }
    }

    /// How many have come how far.
    pub fn counts(&self) -> Counts {
        lock(&self.0).counts
    }

    /// What was not as it should be.
    pub fn wrong(&self) -> Vec<String> {
        lock(&self.0).wrong.clone()
    }

    /// Whether anybody else has them: a class, the session of a client.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    fn note(&self, wrong: String) {
        lock(&self.0).wrong.push(wrong);
    }
}

/// The session of one client.
pub struct Visit {
    number: usize,
    visits: Visits,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    in_line: Option<&'static str>,
    beside: usize,
    over: bool,
}

impl Visit {
    /// A handler runs, and no other that is in line may, until what this returns is dropped.
    pub fn in_line(&self, event: &'static str) -> Handling<'_> {
        self.begins(event);
        if let Some(before) = lock(&self.now).in_line.replace(event) {
            self.note(&format!("{event} began while {before} ran"));
        }
        Handling {
            visit: self,
            event,
            in_line: true,
        }
    }

    /// The same for a handler that is concurrent.
    pub fn beside(&self, event: &'static str) -> Handling<'_> {
        self.begins(event);
        lock(&self.now).beside += 1;
        Handling {
            visit: self,
            event,
            in_line: false,
        }
    }

    /// The client is seen off.
    pub fn end(&self) {
        let mut now = lock(&self.now);
        if std::mem::replace(&mut now.over, true) {
            self.note("on_disconnect ran again");
        }
        if now.in_line.is_some() || now.beside > 0 {
            self.note("on_disconnect began while handlers ran");
        }
        lock(&self.visits.0).counts.ended += 1;
    }

    fn begins(&self, event: &str) {
        if lock(&self.now).over {
            self.note(&format!("{event} began after on_disconnect"));
        }
    }

    /// Something is not as it should be with this client.
    pub fn note(&self, wrong: &str) {
        let number = self.number;
        self.visits.note(format!("client {number}: {wrong}"));
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if !lock(&self.now).over {
            self.note("its session was dropped without on_disconnect");
        }
        lock(&self.visits.0).counts.dropped += 1;
    }
}

/// A handler that runs.
pub struct Handling<'a> {
    visit: &'a Visit,
    event: &'static str,
    in_line: bool,
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        let mut now = lock(&self.visit.now);
        if now.over {
            let event = self.event;
            self.visit
                .note(&format!("{event} ended after on_disconnect"));
        }
        if self.in_line {
            now.in_line = None;
        } else {
            now.beside -= 1;
        }
    }
}

/// The content of a mutex, also after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
