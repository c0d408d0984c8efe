//! How long a TCP connection may take for the head of a request: its first one from the moment it is
//! accepted, each further one from its first byte. hyper can limit that too, but axum gives it no timer;
//! and it would end connections that are only kept for later, which proxies do not expect.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request},
    response::Response,
};
use futures_util::future::BoxFuture;
use http::{StatusCode, Version};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Sleep;
use tower_service::Service;

use super::connection::{Cut, Peer};

/// How far a connection has come. It counts up: even while the head of a request is waited for, odd while
/// one is answered.
#[derive(Debug, Default)]
pub(super) struct Heads(AtomicUsize);

/// No more heads come, or not one after another: it is a WebSocket, or HTTP/2.
const THROUGH: usize = usize::MAX;

impl Heads {
    /// Notes that one has come.
    fn came(&self) -> usize {
        let next = |now: usize| now.saturating_add(1) | 1;
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(next(now)));
        before.map_or(THROUGH, next)
    }

    /// The request whose head was this one is over, unless the next one has come already.
    fn answered(&self, head: usize) {
        if head != THROUGH {
            let over = head + 1;
            let _ = self
                .0
                .compare_exchange(head, over, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    fn through(&self) {
        self.0.store(THROUGH, Ordering::Relaxed);
    }
}

/// The time for the head that is waited for. There is none while none is.
#[derive(Debug, Default)]
pub(super) struct Deadline(Option<(usize, Pin<Box<Sleep>>)>);

impl Deadline {
    /// Whether none is waited for any more, which is how it is with a WebSocket.
    #[inline]
    pub(super) fn is_none(&self, heads: &Heads) -> bool {
        self.0.is_none() && heads.0.load(Ordering::Relaxed) == THROUGH
    }

    /// Whether the head is late; `read` says whether some of it may have come now.
    pub(super) fn is_over(
        &mut self,
        cx: &mut Context<'_>,
        heads: &Heads,
        read: bool,
        timeout: Duration,
    ) -> bool {
        let now = heads.0.load(Ordering::Relaxed);
        if self.0.as_ref().is_some_and(|(head, _)| *head != now) {
            self.0 = None;
        }
        let is_first = now == 0;
        if now % 2 == 1 || (self.0.is_none() && !is_first && !read) {
            return false;
        }
        let begin = || (now, Box::pin(tokio::time::sleep(timeout)));
        let (_, deadline) = self.0.get_or_insert_with(begin);
        deadline.as_mut().poll(cx).is_ready()
    }
}

/// A service that tells its connections which heads have come.
#[derive(Debug, Clone)]
pub(super) struct NotingHeads<S>(pub(super) S);

impl<S> Service<Request> for NotingHeads<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>() else {
            return Box::pin(self.0.call(request));
        };
        let cut = Arc::clone(&peer.cut);
        if request.version() > Version::HTTP_11 {
            cut.heads.through();
            return Box::pin(self.0.call(request));
        }
        let head = cut.heads.came();
        let request_over = Arc::new(Answering { cut, head });
        let answer_over = Arc::clone(&request_over);
        let answering = self.0.call(request.map(|body| until(body, request_over)));
        Box::pin(async move {
            let answer = answering.await?;
            if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                answer_over.cut.heads.through();
                return Ok(answer);
            }
            Ok(answer.map(|body| until(body, answer_over)))
        })
    }
}

/// A request that is being answered, until neither its body nor that of the answer is there any more.
#[derive(Debug)]
struct Answering {
    cut: Arc<Cut>,
    head: usize,
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.cut.heads.answered(self.head);
    }
}

fn until(body: Body, answering: Arc<Answering>) -> Body {
    Body::new(Until {
        body,
        _answering: answering,
    })
}

/// A body that is known to be there.
struct Until {
    body: Body,
    _answering: Arc<Answering>,
}

impl HttpBody for Until {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_waited_for_until_it_comes_and_again_once_it_is_answered() {
        let heads = Heads::default();
        let now = || heads.0.load(Ordering::Relaxed);
        let first = heads.came();
        assert_eq!((first, now()), (1, 1));
        heads.answered(first);
        assert_eq!(now(), 2);
        let second = heads.came();
        // What is left of the first may be dropped late, and the third may come before that.
        heads.answered(first);
        assert_eq!(now(), second);
        let third = heads.came();
        heads.answered(second);
        assert_eq!(now(), third);
        heads.through();
        heads.answered(third);
        assert_eq!(now(), THROUGH);
    }
}
