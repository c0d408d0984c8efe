//! Options, and what is checked before Socket.IO begins: origins, the size of messages.

use hobnob::{Cluster, Received, SocketIoBuilder, prelude::*};
use serde_json::json;
use socketioxide::adapter::LocalAdapter;
use tests::{
    Client as Browser,
    http::{self, Request, StatusCode},
};

use crate::stage::serve;

fn echo(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder.on("/", "echo", |client: Client, text: String| {
        client.send(text)
    })
}

/// `test_message_queue_options`. With an adapter for several servers the original is "write only" if it has
/// no app. Here a server is made the same way whether it is served or not: one that is not has no clients,
/// and what it sends goes to the other servers. The adapter is the engine's own in memory, behind the way
/// that a cluster's adapter is taken.
#[tokio::test(start_paused = true)]
async fn a_server_with_an_adapter_has_clients_and_one_that_is_not_served_only_sends() -> Result {
    // The adapter first, or last.
    for builder in [
        echo(SocketIo::builder().cluster(Cluster::of_engine::<LocalAdapter>(()))),
        echo(SocketIo::builder()).cluster(Cluster::of_engine::<LocalAdapter>(())),
    ] {
        let socketio = builder.build().await?;
        let client = socketio.test_client().connect("/").await?;
        client.call::<()>("echo", "text").await?;
        assert_eq!(client.received(), [Received::of("text")]);
        socketio.of("/").send("to all").await?;
        assert_eq!(client.expect::<String>("message").await?, "to all");
    }

    for builder in [
        SocketIo::builder()
            .accept(["/"])
            .cluster(Cluster::of_engine::<LocalAdapter>(())),
        SocketIo::builder()
            .cluster(Cluster::of_engine::<LocalAdapter>(()))
            .accept(["/"]),
    ] {
        let socketio = builder.build().await?;
        let sent = socketio.of("/").send("to all").await?;
        assert_eq!(sent.missed(), 0);
        assert!(socketio.of("/").clients().await?.is_empty());
    }
    Ok(())
}

/// `test_delayed_init`. The builder is the constructor and `init_app` in one: a value, that may be handed
/// around. The option `json` has no counterpart, as serde is the one way from types to JSON.
#[tokio::test]
async fn a_server_is_set_up_in_one_place_and_finished_in_another() -> Result {
    let builder = SocketIo::builder().upgrades(false);
    let builder = builder.on_connect("/", |client: Client| -> Result {
        Ok(client.send(json!({ "connected": "foo" }))?)
    });
    let address = serve(builder.cookie("foo")).await?;

    let browser = Browser::polling(address);
    let connection = browser.open().await;
    assert!(connection.handshake().upgrades.is_empty());
    // The auth object that nobody takes does not matter.
    let client = browser.connect("/", json!({ "foo": "bar" })).await;
    assert_eq!(client.expect("json").await, [json!({ "connected": "foo" })]);

    let request = Request::get("/socket.io/?EIO=4&transport=polling");
    let answer = http::request(address, request.body(String::new())?).await;
    let cookie = answer.headers()["set-cookie"].to_str()?;
    assert!(cookie.starts_with("foo="), "{cookie}");
    Ok(())
}

/// Further behaviour 21
#[tokio::test]
async fn a_page_of_another_origin_is_refused_on_both_transports() -> Result {
    let by_default = serve(SocketIo::builder().accept(["/"])).await?;
    let builder = SocketIo::builder().accept(["/"]);
    let listed = serve(builder.origins(["https://example.com"])).await?;
    let own = format!("http://{by_default}");
    for (address, origin, allowed) in [
        (by_default, Some(&*own), true),
        (by_default, None, true),
        (by_default, Some("https://example.com"), false),
        (listed, Some("https://example.com"), true),
        (listed, Some("https://example.org"), false),
    ] {
        for browser in [Browser::polling(address), Browser::websocket(address)] {
            let browser = match origin {
                Some(origin) => browser.origin(origin),
                None => browser,
            };
            match browser.try_open().await {
                Ok(connection) => {
                    assert!(allowed, "{browser:?}");
                    assert!(connection.connect("/", None).await.is_ok());
                }
                Err(refused) => {
                    assert!(!allowed, "{refused:?}");
                    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
                }
            }
        }
    }
    Ok(())
}

/// Further behaviour 22
#[tokio::test]
async fn a_message_beyond_the_limit_ends_the_connection_on_both_transports() -> Result {
    let length = |text: String| text.len();
    let small = SocketIo::builder().max_message_size(10_000);
    let small = serve(small.on("/", "length", length)).await?;
    // A million by default.
    let large = serve(SocketIo::builder().on("/", "length", length)).await?;
    for (address, fits, too_much) in [(small, 9_000, 10_000), (large, 999_000, 1_000_000)] {
        for browser in [Browser::polling(address), Browser::websocket(address)] {
            let client = browser.connect("/", json!({})).await;
            let answer = client.call("length", ("x".repeat(fits),)).await;
            assert_eq!(answer.only(), fits);
            client.emit("length", ("x".repeat(too_much),));
            client.expect_closed().await;
        }
    }
    Ok(())
}
