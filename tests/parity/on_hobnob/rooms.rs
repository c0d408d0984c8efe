//! Whom an event reaches, and what comes from outside of handlers.

use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::Value;

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder.namespace(Rooms).namespace(News)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

/// Whom not to reach, by the names these options have in Python.
#[derive(Deserialize)]
struct Without {
    include_self: Option<bool>,
    skip_sid: Option<OneOrMore<Sid>>,
}

impl Without {
    fn narrow(self, target: hobnob::Target) -> hobnob::Target {
        let skip = self.skip_sid.map(OneOrMore::into_vec).unwrap_or_default();
        target
            .include_self(self.include_self.unwrap_or(true))
            .skip(skip)
    }
}

struct Rooms;

#[namespace("/rooms")]
impl Rooms {
    fn on_who(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_join(&self, client: Client, args: Args) -> Result<usize> {
        for index in 0..args.len() {
            client.join(args.get::<String>(index)?)?;
        }
        Ok(args.len())
    }

    fn on_leave(&self, client: Client, room: String) -> Result {
        Ok(client.leave(room)?)
    }

    fn on_rooms(&self, client: Client) -> Vec<String> {
        let mut rooms = client.rooms();
        rooms.sort();
        rooms
    }

    #[event("all rooms")]
    fn all_rooms(&self, client: Client) -> Vec<String> {
        let own = client.sid();
        let named = |room| {
            if room == own.as_str() {
                "own sid".to_owned()
            } else {
                room
            }
        };
        client.rooms().into_iter().map(named).collect()
    }

    async fn on_close(&self, client: Client, room: String) -> Result {
        Ok(client.namespace().close_room(room).await?)
    }

    async fn on_to(&self, client: Client, rooms: OneOrMore<String>, without: Without) -> Result {
        let target = without.narrow(client.to(rooms.into_vec()));
        target.emit("hello", "to").await?;
        Ok(())
    }

    #[event("send to")]
    async fn send_to(&self, client: Client, rooms: OneOrMore<String>, without: Without) -> Result {
        let target = without.narrow(client.to(rooms.into_vec()));
        target.send("hello").await?;
        Ok(())
    }

    async fn on_all(&self, client: Client, without: Without) -> Result {
        let target = without.narrow(client.broadcast());
        target.emit("hello", "all").await?;
        Ok(())
    }

    #[event("without context")]
    async fn without_context(&self, socketio: SocketIo, room: String) -> Result {
        let target = socketio.of("/rooms").to(room);
        target.emit("hello", "without context").await?;
        Ok(())
    }

    #[event("join other")]
    async fn join_other(&self, client: Client, sid: Sid, room: String) -> Result {
        Ok(client.namespace().client(sid).join(room).await?)
    }

    #[event("put out")]
    async fn put_out(&self, client: Client, sid: Sid) -> Result {
        Ok(client.namespace().client(sid).disconnect().await?)
    }

    #[event("to another namespace")]
    async fn to_another(&self, socketio: SocketIo, text: String) -> Result {
        socketio.of("/news").emit("news", text).await?;
        Ok(())
    }
}

struct News;

#[namespace("/news")]
impl News {
    fn on_task(&self, socketio: SocketIo, text: String) -> &'static str {
        let news = socketio.of("/news");
        socketio.spawn(async move {
            // Nobody may be there to read it.
            let _: Result<_, _> = news.emit("news", Value::from(text)).await;
        });
        "started"
    }
}
