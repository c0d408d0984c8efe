//! Rooms: who is in, who gets in and out, and who counts them.

use std::{borrow::Cow, collections::BTreeSet, net::SocketAddr};

use axum::Router;
use hobnob::{IntoRoom, NamespaceHandle, RoomError, prelude::*};
use serde_json::json;
use tests::{Client as Browser, Socket, eventually};
use tokio::net::TcpListener;

struct House;

#[namespace]
impl House {
    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_join(&self, client: Client, rooms: Vec<String>) -> Result<BTreeSet<String>, Told> {
        client.join(rooms)?;
        Ok(client.rooms().into_iter().collect())
    }

    fn on_leave(&self, client: Client, rooms: Vec<String>) -> Result<BTreeSet<String>, Told> {
        client.leave(rooms)?;
        Ok(client.rooms().into_iter().collect())
    }

    fn on_rooms(&self, client: Client) -> BTreeSet<String> {
        client.rooms().into_iter().collect()
    }

    async fn on_count(&self, client: Client, room: String) -> Result<usize, Told> {
        Ok(client.namespace().room(room).len().await?)
    }
}

/// A mistake with a room that the client is told about.
struct Told(RoomError);

impl From<RoomError> for Told {
    fn from(error: RoomError) -> Self {
        Self(error)
    }
}

impl From<Told> for Error {
    fn from(told: Told) -> Self {
        Self::public(told.0)
    }
}

enum Place {
    Floor(u8),
}

impl IntoRoom for Place {
    fn into_room(self) -> Cow<'static, str> {
        let Self::Floor(number) = self;
        format!("floor {number}").into()
    }
}

/// Puts whoever comes into a room by the sid.
struct Lobby;

#[namespace("/lobby")]
impl Lobby {
    async fn on_connect(&self, client: Client) -> Result {
        let remote = client.namespace().client(client.sid());
        remote.join(["tea", "coffee"]).await?;
        remote.leave("coffee").await?;
        Ok(())
    }

    fn on_rooms(&self, client: Client) -> Vec<String> {
        client.rooms()
    }
}

async fn serve() -> Result<(SocketIo, SocketAddr)> {
    let socketio = SocketIo::builder()
        .namespace(House)
        .namespace(Lobby)
        .build()
        .await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
    Ok((socketio, address))
}

async fn sid(client: &Socket) -> Result<Sid> {
    Ok(serde_json::from_value(client.call("sid", ()).await.only())?)
}

async fn members(house: &NamespaceHandle, room: &str) -> Result<BTreeSet<Sid>> {
    let members = house.room(room).clients().await?;
    let sids: BTreeSet<_> = members.iter().copied().collect();
    assert_eq!(sids.len(), members.len(), "somebody is in {room} twice");
    assert_eq!(house.room(room).len().await?, sids.len());
    assert_eq!(house.room(room).is_empty().await?, sids.is_empty());
    Ok(sids)
}

#[tokio::test]
async fn a_client_is_in_the_rooms_it_joined_and_did_not_leave() -> Result {
    let (_, address) = serve().await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/", None).await;
        // Its own room is not listed.
        assert_eq!(anna.call("rooms", ()).await.only(), json!([]));
        assert_eq!(anna.call("join", [["tea"]]).await.only(), json!(["tea"]));
        let odd = ["", "tea", " \u{1f375} ", "a".repeat(999).as_str()].map(str::to_owned);
        let joined = anna.call("join", [&odd]).await.only();
        let expected: BTreeSet<_> = odd.iter().collect();
        assert_eq!(joined, json!(expected));
        let left = anna.call("leave", [&odd[2..]]).await.only();
        assert_eq!(left, json!(["", "tea"]));
        // What it is not in it may leave as well.
        let left = anna.call("leave", [["", "tea", "no such room"]]).await;
        assert_eq!(left.only(), json!([]));
        assert_eq!(anna.call("join", json!([[]])).await.only(), json!([]));
    }
    Ok(())
}

