//! What this thread logs at warn level.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<u8>>>);

impl Journal {
    /// Takes in the log of this thread until what is returned is dropped.
    pub(crate) fn begin(&self) -> (DefaultGuard, tracing::Dispatch) {
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::WARN)
            .with_writer(self.clone());
        // With a single subscriber a line is off for good once a thread without it has come by: those
        // of the other tests. With two it is not.
        let another = tracing::Dispatch::new(NoSubscriber::new());
        let logging = tracing::subscriber::set_default(subscriber.finish());
        (logging, another)
    }

    /// The lines since the last time.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let text = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let text = String::from_utf8(text).expect("text");
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Journal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Journal {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
