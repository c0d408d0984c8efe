//! An error as the answer of an HTTP route.

use axum::response::{IntoResponse, Response};
use http::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};

use super::Error;

/// So that a route can return [`Result`](crate::Result) and use `?`, as a handler does. The answer is the
/// JSON that an acknowledgement would be: with the status 400 what was made public, with 500
/// `{"error": "internal error"}`, and the log has the rest.
///
/// ```
/// use axum::extract::State;
/// use hobnob::prelude::*;
///
/// async fn publish(State(socketio): State<SocketIo>, headline: String) -> Result {
///     if headline.is_empty() {
///         return Err(Error::public("a headline, please"));
///     }
///     socketio.of("/news").emit("headline", headline).await?;
///     Ok(())
/// }
/// # let _: axum::routing::MethodRouter<SocketIo> = axum::routing::post(publish);
/// ```
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = if self.public_message().is_some() {
            tracing::debug!(target: "hobnob::server", "a route answered with an error: {self}");
            StatusCode::BAD_REQUEST
        } else {
            tracing::error!(target: "hobnob::server", "a route failed: {self}");
            StatusCode::INTERNAL_SERVER_ERROR
        };
        let json = HeaderValue::from_static("application/json");
        let body = self.to_answer().to_string();
        (status, [(CONTENT_TYPE, json)], body).into_response()
    }
}
