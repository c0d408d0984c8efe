//! Logging in and out over HTTP, and who is logged in, for routes and for the chat alike.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
    routing::post,
};
use hobnob::prelude::*;
use tower_sessions::Session as HttpSession;

use crate::chat::check_length;

/// Who is logged in. A route that takes this is for nobody else.
pub(crate) struct User {
    pub(crate) nickname: String,
}

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let session = HttpSession::from_request_parts(parts, state).await?;
        match session.get("nickname").await {
            Ok(Some(nickname)) => Ok(Self { nickname }),
            Ok(None) => Err((StatusCode::UNAUTHORIZED, "log in first")),
            Err(error) => {
                tracing::error!("a session cannot be read: {error}");
                Err((StatusCode::INTERNAL_SERVER_ERROR, "internal error"))
            }
        }
    }
}

#[derive(Deserialize)]
struct Login {
    nickname: String,
    password: String,
}

async fn login(
    State(password): State<Arc<str>>,
    session: HttpSession,
    Form(login): Form<Login>,
) -> Result {
    let nickname = login.nickname.trim();
    check_length("a nickname", nickname, 24)?;
    if *login.password != *password {
        return Err(Error::public("that is not the password"));
    }
    // A new id, so that one that somebody has planted is worth nothing.
    session.cycle_id().await?;
    session.insert("nickname", nickname).await?;
    Ok(())
}

async fn logout(session: HttpSession) -> Result {
    session.flush().await?;
    Ok(())
}

pub(crate) fn routes(password: &str) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .with_state(Arc::<str>::from(password))
}
