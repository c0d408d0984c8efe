//! A request whose body is a form or JSON.

use axum::{
    Form, Json,
    extract::{FromRequest, Request},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

/// The body, whichever of the two it was.
pub(crate) struct FormOrJson<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for FormOrJson<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let content_type = request.headers().get(CONTENT_TYPE);
        if content_type.is_some_and(|it| it.as_bytes().starts_with(b"application/json")) {
            let json = Json::from_request(request, state).await;
            json.map(|Json(body)| Self(body))
                .map_err(IntoResponse::into_response)
        } else {
            let form = Form::from_request(request, state).await;
            form.map(|Form(body)| Self(body))
                .map_err(IntoResponse::into_response)
        }
    }
}
