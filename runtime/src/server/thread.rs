//! The server used from a thread that knows nothing of async.

use std::future::IntoFuture;

use super::SocketIo;

impl SocketIo {
    /// Waits for a future in a thread that is not async, as one of `std::thread::spawn` or a callback of
    /// a C library: runs it where the server runs, and returns what it came to.
    ///
    /// Flask-SocketIO has no counterpart, as there every thread may call `socketio.emit`.
    ///
    /// ```
    /// use std::thread;
    /// use hobnob::prelude::*;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result {
    /// let socketio = SocketIo::builder().accept(["/measured"]).build().await?;
    ///
    /// let thread = thread::spawn(move || {
    ///     let temperature = 21.5;
    ///     socketio.block_on(socketio.of("/measured").emit("temperature", temperature))
    /// });
    /// # thread.join().unwrap()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// In async code, where it would hold up the runtime: there a future is awaited.
    pub fn block_on<F: IntoFuture>(&self, future: F) -> F::Output {
        self.runtime().block_on(future.into_future())
    }
}
