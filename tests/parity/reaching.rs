//! Whom it reaches: broadcasts, rooms, all but some, one.

use hobnob::{Received, TestClient, prelude::*};
use serde_json::json;

use crate::{fixture::Application, stage::received};

/// `test_broadcast`
#[tokio::test(start_paused = true)]
async fn a_broadcast_reaches_its_namespace_and_no_other() -> Result {
    let app = Application::new().await?;
    let (one, two) = (app.client("/").await?, app.client("/").await?);
    let three = app.client("/test").await?;
    one.emit("my custom broadcast event", json!({ "a": "b" }))?;
    let response = Received::new("my custom response", json!({ "a": "b" }));
    assert_eq!(received(&two).await, [response]);
    assert_eq!(received(&three).await, []);
    Ok(())
}

/// `test_broadcast_namespace`
#[tokio::test(start_paused = true)]
async fn a_broadcast_of_a_namespace_does_not_reach_the_root() -> Result {
    let app = Application::new().await?;
    let (one, two) = (app.client("/test").await?, app.client("/test").await?);
    let three = app.client("/").await?;
    one.emit("my custom broadcast namespace event", json!({ "a": "b" }))?;
    let response = Received::new("my custom namespace response", json!({ "a": "b" }));
    assert_eq!(received(&two).await, [response]);
    assert_eq!(received(&three).await, []);
    Ok(())
}

/// `test_room`
#[tokio::test(start_paused = true)]
async fn a_room_reaches_its_members_and_is_another_one_in_each_namespace() -> Result {
    let app = Application::new().await?;
    let (one, two) = (app.client("/").await?, app.client("/").await?);
    let three = app.client("/test").await?;
    let room = json!({ "room": "one" });
    for client in [&one, &two, &three] {
        client.call::<()>("join room", &room).await?;
    }

    let to_the_room = json!({ "a": "b", "room": "one" });
    let response = [Received::new("my room response", json!({ "a": "b" }))];
    one.emit("my room event", &to_the_room)?;
    assert_eq!(received(&one).await, response);
    assert_eq!(received(&two).await, response);
    assert_eq!(received(&three).await, []);

    // Who is not in the room may send to it.
    one.emit("leave room", &room)?;
    one.emit("my room event", &to_the_room)?;
    assert_eq!(received(&one).await, []);
    assert_eq!(received(&two).await, response);

    two.disconnect().await?;
    let to_nobody = app.socketio.of("/").to("one");
    to_nobody.emit("my room event", json!({ "a": "b" })).await?;
    assert_eq!(received(&one).await, []);
    assert_eq!(received(&three).await, []);

    three.emit("my room namespace event", &room)?;
    assert_eq!(received(&three).await, [Received::of("room message")]);
    app.socketio.of("/test").close_room("one").await?;
    three.emit("my room namespace event", &room)?;
    assert_eq!(received(&three).await, []);
    Ok(())
}

/// Whom `say` is for.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Say {
    to: Option<Vec<String>>,
    without_self: bool,
    skip: Vec<Sid>,
}

async fn say(client: Client, say: Say) -> Result {
    let mut target = client.broadcast();
    if let Some(to) = &say.to {
        target = target.to(to);
    }
    let target = target.include_self(!say.without_self).skip(&say.skip);
    target.emit("said", ()).await?;
    Ok(())
}

/// Anna is in the room tea, bert in tea and coffee, cleo in coffee.
struct Guests {
    socketio: SocketIo,
    clients: [(&'static str, TestClient); 3],
}

impl Guests {
    async fn new() -> Result<Self> {
        let socketio = SocketIo::builder()
            .on_connect("/", |client: Client, rooms: Vec<String>| -> Result {
                Ok(client.join(rooms)?)
            })
            .on("/", "say", say)
            .on("/", "rooms", |client: Client| client.rooms())
            .on("/", "leave own", |client: Client| {
                client.leave(client.sid())
            });
        let socketio = socketio.build().await?;
        let connect = async |rooms: &[&str]| socketio.test_client().auth(rooms).connect("/").await;
        let clients = [
            ("anna", connect(&["tea"]).await?),
            ("bert", connect(&["tea", "coffee"]).await?),
            ("cleo", connect(&["coffee"]).await?),
        ];
        Ok(Self { socketio, clients })
    }

    fn anna(&self) -> &TestClient {
        &self.clients[0].1
    }

    fn sids(&self) -> [Sid; 3] {
        self.clients.each_ref().map(|(_, client)| client.sid())
    }

    /// Who has heard something, as often as they have.
    async fn heard(&self) -> Vec<&'static str> {
        let mut heard = Vec::new();
        for (name, client) in &self.clients {
            heard.extend(received(client).await.iter().map(|_| *name));
        }
        heard
    }

    /// Who hears what anna says.
    async fn hear(&self, say: Say) -> Result<Vec<&'static str>> {
        self.anna().call::<()>("say", say).await?;
        Ok(self.heard().await)
    }
}

