//! A class that does for its client whatever there is to do in a cluster, and tells how it went.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hobnob::{Bytes, RoomError, SocketIoBuilder, prelude::*};
use serde_json::{Value, json};

/// Serves `/hall`, and every other namespace too if it is mounted at `"*"`.
#[derive(Debug, Default)]
pub struct Hall;

/// A server with the class in it. Others may tell it something, which it keeps, and ask it what that was.
///
/// # Panics
///
/// Only where it is asked to, in an event of another server.
pub fn builder() -> SocketIoBuilder {
    let kept = Arc::new(Mutex::new(String::new()));
    let keeping = Arc::clone(&kept);
    let lock = |kept: &Mutex<String>| kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
    SocketIo::builder()
        .namespace(Hall)
        .namespace_at("*", Hall)
        .grace(Duration::from_secs(1))
        .on_server_side("keep", move |_, text: String| {
            let kept = Arc::clone(&keeping);
            async move { *kept.lock().unwrap_or_else(PoisonError::into_inner) = text }
        })
        .on_server_side("kept", move |_, ()| std::future::ready(lock(&kept)))
        .on_server_side("clients", async |socketio, path: String| {
            socketio.of(&path).local_clients().len()
        })
        .on_server_side("fail", async |_, wrong: Option<()>| {
            assert!(wrong.is_some(), "as it should");
        })
}

/// A broadcast.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Say {
    /// Everybody, if there is none.
    to: Option<Vec<String>>,
    except: Vec<String>,
    skip: Vec<Sid>,
    include_self: Option<bool>,
    /// For the clients of this server only.
    local: bool,
    event: String,
    data: Value,
}

#[derive(Debug, Deserialize)]
struct Repeat {
    to: Option<Vec<String>>,
    event: String,
    times: u32,
}

#[namespace("/hall")]
impl Hall {
    fn on_connect(&self, client: Client, rooms: Vec<String>) -> Result<(), Error> {
        client.join(rooms)?;
        Ok(())
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_rooms(&self, client: Client) -> Vec<String> {
        client.rooms()
    }

    fn on_leave(&self, client: Client, room: String) -> Result {
        Ok(client.leave(room)?)
    }

    async fn on_say(&self, client: Client, say: Say) -> Value {
        let mut target = match say.to {
            Some(rooms) => client.to(rooms),
            None => client.broadcast(),
        };
        target = target.except(say.except).skip(say.skip);
        target = target.include_self(say.include_self.unwrap_or(true));
        if say.local {
            target = target.local();
        }
        match target.emit(&say.event, say.data).await {
            Ok(delivery) => json!(delivery.missed()),
            Err(error) => failed(&error),
        }
    }

    /// Bytes to everybody.
    async fn on_show(&self, client: Client, bytes: Bytes) -> Result {
        client.broadcast().emit("shown", ("here", bytes)).await?;
        Ok(())
    }

    /// Numbers to everybody and to a room, in turn.
    async fn on_count(&self, client: Client, room: String, to: u32) -> Result {
        for number in 0..to {
            let target = match number % 2 {
                0 => client.broadcast(),
                _ => client.to(&room),
            };
            target.emit("counted", number).await?;
        }
        Ok(())
    }

    /// The same broadcast many times.
    async fn on_repeat(&self, client: Client, repeat: Repeat) -> Result {
        for _ in 0..repeat.times {
            let target = match &repeat.to {
                Some(rooms) => client.to(rooms),
                None => client.broadcast(),
            };
            target
                .emit(&repeat.event, "about as long as a line")
                .await?;
        }
        Ok(())
    }

    async fn on_clients(&self, client: Client, room: Option<String>) -> Value {
        let namespace = client.namespace();
        let found = match &room {
            Some(room) => namespace.room(room).clients().await,
            None => namespace.clients().await,
        };
        match found {
            Ok(clients) => json!(clients),
            Err(RoomError::Incomplete { clients, servers }) => {
                json!({ "clients": clients, "missing": servers })
            }
            Err(error) => failed(&error),
        }
    }

    async fn on_len(&self, client: Client, room: String) -> Value {
        match client.namespace().room(room).len().await {
            Ok(len) => json!(len),
            Err(error) => failed(&error),
        }
    }

    async fn on_ask(&self, client: Client, sid: Sid, event: String, limit: u64) -> Value {
        let namespace = client.namespace();
        let call = namespace.client(sid).call::<Value>(&event, "well?");
        match call.timeout(Duration::from_millis(limit)).await {
            Ok(answer) => json!({ "answer": answer }),
            Err(error) => failed(&error),
        }
    }

    async fn on_bring(&self, client: Client, sid: Sid, room: String) -> Value {
        told(client.namespace().client(sid).join(room).await)
    }

    async fn on_send_away(&self, client: Client, sid: Sid, room: String) -> Value {
        told(client.namespace().client(sid).leave(room).await)
    }

    async fn on_throw_out(&self, client: Client, sid: Sid) -> Value {
        told(client.namespace().client(sid).disconnect().await)
    }

    async fn on_tell_servers(&self, socketio: SocketIo, event: String, data: Value) -> Value {
        told(socketio.server_side_emit(&event, data).await)
    }

    async fn on_ask_servers(&self, socketio: SocketIo, event: String, data: Value) -> Value {
        match socketio.server_side_call::<Value>(&event, data).await {
            Ok(said) => json!({ "answers": said.answers, "unanswered": said.unanswered }),
            Err(error) => failed(&error),
        }
    }

    async fn on_close_room(&self, client: Client, room: String) -> Value {
        told(client.namespace().close_room(room).await)
    }

    async fn on_disconnect(&self, client: Client) -> Result {
        let rooms = client.rooms();
        client.to(rooms).emit("went", client.sid()).await?;
        Ok(())
    }
}

fn told<E: std::fmt::Display>(result: Result<(), E>) -> Value {
    match result {
        Ok(()) => Value::Null,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Value {
    json!({ "failed": error.to_string() })
}
