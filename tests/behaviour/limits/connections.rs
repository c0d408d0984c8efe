//! How many connections there may be, in all and from one address, and that each counts as long as it is
//! there.

use std::{
    future::IntoFuture,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hobnob::{SocketIo, prelude::*};
use tests::{Client as Browser, Connection, DEADLINE, Socket, http::StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket},
};

use super::{
    Room,
    served::{NO_AUTH, both, serve},
};

/// Waits until there are so many. A session that joined no namespace is kept by the engine for a while.
async fn expect_connections(socketio: &SocketIo, expected: u64) {
    let start = Instant::now();
    while socketio.counters().connections != expected {
        assert!(start.elapsed() < DEADLINE * 3, "{:?}", socketio.counters());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn expect_refused(browser: &Browser, status: StatusCode, text: &str) {
    let refused = browser.try_open().await.expect_err("too many");
    assert_eq!(refused.status, status);
    assert_eq!(refused.headers["content-type"], "application/json");
    if !refused.body.is_empty() {
        assert_eq!(refused.body, format!(r#"{{"code":4,"message":"{text}"}}"#));
    }
}

async fn expect_full(browser: &Browser) {
    expect_refused(
        browser,
        StatusCode::SERVICE_UNAVAILABLE,
        "Too many connections.",
    )
    .await;
}

async fn join(connection: &Connection) -> Socket {
    let client = connection.connect("/", NO_AUTH).await.expect("let in");
    client.call("fence", ()).await;
    client
}

/// Uses up the three places there are, on a server that hobnob serves or one that it is a layer of.
async fn three_may_connect(socketio: &SocketIo, address: SocketAddr) {
    let [websocket, polling] = both(address);
    let over_websocket = websocket.open().await;
    let over_polling = polling.open().await;
    let upgraded = polling.open().await;
    let [first, second, third] = [
        join(&over_websocket).await,
        join(&over_polling).await,
        join(&upgraded).await,
    ];
    upgraded.upgrade().await;
    assert_eq!(socketio.counters().connections, 3);

    expect_full(&websocket).await;
    expect_full(&polling).await;
    assert_eq!(socketio.counters().connections, 3);
    assert_eq!(socketio.counters().refused_connections, 2);

    // Whoever leaves makes room, and nobody else noticed anything.
    first.close().await;
    expect_connections(socketio, 2).await;
    let next = polling.open().await;
    let fourth = join(&next).await;
    expect_full(&websocket).await;
    for client in [second, third, fourth] {
        client.call("fence", ()).await;
        client.close().await;
    }
    expect_connections(socketio, 0).await;

    // However they end, and where they never joined a namespace.
    let ends = [
        websocket.open().await,
        polling.open().await,
        polling.open().await,
    ];
    ends[2].upgrade().await;
    expect_full(&websocket).await;
    for connection in &ends {
        connection.abort().await;
    }
    expect_connections(socketio, 0).await;
}

#[tokio::test]
async fn so_many_connections_there_may_be_on_a_server_of_our_own() {
    let builder = SocketIo::builder()
        .max_connections(3)
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_secs(1))
        .connect_timeout(Duration::from_millis(100));
    let (socketio, address) = serve(builder.namespace(Room)).await;
    three_may_connect(&socketio, address).await;
}

#[tokio::test]
async fn so_many_connections_there_may_be_under_another_server() {
    let builder = SocketIo::builder()
        .max_connections(3)
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_secs(1))
        .connect_timeout(Duration::from_millis(100));
    let socketio = builder.namespace(Room).build().await.expect("a server");
    let app = Router::new().layer(socketio.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, app).into_future());
    three_may_connect(&socketio, address).await;
}

/// Requests that begin no session take no place.
#[tokio::test]
async fn what_the_engine_refuses_takes_no_place() {
    let builder = SocketIo::builder().max_connections(1);
    let (socketio, address) = serve(builder.namespace(Room)).await;
    for query in [
        "",
        "?EIO=4",
        "?EIO=3&transport=polling",
        "?EIO=4&transport=websocket",
        "?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA",
    ] {
        let request = Request::get(format!("/socket.io/{query}"));
        let request = request.body(String::new()).expect("a request");
        let answer = tests::http::request(address, request).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
    }
    expect_connections(&socketio, 0).await;
    join(&Browser::polling(address).open().await).await;
}

/// What a handler keeps of the request does not keep the place.
#[tokio::test]
async fn a_copy_of_the_request_takes_no_place() {
    let (kept, mut keeps) = tokio::sync::mpsc::unbounded_channel();
    let builder = SocketIo::builder().on_connect("/", move |client: Client| {
        let parts = client.request().map(|request| request.parts().clone());
        let _ = kept.send(parts);
        async { Ok::<_, Error>(()) }
    });
    let (socketio, address) = serve(builder).await;
    for browser in both(address) {
        let client = browser.connect("/", NO_AUTH).await;
        let parts = keeps.recv().await.expect("a handler").expect("a request");
        assert_eq!(socketio.counters().connections, 1);
        client.close().await;
        expect_connections(&socketio, 0).await;
        drop(parts);
    }
}

/// Begins a session from another address of this machine; the status it gets.
async fn open_from(from: IpAddr, to: SocketAddr) -> String {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::new(from, 0))
        .expect("another address");
    let mut stream = socket.connect(to).await.expect("a connection");
    let request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\
                   host: here\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn so_many_connections_there_may_be_from_one_address() {
    let builder = SocketIo::builder().max_connections_per_address(2);
    let (socketio, address) = serve(builder.namespace(Room)).await;
    let (here, text) = (both(address), "Too many connections from one address.");
    let [first, second] = [here[0].open().await, here[1].open().await];
    join(&first).await;
    join(&second).await;
    for browser in &here {
        expect_refused(browser, StatusCode::TOO_MANY_REQUESTS, text).await;
    }
    assert_eq!(socketio.counters().refused_by_address, 2);
    assert_eq!(socketio.counters().refused_connections, 0);
    let elsewhere = open_from([127, 0, 0, 2].into(), address).await;
    assert!(elsewhere.starts_with("HTTP/1.1 200"), "{elsewhere}");

    first.close().await;
    expect_connections(&socketio, 2).await;
    join(&here[0].open().await).await;
}

#[tokio::test]
async fn behind_a_proxy_a_layer_may_say_what_the_address_is() {
    let builder = SocketIo::builder().max_connections_per_address(1);
    let socketio = builder.namespace(Room).build().await.expect("a server");
    let forwarded = |mut request: Request| {
        let header = request.headers().get("x-forwarded-for");
        let address = header.and_then(|header| header.to_str().ok()?.parse::<IpAddr>().ok());
        if let Some(address) = address {
            let address = ConnectInfo(SocketAddr::new(address, 0));
            request.extensions_mut().insert(address);
        }
        async { request }
    };
    let app = Router::new()
        .layer(socketio.layer())
        .layer(axum::middleware::map_request(forwarded));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = socketio.clone();
    tokio::spawn(async move { serving.serve_on(listener, app).await });
    for browser in both(address) {
        let before = socketio.counters().refused_by_address;
        let from = |address: &str| browser.clone().header("x-forwarded-for", address);
        let anna = from("192.0.2.1").open().await;
        let bert = from("192.0.2.2").open().await;
        let carl = from("192.0.2.1").try_open().await;
        assert!(carl.is_err_and(|refused| refused.status == StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(socketio.counters().refused_by_address, before + 1);
        join(&anna).await;
        join(&bert).await;
        anna.close().await;
        bert.close().await;
        expect_connections(&socketio, 0).await;
    }
}
