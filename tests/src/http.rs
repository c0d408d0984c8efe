//! Plain HTTP/1.1 to the server under test: single requests for tests of its routes, and the kept
//! connections that long polling runs over.

use std::net::SocketAddr;
use std::panic::Location;
use std::sync::Arc;

use futures_util::FutureExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::deadline;

pub use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};

/// Sends one request to `addr` on a connection of its own and returns the whole answer.
///
/// # Panics
///
/// If there is no answer within the [deadline](crate::DEADLINE).
#[track_caller]
pub fn request(
    addr: SocketAddr,
    request: Request<String>,
) -> impl Future<Output = Response<String>> {
    request_bytes(addr, request).map(text)
}

/// As [`request`], with the body as it came, for one that is no text.
///
/// # Panics
///
/// If there is no answer within the [deadline](crate::DEADLINE).
#[track_caller]
pub fn request_bytes(
    addr: SocketAddr,
    request: Request<String>,
) -> impl Future<Output = Response<Bytes>> {
    let caller = Location::caller();
    let what = format!("the answer to {} {}", request.method(), request.uri());
    let answer = async move { HttpConnection::new(addr).send_bytes(request).await };
    deadline(&what, answer).map(move |answer| match answer {
        Ok(answer) => answer,
        Err(e) => panic!("{caller}: no answer: {e}"),
    })
}

/// A kept connection, opened when first used and again when the server has closed it.
#[derive(Debug)]
pub(crate) struct HttpConnection {
    addr: SocketAddr,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
    reset: Arc<Notify>,
}

impl HttpConnection {
    /// A connection to `addr`, not opened yet.
    pub(crate) fn new(addr: SocketAddr) -> Self {
        Self { addr, open: None }
    }

    /// Sends `request` and returns the whole answer.
    pub(crate) async fn send(
        &mut self,
        request: Request<String>,
    ) -> Result<Response<String>, String> {
        self.send_bytes(request).await.map(text)
    }

    async fn send_bytes(&mut self, request: Request<String>) -> Result<Response<Bytes>, String> {
        if self
            .open
            .as_mut()
            .is_none_or(|open| open.sender.is_closed())
        {
            self.open = Some(Open::new(self.addr).await?);
        }
        let Some(open) = &mut self.open else {
            unreachable!("opened above")
        };
        let mut request = request.map(|body| Full::new(Bytes::from(body)));
        if !request.headers().contains_key(http::header::HOST) {
            let host = HeaderValue::try_from(self.addr.to_string()).expect("an address");
            request.headers_mut().insert(http::header::HOST, host);
        }
        open.sender.ready().await.map_err(|e| e.to_string())?;
        let response = open
            .sender
            .send_request(request)
            .await
            .map_err(|e| e.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    /// Resets the TCP connection.
    pub(crate) async fn reset(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.reset.notify_one();
            let _ = (&mut open.task).await;
        }
    }
}

impl Open {
    async fn new(addr: SocketAddr) -> Result<Self, String> {
        let stream = connect(addr).await?;
        let (sender, mut connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| e.to_string())?;
        let reset = Arc::new(Notify::new());
        let told = Arc::clone(&reset);
        let task = tokio::spawn(async move {
            tokio::select! {
                biased;
                () = told.notified() => {
                    let stream = connection.into_parts().io.into_inner();
                    let _ = stream.set_zero_linger();
                }
                _ = &mut connection => {}
            }
        });
        Ok(Self {
            sender,
            task,
            reset,
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn text(answer: Response<Bytes>) -> Response<String> {
    answer.map(|body| String::from_utf8_lossy(&body).into_owned())
}

/// Opens a TCP connection that does not collect small writes.
pub(crate) async fn connect(addr: SocketAddr) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(addr).await.map_err(|e| e.to_string())?;
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    Ok(stream)
}
