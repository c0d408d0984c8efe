//! The session of the web pages, in the handlers of events: copied for each connection, or as it is.

use std::{collections::BTreeMap, net::SocketAddr, sync::Mutex};

use axum::{Json, Router, routing::get};
use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};
use tests::{
    Client as Browser,
    http::{self, Request},
};
use tower_sessions::{MemoryStore, Session as HttpSession, SessionManagerLayer};

use crate::stage::serve_app;

type Values = BTreeMap<String, String>;

/// `b` in `a` the first time, then `c`.
fn next(before: Option<&str>) -> &'static str {
    match before {
        None => "b",
        Some(_) => "c",
    }
}

async fn values(http: &HttpSession) -> Result<Values> {
    Ok(http.get::<Values>("values").await?.unwrap_or_default())
}

async fn fill(http: HttpSession) -> Result<(), String> {
    let filled = http.insert("values", json!({ "foo": "bar" })).await;
    filled.map_err(|error| error.to_string())
}

async fn show(http: HttpSession) -> Result<Json<Values>, String> {
    let values = values(&http).await;
    values.map(Json).map_err(|error| error.to_string())
}

/// A server with pages at `/session`, which fills the session, and `/values`, which shows what is in it; and
/// the cookie of somebody who has been at the first.
async fn serve(builder: SocketIoBuilder) -> Result<(SocketAddr, String)> {
    let socketio = builder.build().await?;
    let pages = Router::new()
        .route("/session", get(fill))
        .route("/values", get(show))
        .layer(socketio.layer())
        .layer(SessionManagerLayer::new(MemoryStore::default()).with_secure(false));
    let address = serve_app(&socketio, pages).await?;

    let answer = http::request(address, Request::get("/session").body(String::new())?).await;
    let cookie = answer.headers()["set-cookie"].to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default();
    Ok((address, cookie.to_owned()))
}

/// What a page shows of the session.
async fn shown(address: SocketAddr, cookie: &str) -> Result<Value> {
    let request = Request::get("/values").header("cookie", cookie);
    let answer = http::request(address, request.body(String::new())?).await;
    Ok(serde_json::from_str(answer.body())?)
}

/// `test_managed_session`. The copy is the session that `on_connect` returns, of a type of the program's own.
/// It is one for each namespace, where the original has one for all namespaces of a connection.
#[tokio::test]
async fn a_copy_of_the_http_session_lasts_as_long_as_the_connection() -> Result {
    struct Copied(Mutex<Values>);

    let copy = async |http: HttpSession| -> Result<Copied> {
        Ok(Copied(Mutex::new(values(&http).await?)))
    };
    let message = |copied: Session<Copied>, text: String| -> Values {
        let mut values = copied.0.lock().expect("no panic");
        if text == "test session" {
            let a = next(values.get("a").map(String::as_str));
            values.insert("a".to_owned(), a.to_owned());
        }
        values.clone()
    };
    let builder = SocketIo::builder().on_connect("/", copy);
    let (address, cookie) = serve(builder.on("/", "message", message)).await?;

    let browser = Browser::websocket(address).header("cookie", &cookie);
    let client = browser.connect("/", None).await;
    for (text, expected) in [
        ("echo this message back", json!({ "foo": "bar" })),
        ("test session", json!({ "foo": "bar", "a": "b" })),
        ("test session", json!({ "foo": "bar", "a": "c" })),
    ] {
        assert_eq!(client.call("message", (text,)).await.only(), expected);
    }
    // Nothing of it is in the session of the pages, nor with who connects next.
    assert_eq!(shown(address, &cookie).await?, json!({ "foo": "bar" }));
    let again = browser.connect("/", None).await;
    let seen = again.call("message", ("",)).await.only();
    assert_eq!(seen, json!({ "foo": "bar" }));
    Ok(())
}

/// `test_unmanaged_session`. In the original what a handler writes is lost where sessions are cookies: there
/// is no answer that could set one. Here sessions are kept in a store of the server, so it is there at the
/// next event and on the pages: that is what a program means that writes it.
#[tokio::test]
async fn what_an_event_writes_into_the_http_session_is_kept() -> Result {
    let keep = async |http: HttpSession| Ok::<_, ConnectionRefused>(http);
    let message = async |http: Session<HttpSession>| -> Result<Values> {
        http.load().await?;
        let mut values = values(&http).await?;
        let a = next(values.get("a").map(String::as_str));
        values.insert("a".to_owned(), a.to_owned());
        http.insert("values", &values).await?;
        http.save().await?;
        Ok(values)
    };
    let builder = SocketIo::builder().on_connect("/", keep);
    let (address, cookie) = serve(builder.on("/", "message", message)).await?;

    let browser = Browser::websocket(address).header("cookie", &cookie);
    let client = browser.connect("/", None).await;
    for expected in ["b", "c"] {
        let expected = json!({ "foo": "bar", "a": expected });
        assert_eq!(client.call("message", ("",)).await.only(), expected);
        assert_eq!(shown(address, &cookie).await?, expected);
    }
    Ok(())
}
