//! The way in from HTTP: a tower layer that takes the requests for the engine and lets the others
//! through.

use std::{
    convert::Infallible,
    fmt,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use engineioxide::service::NotFoundService;
use futures_util::future::{BoxFuture, Either, MapOk, TryFutureExt};
use http::{Method, Request, StatusCode, header};
use socketioxide::service::SocketIoService as EngineSocketIoService;
use tower_http::cors::{AllowHeaders, AllowOrigin, Cors, CorsLayer};
use tower_layer::Layer;
use tower_service::Service;

#[cfg(feature = "compression")]
use super::compression::Compressing;
use super::{
    Options, Origins, Server, SocketIo, body::BodyLimits, connection::Peer, handshake::Handshaking,
    head,
};
use crate::adapter::Adapter;

/// The engine, with the headers by which a browser lets a page of another origin read its answers.
#[cfg(not(feature = "compression"))]
pub(super) type EngineService = Cors<Handshaking>;
#[cfg(feature = "compression")]
pub(super) type EngineService = Cors<Compressing>;

/// The engine as a service of axum's body type.
#[derive(Clone)]
pub(super) struct Engine {
    service: EngineSocketIoService<NotFoundService, Adapter>,
    bodies: Arc<BodyLimits>,
}

/// Whoever the check of origins lets through may read what it gets, with its cookies if the option says
/// so. Without a check there are no headers either: they are up to whoever checks.
pub(super) fn service(
    service: EngineSocketIoService<NotFoundService, Adapter>,
    bodies: BodyLimits,
    options: &Options,
) -> EngineService {
    let origins = options.origins.clone();
    let checks = !matches!(origins, Origins::Off);
    let allowed = AllowOrigin::predicate(move |_, request| checks && origins.allow(request));
    let cors = CorsLayer::new()
        .allow_origin(allowed)
        .allow_credentials(options.cors_credentials)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request());
    let max_payload = bodies.size;
    let bodies = Arc::new(bodies);
    let engine = Handshaking::new(Engine { service, bodies }, max_payload, options);
    #[cfg(feature = "compression")]
    let engine = Compressing::new(engine, options.http_compression);
    cors.layer(engine)
}

impl Service<Request<Body>> for Engine {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (request, verdict) = self.bodies.apply(request);
        let answering = self.service.call(request);
        Box::pin(async move {
            let answer = answering.await?;
            let refused = verdict.and_then(|verdict| verdict.answer());
            Ok(refused.unwrap_or_else(|| answer.map(Body::new)))
        })
    }
}

impl SocketIo {
    /// The server as a tower layer, to put over an axum router. [`serve`](Self::serve) does it for you,
    /// unless it has been done: layers that come after this one are around the server too, and what they
    /// know of a request `on_connect` can extract, such as a session of tower-sessions.
    ///
    /// Under a listener of your own there is no [`write_timeout`](crate::SocketIoBuilder::write_timeout),
    /// and a client that stops reading is only gone when its connection breaks; nor is there a
    /// [`handshake_timeout`](crate::SocketIoBuilder::handshake_timeout).
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use hobnob::prelude::*;
    /// # struct Chat;
    /// # #[namespace] impl Chat { fn on_ping(&self) {} }
    /// # async fn build() -> Result {
    /// let socketio = SocketIo::builder().namespace(Chat).build().await?;
    /// let app: Router = Router::new().route("/", get("a page")).layer(socketio.layer());
    /// # Ok(())
    /// # }
    /// ```
    pub fn layer(&self) -> SocketIoLayer {
        self.server.layered.store(true, Ordering::Relaxed);
        SocketIoLayer {
            server: Arc::clone(&self.server),
            answers: true,
        }
    }

    /// The layer around everything that is served: it leaves the engine's requests to the one within, if
    /// there is one.
    pub(super) fn outer_layer(&self) -> SocketIoLayer {
        SocketIoLayer {
            server: Arc::clone(&self.server),
            answers: !self.server.layered.load(Ordering::Relaxed),
        }
    }
}

/// See [`SocketIo::layer`].
#[derive(Clone)]
pub struct SocketIoLayer {
    server: Arc<Server>,
    /// Whether it takes the requests for the engine.
    answers: bool,
}

impl<S> Layer<S> for SocketIoLayer {
    type Service = SocketIoService<S>;

    fn layer(&self, inner: S) -> SocketIoService<S> {
        SocketIoService {
            engine: self.server.service.clone(),
            server: Arc::clone(&self.server),
            answers: self.answers,
            inner,
        }
    }
}

/// What [`SocketIoLayer`] makes of a service: the same, with a Socket.IO server in it.
#[derive(Clone)]
pub struct SocketIoService<S> {
    server: Arc<Server>,
    engine: EngineService,
    answers: bool,
    inner: S,
}

impl<S, B> Service<Request<Body>> for SocketIoService<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
    S::Error: From<Infallible> + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<
        BoxFuture<'static, Result<Response, S::Error>>,
        MapOk<S::Future, fn(Response<B>) -> Response>,
    >;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // What axum's own way of serving says, for the extractors of routes and of `on_connect`.
        // A layer between the two of ours may know better, behind a proxy.
        let known = request.extensions().get::<ConnectInfo<SocketAddr>>();
        if known.is_none()
            && let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>()
        {
            let address: SocketAddr = peer.address;
            request.extensions_mut().insert(ConnectInfo(address));
        }
        if !self.answers || !is_below(request.uri().path(), &self.server.options.path) {
            let whole: fn(Response<B>) -> Response = |response| response.map(Body::new);
            return Either::Right(self.inner.call(request).map_ok(whole));
        }
        let (mut parts, body) = request.into_parts();
        if !self.server.options.origins.allow(&parts) {
            let origin = parts.headers.get(header::ORIGIN).cloned();
            tracing::warn!(
                target: "hobnob::server",
                ?origin,
                allowed = ?self.server.options.origins,
                "a page of another origin is refused; to let it connect: \
                 SocketIo::builder().origins([..])",
            );
            return Either::Left(Box::pin(async {
                Ok(refused(
                    StatusCode::BAD_REQUEST,
                    4,
                    "Not an accepted origin.",
                ))
            }));
        }
        self.server.connections.note(&parts);
        if head::begins_session(&parts) {
            if let Some(refused) = self.server.admit(&mut parts) {
                return Either::Left(Box::pin(async { Ok(refused) }));
            }
            head::own(&mut parts);
        }
        let answering = self.engine.call(Request::from_parts(parts, body));
        Either::Left(Box::pin(async move { Ok(answering.await?) }))
    }
}

fn is_below(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// As the engine refuses a request, with a code of Engine.IO.
pub(super) fn refused(status: StatusCode, code: u8, message: &str) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    let text = format!(r#"{{"code":{code},"message":"{message}"}}"#);
    (status, json, text).into_response()
}

impl fmt::Debug for SocketIoLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketIoLayer").finish_non_exhaustive()
    }
}

impl<S: fmt::Debug> fmt::Debug for SocketIoService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketIoService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