#[tokio::test]
async fn a_room_knows_its_members() -> Result {
    let (socketio, address) = serve().await?;
    let house = socketio.of("/");
    let anna = Browser::websocket(address).connect("/", None).await;
    let bert = Browser::polling(address).connect("/", None).await;
    let (a, b) = (sid(&anna).await?, sid(&bert).await?);

    assert_eq!(members(&house, "tea").await?, BTreeSet::new());
    anna.call("join", [["tea", "coffee"]]).await;
    assert_eq!(anna.call("count", ("tea",)).await.only(), 1);
    bert.call("join", [["tea", "tea"]]).await;
    bert.call("join", [["tea"]]).await;
    assert_eq!(members(&house, "tea").await?, [a, b].into());
    assert_eq!(members(&house, "coffee").await?, [a].into());
    // A client's own room has one member.
    assert_eq!(members(&house, a.as_str()).await?, [a].into());
    let all: BTreeSet<_> = house.clients().await?.into_iter().collect();
    assert_eq!(all, [a, b].into());

    anna.call("leave", [["tea"]]).await;
    assert_eq!(members(&house, "tea").await?, [b].into());
    bert.close().await;
    eventually("bert to be gone", async || {
        house.clients().await.is_ok_and(|all| all == [a])
    })
    .await;
    assert_eq!(members(&house, "tea").await?, BTreeSet::new());
    assert_eq!(members(&house, "coffee").await?, [a].into());
    Ok(())
}

#[tokio::test]
async fn nobody_gets_into_the_room_of_another_client() -> Result {
    let (socketio, address) = serve().await?;
    let house = socketio.of("/");
    let anna = Browser::websocket(address).connect("/", None).await;
    let bert = Browser::websocket(address).connect("/", None).await;
    let (a, b) = (sid(&anna).await?, sid(&bert).await?);
    let bert_here = house.local_client(b).expect("bert");

    for room in [a.as_str(), b.as_str(), "~", "~tea"] {
        // One bad name among several spoils them all.
        for event in ["join", "leave"] {
            let refused = bert.call(event, [["tea", room]]).await.only();
            let error = refused["error"].as_str().unwrap_or_default();
            assert!(error.contains(room), "{event} {room}: {refused}");
        }
        let remote = house.client(b);
        let refusals = [
            bert_here.join(room),
            bert_here.leave(room),
            remote.join(room).await,
            remote.leave(room).await,
            house.close_room(room).await,
        ];
        for refusal in refusals {
            match refusal {
                Err(RoomError::InvalidRoom(refused)) => assert_eq!(refused, room),
                other => panic!("{room}: {other:?}"),
            }
        }
    }
    assert_eq!(bert.call("rooms", ()).await.only(), json!([]));
    house.to(a).emit("for anna", ()).await?;
    anna.expect("for anna").await;
    bert.expect_nothing_until_ack("sid").await;
    house.to(b).emit("for bert", ()).await?;
    bert.expect("for bert").await;
    Ok(())
}

#[tokio::test]
async fn a_room_that_is_closed_is_empty_and_nobody_is_disconnected() -> Result {
    let (socketio, address) = serve().await?;
    let house = socketio.of("/");
    let anna = Browser::websocket(address).connect("/", None).await;
    let bert = Browser::polling(address).connect("/", None).await;
    for client in [&anna, &bert] {
        client.call("join", [["tea", "coffee"]]).await;
    }

    house.close_room("tea").await?;
    house.room("no such room").close().await?;
    assert_eq!(members(&house, "tea").await?, BTreeSet::new());
    house.to("tea").emit("for the room", ()).await?;
    for client in [&anna, &bert] {
        client.expect_nothing_until_ack("sid").await;
        assert_eq!(client.call("rooms", ()).await.only(), json!(["coffee"]));
    }

    // It can begin anew.
    anna.call("join", [["tea"]]).await;
    house.to("tea").emit("for the room", ()).await?;
    anna.expect("for the room").await;
    bert.expect_nothing_until_ack("sid").await;
    Ok(())
}

