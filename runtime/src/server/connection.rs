//! One TCP connection as hobnob serves it: closed when nothing it is given to write gets through,
//! and cut when told to.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::extract::ConnectInfo;
use futures_util::task::AtomicWaker;
use http::request::Parts;
use parking_lot::Mutex;
use socketioxide_core::Sid;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
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
    done: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Cut {
    fn cut(&self) {
        self.done.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
    }

    fn check(&self, waker: &AtomicWaker, cx: &Context<'_>) -> io::Result<()> {
        waker.register(cx.waker());
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

/// The connections to which sessions that began with long polling were upgraded. The engine only
/// knows the request that a session began with, which came over another connection.
#[derive(Debug, Default)]
pub(super) struct Upgrades {
    connections: Mutex<HashMap<Sid, Weak<Cut>>>,
}

impl Upgrades {
    /// Notes the connection of a request that upgrades a session.
    pub(super) fn note(&self, request: &Parts) {
        let Some(ConnectInfo(peer)) = request.extensions.get::<ConnectInfo<Peer>>() else {
            return;
        };
        let query = request.uri.query().unwrap_or_default();
        if !query.split('&').any(|pair| pair == "transport=websocket") {
            return;
        }
        let sid = query.split('&').find_map(|pair| pair.strip_prefix("sid="));
        let Some(Ok(sid)) = sid.map(str::parse) else {
            return;
        };
        let mut connections = self.connections.lock();
        if connections.len() == connections.capacity() {
            connections.retain(|_, cut| cut.strong_count() > 0);
        }
        connections.insert(sid, Arc::downgrade(&peer.cut));
    }

    /// Cuts the WebSocket connection of a session; `false` if it did not come through our listener.
    pub(super) fn cut(&self, session: Sid, request: &Parts) -> bool {
        let upgraded = self.connections.lock().remove(&session);
        if let Some(cut) = upgraded.and_then(|cut| cut.upgrade()) {
            cut.cut();
            return true;
        }
        let peer = request.extensions.get::<ConnectInfo<Peer>>();
        if let Some(ConnectInfo(peer)) = peer {
            peer.cut.cut();
        }
        peer.is_some()
    }
}

/// A TCP connection with a limit to how long a write may stand still.
///
/// A client that stops reading fills the buffers up to here, and the engine waits for ever behind
/// its full socket. The system would wait a quarter of an hour.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    cut: Arc<Cut>,
    write_timeout: Duration,
    /// Runs while a write stands still; made when the first one does.
    deadline: Option<Pin<Box<Sleep>>>,
    stalled: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, cut: Arc<Cut>, write_timeout: Duration) -> Self {
        Self {
            stream,
            cut,
            write_timeout,
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
        self.cut.check(&self.cut.writer, cx)?;
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.stalled = false;
            return written;
        }
        let until = Instant::now() + self.write_timeout;
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
        self.cut.check(&self.cut.reader, cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
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
