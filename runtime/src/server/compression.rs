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

use super::layer::Engine;

/// The engine, with its answers as they are or compressed.
#[derive(Clone)]
pub(super) enum Answers {
    AsTheyAre(Engine),
    Compressed(Compression<Engine, AtLeast>),
}

impl Answers {
    pub(super) fn of(engine: Engine, threshold: Option<u64>) -> Self {
        match threshold {
            None => Self::AsTheyAre(engine),
            Some(bytes) => {
                let layer = CompressionLayer::new().compress_when(AtLeast { bytes });
                Self::Compressed(layer.layer(engine))
            }
        }
    }
}

impl Service<Request<Body>> for Answers {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self {
            Self::AsTheyAre(engine) => engine.call(request),
            // The layer may change the status even of an answer that it does not compress.
            Self::Compressed(compression) if request.headers().contains_key(header::UPGRADE) => {
                compression.get_mut().call(request)
            }
            Self::Compressed(compression) => {
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
