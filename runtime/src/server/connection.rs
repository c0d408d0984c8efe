//! One TCP connection as hobnob serves it: closed when nothing it is given to write gets through,
//! and cut when told to.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};

use super::{
    connections::{Connections, Use},
    counters::Tally,
    heads::{Deadline, Heads},
};

/// The other end of a connection, and the means to cut it.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    pub(super) cut: Arc<Cut>,
}

/// Told from anywhere, heard by the connection's next read or write.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// Where it is noted, to be forgotten there when it is gone.
    pub(super) noted: OnceLock<Weak<Connections>>,
    done: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
    pub(super) used_for: Mutex<Use>,
    pub(super) heads: Heads,
}

/// How long connections may take for what.
#[derive(Debug)]
pub(super) struct Timeouts {
    pub(super) write: Duration,
    pub(super) handshake: Duration,
    pub(super) tally: Arc<Tally>,
}

impl Cut {
    pub(super) fn cut(&self) {
        self.done.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
    }

    /// For whoever is about to wait: it is woken by a cut, and hears of one that came before.
    fn watch(&self, waker: &AtomicWaker, cx: &Context<'_>) -> io::Result<()> {
        waker.register(cx.waker());
        self.check()
    }

    fn check(&self) -> io::Result<()> {
        if self.done.load(Ordering::Acquire) {
            Err(io::Error::new(
                io::ErrorKind::ConnectionReset,
                "cut by the server",
            ))
        } else {
            Ok(())
        }
    }
}

/// A TCP connection with a limit to how long a write may stand still, and the head of a request may take.
///
/// A client that stops reading fills the buffers up to here, and the engine waits for ever behind
/// its full socket. The system would wait a quarter of an hour.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    cut: Arc<Cut>,
    timeouts: Arc<Timeouts>,
    head: Deadline,
    /// Runs while a write stands still; made when the first one does.
    deadline: Option<Pin<Box<Sleep>>>,
    stalled: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, cut: Arc<Cut>, timeouts: Arc<Timeouts>) -> Self {
        Self {
            stream,
            cut,
            timeouts,
            head: Deadline::default(),
            deadline: None,
            stalled: false,
        }
    }

    /// Lets a write through, and minds the time while it does not get through.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.cut.check()?;
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.stalled = false;
            return written;
        }
        self.cut.watch(&self.cut.writer, cx)?;
        let until = Instant::now() + self.timeouts.write;
        let deadline = match &mut self.deadline {
            Some(deadline) => {
                if !std::mem::replace(&mut self.stalled, true) {
                    deadline.as_mut().reset(until);
                }
                deadline
            }
            none => {
                self.stalled = true;
                none.insert(Box::pin(tokio::time::sleep_until(until)))
            }
        };
        ready!(deadline.as_mut().poll(cx));
        // The reading side as well: the engine minds what it reads, not what it cannot write.
        self.cut.cut();
        self.timeouts.tally.stalled_writes.one();
        tracing::debug!(target: "hobnob::server", "a connection is closed: it takes no data");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.cut.check()?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_pending() {
            self.cut.watch(&self.cut.reader, cx)?;
        }
        if self.head.is_none(&self.cut.heads) {
            return read;
        }
        let has_read = buffer.filled().len() > before;
        let Self {
            head,
            cut,
            timeouts,
            ..
        } = &mut *self;
        if head.is_over(cx, &cut.heads, has_read, timeouts.handshake) {
            timeouts.tally.late_handshakes.one();
            // Not a warning: browsers open connections in advance that they do not use.
            tracing::debug!(
                target: "hobnob::server",
                timeout = ?timeouts.handshake,
                "a connection is closed: the head of its request did not come in time",
            );
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.watch(cx, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.watch(cx, |stream, cx| stream.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.watch(cx, AsyncWrite::poll_flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
