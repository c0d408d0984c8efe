//! What clients of long polling send: no request of theirs may be too large or take too long. The engine
//! would wait for ever.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{Method, Request, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Sleep;

use super::{counters::Tally, layer::refused};

/// How much there may be of a body, and how long it may take.
#[derive(Debug)]
pub(super) struct BodyLimits {
    pub(super) size: u64,
    pub(super) timeout: Duration,
    pub(super) tally: Arc<Tally>,
}

/// What is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Large,
    Late,
}

/// What came of a body that is read elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict(Arc<OnceLock<Wrong>>);

impl BodyLimits {
    /// Limits the body of a request, and tells what came of it once that is answered. `None` if it has
    /// none that is read.
    pub(super) fn apply(
        self: &Arc<Self>,
        request: Request<Body>,
    ) -> (Request<Body>, Option<Verdict>) {
        if request.method() != Method::POST {
            return (request, None);
        }
        let verdict = Verdict::default();
        let request = request.map(|body| {
            Body::new(Limited {
                body,
                left: self.size,
                deadline: None,
                limits: Arc::clone(self),
                verdict: verdict.clone(),
            })
        });
        (request, Some(verdict))
    }
}

impl Verdict {
    /// The answer to a request whose body was not let through.
    pub(super) fn answer(&self) -> Option<Response> {
        Some(match self.0.get()? {
            Wrong::Large => refused(
                StatusCode::PAYLOAD_TOO_LARGE,
                3,
                "The request is too large.",
            ),
            Wrong::Late => refused(StatusCode::REQUEST_TIMEOUT, 3, "The request took too long."),
        })
    }
}

/// A body that fails when it goes beyond its limits. The engine closes the session of one that fails.
#[derive(Debug)]
struct Limited {
    body: Body,
    left: u64,
    /// Made when the body has to be waited for: most come with their head.
    deadline: Option<Pin<Box<Sleep>>>,
    limits: Arc<BodyLimits>,
    verdict: Verdict,
}

impl Limited {
    fn fail(&self, wrong: Wrong) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let BodyLimits {
            size,
            timeout,
            tally,
        } = &*self.limits;
        match wrong {
            Wrong::Large => tally.large_bodies.one(),
            Wrong::Late => tally.late_bodies.one(),
        }
        tracing::warn!(
            target: "hobnob::server",
            size,
            ?timeout,
            "a client of long polling is disconnected: {wrong}",
        );
        // It fails once.
        let _ = self.verdict.0.set(wrong);
        Poll::Ready(Some(Err(axum::Error::new(wrong))))
    }
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.verdict.0.get().is_some() {
            return Poll::Ready(None);
        }
        if self.body.size_hint().lower() > self.left {
            return self.fail(Wrong::Large);
        }
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                match self.left.checked_sub(length as u64) {
                    Some(left) => self.left = left,
                    None => return self.fail(Wrong::Large),
                }
            }
            Poll::Ready(_) => {}
            Poll::Pending => {
                let timeout = self.limits.timeout;
                let deadline = self
                    .deadline
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
                if deadline.as_mut().poll(cx).is_ready() {
                    return self.fail(Wrong::Late);
                }
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Large => "it sent too much at once",
            Self::Late => "what it sent took too long to come",
        })
    }
}

impl std::error::Error for Wrong {}
