//! The page. With `SOCKET_IO_CLIENT` its script is the file at that path, for work without internet.

use std::{env, fs};

use axum::{Router, http::header::CONTENT_TYPE, response::Html, routing::get};
use hobnob::Result;

const SCRIPT: &str = "https://cdn.socket.io/4.8.1/socket.io.min.js";

pub(crate) fn routes() -> Result<Router> {
    let page = include_str!("page.html");
    let Ok(path) = env::var("SOCKET_IO_CLIENT") else {
        return Ok(Router::new().route("/", get(Html(page))));
    };
    let script = (
        [(CONTENT_TYPE, "text/javascript")],
        fs::read_to_string(path)?,
    );
    let page = page.replace(SCRIPT, "/socket.io.min.js");
    Ok(Router::new()
        .route("/", get(Html(page)))
        .route("/socket.io.min.js", get(script)))
}
