//! The page, and the Socket.IO client script if it is served from here.

use std::{env, fs};

use axum::{Router, http::header::CONTENT_TYPE, response::Html, routing::get};
use hobnob::Result;

const SCRIPT: &str = "https://cdn.socket.io/4.8.1/socket.io.min.js";

/// With `SOCKET_IO_CLIENT` the script is the file at that path, for machines without internet.
pub(crate) fn routes() -> Result<Router> {
    let page = include_str!("../static/index.html");
    let mut routes = Router::new();
    let mut script = SCRIPT;
    if let Ok(path) = env::var("SOCKET_IO_CLIENT") {
        let file = fs::read_to_string(path)?;
        let answer = async move || ([(CONTENT_TYPE, "text/javascript")], file);
        script = "/socket.io.min.js";
        routes = routes.route(script, get(answer));
    }
    let page = page.replace("{{socket.io client}}", script);
    Ok(routes.route("/", get(async move || Html(page))))
}