#[tokio::test]
async fn the_server_moves_clients_by_their_sids() -> Result {
    let (socketio, address) = serve().await?;
    let house = socketio.of("/");
    let anna = Browser::websocket(address).connect("/", None).await;
    let bert = Browser::websocket(address).connect("/", None).await;
    let a = sid(&anna).await?;

    house.client(a).join(["tea", "coffee"]).await?;
    house.client(a).join(Place::Floor(3)).await?;
    let rooms = json!(["coffee", "floor 3", "tea"]);
    assert_eq!(anna.call("rooms", ()).await.only(), rooms);
    assert_eq!(bert.call("rooms", ()).await.only(), json!([]));
    house.room(Place::Floor(3)).emit("upstairs", ()).await?;
    anna.expect("upstairs").await;

    house.client(a).leave(["tea", "no such room"]).await?;
    let rooms = json!(["coffee", "floor 3"]);
    assert_eq!(anna.call("rooms", ()).await.only(), rooms);

    let here = house.local_client(a).expect("anna");
    here.leave([Place::Floor(3)])?;
    assert_eq!(here.rooms(), ["coffee"]);
    anna.close().await;
    here.disconnected().await;
    assert!(matches!(here.join("tea"), Err(RoomError::Disconnected)));
    assert!(matches!(here.leave("tea"), Err(RoomError::Disconnected)));
    // By its sid it might be anywhere, so that is no error.
    house.client(a).join("tea").await?;
    house.client(a).leave("tea").await?;
    assert_eq!(members(&house, "tea").await?, BTreeSet::new());
    Ok(())
}

#[tokio::test]
async fn a_room_ends_with_its_last_member() -> Result {
    let (socketio, address) = serve().await?;
    let rooms = async || {
        let engine = socketio.engine().of("/").expect("the namespace");
        engine.rooms().await.unwrap_or_default()
    };
    let anna = Browser::websocket(address).connect("/", None).await;
    let bert = Browser::websocket(address).connect("/", None).await;

    anna.call("join", [["tea", "coffee"]]).await;
    bert.call("join", [["tea"]]).await;
    anna.call("leave", [["tea", "coffee"]]).await;
    let left = rooms().await;
    assert!(left.iter().any(|room| room == "tea"), "{left:?}");
    assert!(!left.iter().any(|room| room == "coffee"), "{left:?}");

    // Nothing is left of clients that are gone, not even their own rooms.
    bert.disconnect();
    anna.abort().await;
    eventually("all rooms to be gone", async || rooms().await.is_empty()).await;
    Ok(())
}

#[tokio::test]
async fn on_connect_reaches_its_own_client_by_its_sid() -> Result {
    let (socketio, address) = serve().await?;
    let lobby = socketio.of("/lobby");
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/lobby", None).await;
        assert_eq!(anna.call("rooms", ()).await.only(), json!(["tea"]));
        assert_eq!(members(&lobby, "tea").await?.len(), 1);
        anna.close().await;
        eventually("the room to be empty", async || {
            lobby.room("tea").is_empty().await.is_ok_and(|empty| empty)
        })
        .await;
    }
    Ok(())
}

#[tokio::test]
async fn the_room_of_everybody_is_no_room() -> Result {
    let (socketio, address) = serve().await?;
    let _anna = Browser::websocket(address).connect("/", None).await;
    let room = socketio.of("/").room("~");
    let invalid = |error: Option<RoomError>| {
        assert!(
            matches!(&error, Some(RoomError::InvalidRoom(name)) if name == "~"),
            "{error:?}"
        );
    };
    invalid(room.clients().await.err());
    invalid(room.len().await.err());
    invalid(room.is_empty().await.err());
    Ok(())
}
