//! Compression of what long polling answers: feature `compression`, option `http_compression`.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use futures_util::future::{BoxFuture, TryFutureExt};
use http::{Request, StatusCode, header};
use tower_http::compression::{Compression, CompressionLayer, Predicate};
use tower_layer::Layer;
use tower_service::Service;

use super::handshake::Handshaking;

/// The engine, with its answers as they are or compressed.
#[derive(Clone)]
pub(super) enum Compressing {
    Off(Handshaking),
    On(Compression<Handshaking, AtLeast>),
}

impl Compressing {
    pub(super) fn new(engine: Handshaking, threshold: Option<u64>) -> Self {
        match threshold {
            None => Self::Off(engine),
            Some(bytes) => {
                let layer = CompressionLayer::new().compress_when(AtLeast { bytes });
                Self::On(layer.layer(engine))
            }
        }
    }
}

impl Service<Request<Body>> for Compressing {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self {
            Self::Off(engine) => engine.call(request),
            // The layer may change the status even of an answer that it does not compress.
            Self::On(compression) if request.headers().contains_key(header::UPGRADE) => {
                compression.get_mut().call(request)
            }
            Self::On(compression) => {
                let answering = compression.call(request);
                Box::pin(answering.map_ok(|answer| answer.map(Body::new)))
            }
        }
    }
}

/// Answers with packets of at least so many bytes. The layer's own rule for sizes ends at 65 535.
#[derive(Clone, Copy)]
pub(super) struct AtLeast {
    bytes: u64,
}

impl Predicate for AtLeast {
    fn should_compress<B: http_body::Body>(&self, answer: &http::Response<B>) -> bool {
        answer.status() == StatusCode::OK && answer.body().size_hint().lower() >= self.bytes
    }
}
