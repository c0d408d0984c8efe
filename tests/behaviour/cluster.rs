//! The way a cluster's adapter is taken: behind a box, with nothing that a user sees different. The
//! adapter here is the engine's own in memory.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use axum::Router;
use bytes::Bytes;
use hobnob::{Cluster, prelude::*};
use serde_json::json;
use socketioxide::adapter::LocalAdapter;
use tests::{Client as Browser, Socket, deadline, eventually, placeholder};
use tokio::net::TcpListener;

struct Hall;

#[namespace("/hall")]
impl Hall {
    async fn on_connect(&self, client: Client, room: String) -> Result<(), Error> {
        client.emit("welcome", &room)?;
        client.join(&room)?;
        client.to(&room).emit("came", client.sid()).await?;
        Ok(())
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_move(&self, client: Client, from: String, to: String) -> Result<Vec<String>> {
        client.leave(from)?;
        client.join(to)?;
        Ok(client.rooms())
    }

    async fn on_say(&self, client: Client, room: String, text: String) -> Result<usize> {
        client
            .broadcast()
            .include_self(false)
            .send(text.as_str())
            .await?;
        client
            .to(&room)
            .emit("said", (text, Bytes::from_static(b"bytes")))
            .await?;
        Ok(client.namespace().room(&room).len().await?)
    }

    async fn on_greet(&self, client: Client) -> Result<String> {
        let name: String = client.call("name", ()).await?;
        Ok(format!("hello, {name}"))
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        let rooms = client.rooms();
        client.to(rooms).emit("went", client.sid()).await?;
        Ok(())
    }
}

async fn serve() -> Result<(SocketIo, SocketAddr)> {
    let builder = SocketIo::builder().cluster(Cluster::of_engine::<LocalAdapter>(()));
    let builder = builder.namespace(Hall).namespace_at("/annex", Hall);
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
    Ok((socketio, address))
}

/// A client in `room`, which has been welcomed; and its sid.
async fn connect(browser: Browser, room: &str) -> Result<(Socket, Sid)> {
    let client = browser.connect("/hall", json!(room)).await;
    assert_eq!(client.expect("welcome").await, [room]);
    let came = client.expect("came").await;
    let sid: Sid = serde_json::from_value(client.call("sid", ()).await.only())?;
    assert_eq!(came, [json!(sid)]);
    Ok((client, sid))
}

#[tokio::test]
async fn broadcasts_and_rooms_reach_whom_they_name() -> Result {
    let (socketio, address) = serve().await?;
    let hall = socketio.of("/hall");
    let (anna, a) = connect(Browser::websocket(address), "tea").await?;
    let (bert, b) = connect(Browser::polling(address), "tea").await?;
    let (cleo, _) = connect(Browser::websocket(address), "coffee").await?;
    assert_eq!(anna.expect("came").await, [json!(b)]);

    assert_eq!(anna.call("say", ("tea", "hi")).await.only(), 2);
    for guest in [&bert, &cleo] {
        assert_eq!(guest.expect("message").await, ["hi"]);
    }
    for guest in [&anna, &bert] {
        let said = guest.next_event().await;
        assert_eq!(said.args, [json!("hi"), placeholder(0)]);
        assert_eq!(said.attachments, ["bytes"]);
    }
    hall.to(["tea", "coffee"]).skip(b).emit("news", ()).await?;
    hall.to("tea").except("coffee").emit("more", ()).await?;
    hall.to("nobody").emit("nothing", ()).await?;
    socketio
        .of("/annex")
        .to("tea")
        .emit("elsewhere", ())
        .await?;
    for (guest, expected) in [
        (&anna, &["news", "more"][..]),
        (&bert, &["more"]),
        (&cleo, &["news"]),
    ] {
        let heard = guest.drain_until_ack("sid").await;
        let heard: Vec<_> = heard.iter().map(|event| event.event.as_str()).collect();
        assert_eq!(heard, expected);
    }

    assert_eq!(
        bert.call("move", ("tea", "coffee")).await.only(),
        json!(["coffee"])
    );
    let members: BTreeSet<_> = hall.room("tea").clients().await?.into_iter().collect();
    assert_eq!(members, [a].into());
    hall.close_room("coffee").await?;
    assert!(hall.room("coffee").is_empty().await?);
    assert_eq!(hall.clients().await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_client_is_moved_called_and_disconnected_by_its_sid() -> Result {
    let (socketio, address) = serve().await?;
    let hall = socketio.of("/hall");
    let (anna, a) = connect(Browser::websocket(address), "tea").await?;
    let (bert, b) = connect(Browser::polling(address), "tea").await?;
    assert_eq!(anna.expect("came").await, [json!(b)]);

    let remote = hall.client(b);
    remote.join(["coffee", "juice"]).await?;
    remote.leave("juice").await?;
    remote.emit("for bert", 1).await?;
    assert_eq!(bert.expect("for bert").await, [json!(1)]);
    hall.to("coffee").emit("for the room", ()).await?;
    bert.expect("for the room").await;
    assert!(hall.room("juice").is_empty().await?);
    anna.expect_nothing_until_ack("sid").await;

    let answering = async {
        let question = bert.next_event().await;
        assert_eq!(question.args, [json!("what")]);
        bert.reply(question.id(), ("that", 5));
    };
    let call = remote.call::<(String, u8)>("question", "what");
    let (called, ()) = tokio::join!(call, answering);
    assert_eq!(called?, ("that".to_owned(), 5));
    let call = remote
        .call::<()>("question", ())
        .timeout(Duration::from_millis(20));
    let call = call.await;
    assert!(matches!(call, Err(CallError::Timeout)), "{call:?}");

    let greeted = anna.emit_with_id("greet", ());
    anna.reply(anna.next_event().await.id(), ("anna",));
    assert_eq!(anna.expect_ack(greeted).await.args, ["hello, anna"]);

    let call = async { tokio::join!(remote.call::<()>("question", ()), remote.disconnect()) };
    let (called, disconnected) = deadline("the end of the call", call).await;
    assert!(matches!(called, Err(CallError::Disconnected)), "{called:?}");
    disconnected?;
    bert.expect_disconnect().await;
    assert_eq!(anna.expect("went").await, [json!(b)]);
    eventually("bert to be gone", async || {
        hall.clients().await.is_ok_and(|all| all == [a])
    })
    .await;
    let called = deadline(
        "the end of the call",
        remote.call::<()>("question", ()).into_future(),
    );
    let called = called.await;
    assert!(matches!(called, Err(CallError::Disconnected)), "{called:?}");
    Ok(())
}

#[tokio::test]
async fn order_is_kept() -> Result {
    let (socketio, address) = serve().await?;
    let hall = socketio.of("/hall");
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let (anna, sid) = connect(browser, "tea").await?;
        let here = hall.local_client(sid).expect("anna");
        for n in 0..500_u32 {
            match n % 3 {
                0 => here.emit("counted", n)?,
                1 => drop(here.to("tea").emit("counted", n).await?),
                _ => drop(hall.emit("counted", n).await?),
            }
        }
        for n in 0..500_u32 {
            assert_eq!(anna.expect("counted").await, [json!(n)]);
        }
    }
    deadline("the shutdown", socketio.shutdown()).await;
    Ok(())
}
