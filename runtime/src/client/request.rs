//! The HTTP request that opened a connection.

use std::{fmt, net::SocketAddr, sync::Arc};

use axum::extract::{ConnectInfo, Query, rejection::QueryRejection};
use http::{HeaderMap, Uri, request::Parts};
use serde::de::DeserializeOwned;
use socketioxide::socket::Socket;

use crate::adapter::Adapter;

/// The request that opened the connection of a client. Got from
/// [`Client::request`](crate::Client::request).
///
/// It is the same one for all namespaces and all events of the connection.
///
/// ```
/// # use hobnob::prelude::*;
/// # #[derive(Deserialize)]
/// # struct Page { lang: String }
/// # fn handler(client: Client) -> Result {
/// let Some(request) = client.request() else { return Ok(()) };
/// let browser = request.headers().get("user-agent");
/// let page: Page = request.query()?;
/// tracing::info!(?browser, lang = page.lang, from = ?request.remote_addr());
/// # Ok(())
/// # }
/// ```
pub struct Request {
    head: Head,
}

pub(super) enum Head {
    /// The engine has it, for as long as it has the socket.
    Engine(Arc<Socket<Adapter>>),
    /// The engine has let go of a client that never got to know that it was connected.
    Kept(Arc<Parts>),
}

impl Request {
    pub(super) fn new(head: Head) -> Self {
        Self { head }
    }

    /// The whole head of the request.
    pub fn parts(&self) -> &Parts {
        match &self.head {
            Head::Engine(socket) => socket.req_parts(),
            Head::Kept(parts) => parts,
        }
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts().headers
    }

    /// One header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// Its path and query.
    pub fn uri(&self) -> &Uri {
        &self.parts().uri
    }

    /// The query, decoded.
    ///
    /// # Errors
    ///
    /// If the query is not what `T` needs.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, QueryRejection> {
        Query::try_from_uri(self.uri()).map(|Query(query)| query)
    }

    /// The address the request came from: the client's own, or a proxy's before it. `None` if the
    /// server was not started with [`SocketIo::serve`](crate::SocketIo::serve) nor with
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        let info = self.parts().extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No headers: they hold cookies and tokens, and this ends up in logs.
        f.debug_struct("Request")
            .field("path", &self.uri().path())
            .finish_non_exhaustive()
    }
}
