//! Functions that handle events, beside classes and without any.

use axum::Router;
use hobnob::prelude::*;
use serde_json::json;
use std::net::SocketAddr;
use tests::Client as Browser;
use tokio::net::TcpListener;

async fn serve(builder: hobnob::SocketIoBuilder) -> SocketAddr {
    let socketio = builder.build().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await.unwrap() });
    address
}

struct Class;

#[namespace("/both")]
impl Class {
    fn on_one(&self) -> &'static str {
        "method"
    }

    fn on_two(&self) -> &'static str {
        "method"
    }
}

struct Anywhere;

#[namespace("*")]
impl Anywhere {
    fn on_where(&self, client: Client) -> String {
        client.namespace().path().to_owned()
    }
}

#[tokio::test]
async fn a_function_comes_before_a_method() {
    let address = serve(
        SocketIo::builder()
            .namespace(Class)
            .on("/both", "one", || "function")
            .on("/alone", "sum", async |a: i32, b: Option<i32>| {
                a + b.unwrap_or(1)
            })
            .on("/alone", "*", |event: EventName| event.to_string())
            .on("*", "three", || "everywhere"),
    )
    .await;
    let client = Browser::websocket(address)
        .connect("/both", json!({}))
        .await;
    assert_eq!(client.call("one", ()).await.only(), "function");
    assert_eq!(client.call("two", ()).await.only(), "method");
    assert_eq!(client.call("three", ()).await.only(), "everywhere");
    let client = Browser::websocket(address)
        .connect("/alone", json!({}))
        .await;
    assert_eq!(client.call("sum", (1, 2)).await.only(), 3);
    assert_eq!(client.call("sum", (1,)).await.only(), 2);
    assert_eq!(client.call("three", ()).await.only(), "three");
}

#[tokio::test]
async fn a_class_may_be_everywhere() {
    let address = serve(SocketIo::builder().namespace(Anywhere).namespace(Class)).await;
    for path in ["/", "/a", "/a/b", "/a"] {
        let client = Browser::websocket(address).connect(path, json!({})).await;
        assert_eq!(client.call("where", ()).await.only(), path);
    }
}