/// Further behaviour 7. The client's own room is not among its `rooms()`, as it could do nothing with it: it
/// cannot be left, which in the original silences the client.
#[tokio::test(start_paused = true)]
async fn a_client_is_reached_by_its_sid() -> Result {
    let guests = Guests::new().await?;
    let [anna, bert, _] = guests.sids();
    for (sid, name) in [(anna, "anna"), (bert, "bert")] {
        let to = Some(vec![sid.to_string()]);
        let heard = guests
            .hear(Say {
                to,
                ..Say::default()
            })
            .await?;
        assert_eq!(heard, [name]);
        guests.socketio.of("/").to(sid).emit("said", ()).await?;
        assert_eq!(guests.heard().await, [name]);
    }
    let rooms: Vec<String> = guests.anna().call("rooms", ()).await?;
    assert_eq!(rooms, ["tea"]);
    let left: serde_json::Value = guests.anna().call("leave own", ()).await?;
    assert!(left["error"].is_string(), "{left}");
    Ok(())
}

/// Further behaviour 8. Both together leave out both. In the original one of the two wins, in `emit` another
/// one than in `send`.
#[tokio::test(start_paused = true)]
async fn the_sender_and_others_may_be_left_out() -> Result {
    let guests = Guests::new().await?;
    let [anna, bert, cleo] = guests.sids();
    let expected: [(bool, Vec<Sid>, &[&str]); 7] = [
        (false, vec![], &["anna", "bert", "cleo"]),
        (true, vec![], &["bert", "cleo"]),
        (false, vec![bert], &["anna", "cleo"]),
        (false, vec![anna], &["bert", "cleo"]),
        (false, vec![bert, cleo], &["anna"]),
        (true, vec![bert], &["cleo"]),
        (true, vec![bert, cleo], &[]),
    ];
    for (without_self, skip, expected) in expected {
        let what = format!("without self: {without_self}, without {skip:?}");
        let say = Say {
            without_self,
            skip,
            to: None,
        };
        assert_eq!(guests.hear(say).await?, expected, "{what}");
    }
    // One sid need not be in a list.
    let everybody = guests.socketio.of("/");
    everybody.except(bert).emit("said", ()).await?;
    assert_eq!(guests.heard().await, ["anna", "cleo"]);
    Ok(())
}

/// Further behaviour 9
#[tokio::test(start_paused = true)]
async fn several_rooms_reach_each_client_once() -> Result {
    let guests = Guests::new().await?;
    let to = Some(vec!["tea".to_owned(), "coffee".to_owned()]);
    let heard = guests
        .hear(Say {
            to,
            ..Say::default()
        })
        .await?;
    assert_eq!(heard, ["anna", "bert", "cleo"]);
    Ok(())
}

/// Further behaviour 23
#[tokio::test(start_paused = true)]
async fn closing_a_room_disconnects_nobody() -> Result {
    let guests = Guests::new().await?;
    let all = guests.socketio.of("/");
    all.close_room("tea").await?;
    assert!(all.room("tea").is_empty().await?);
    all.to("tea").emit("said", ()).await?;
    assert_eq!(guests.heard().await, [""; 0]);

    assert!(
        guests
            .clients
            .iter()
            .all(|(_, client)| client.is_connected())
    );
    let rooms: Vec<String> = guests.clients[1].1.call("rooms", ()).await?;
    assert_eq!(rooms, ["coffee"]);
    assert_eq!(guests.hear(Say::default()).await?, ["anna", "bert", "cleo"]);
    Ok(())
}

/// Further behaviour 24
#[tokio::test(start_paused = true)]
async fn two_namespaces_of_one_connection_do_not_depend_on_each_other() -> Result {
    let builder = SocketIo::builder().accept(["/one", "/two"]);
    let socketio = builder.on("*", "echo", |text: String| text).build().await?;
    let one = socketio.test_client().connect("/one").await?;
    let two = one.also("/two", ()).await?;
    assert_ne!(one.sid(), two.sid());
    socketio.of("/one").send("to one").await?;
    assert_eq!(received(&one).await, [Received::of("to one")]);
    assert_eq!(received(&two).await, []);

    one.disconnect().await?;
    assert!(!one.is_connected() && two.is_connected());
    assert_eq!(
        two.call::<String>("echo", "still here").await?,
        "still here"
    );
    let again = two.also("/one", json!({})).await?;
    two.disconnect().await?;
    assert_eq!(
        again.call::<String>("echo", "here again").await?,
        "here again"
    );
    Ok(())
}
