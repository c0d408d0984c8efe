//! The chat of the tutorial, step 4: rooms, and events that have a type.
//!
//! ```text
//! cargo run -p tutorial-4
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `PORT` is another port.

mod page;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    env,
};

use hobnob::prelude::*;
use tokio::sync::Mutex;

/// What the page sends when it connects.
#[derive(Deserialize)]
struct Login {
    nickname: String,
}

/// Who a client is, for as long as it is connected.
struct User {
    nickname: String,
}

// ANCHOR: notice
type Members = BTreeSet<String>;

/// What the page gets: an event for each variant.
#[derive(Serialize, Event)]
enum Notice<'a> {
    Joined {
        room: &'a str,
        nickname: &'a str,
        members: &'a Members,
    },
    Left {
        room: &'a str,
        nickname: &'a str,
        members: &'a Members,
    },
    Said {
        room: &'a str,
        from: &'a str,
        text: &'a str,
    },
}
// ANCHOR_END: notice

// ANCHOR: state
#[derive(Default)]
struct Chat {
    nicknames: Mutex<HashSet<String>>,
    /// Who is in which room. Locked until a change has been sent: the newest list arrives last.
    rooms: Mutex<HashMap<String, Members>>,
}
// ANCHOR_END: state

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_connect(&self, login: Login) -> Result<User> {
        let nickname = login.nickname.trim();
        check_length("a nickname", nickname, 24)?;
        // Last, since who is refused after this would keep the nickname.
        if !self.nicknames.lock().await.insert(nickname.to_owned()) {
            return Err(Error::public(format!("{nickname} is taken")));
        }
        let nickname = nickname.to_owned();
        Ok(User { nickname })
    }

    // ANCHOR: join
    async fn on_join(&self, client: Client, user: Session<User>, room: String) -> Result {
        check_length("a room name", &room, 40)?;
        let mut rooms = self.rooms.lock().await;
        client.join(&room)?;
        let members = rooms.entry(room.clone()).or_default();
        members.insert(user.nickname.clone());
        let joined = Notice::Joined {
            room: &room,
            nickname: &user.nickname,
            members,
        };
        client.to(&room).send(joined).await?;
        Ok(())
    }
    // ANCHOR_END: join

    // ANCHOR: leave
    async fn on_leave(&self, client: Client, user: Session<User>, room: String) -> Result {
        client.leave(&room)?;
        self.take_out(&client, &user, &room).await
    }

    /// Takes somebody out of a room and tells the others. No handler, but an ordinary method.
    async fn take_out(&self, client: &Client, user: &User, room: &str) -> Result {
        let mut rooms = self.rooms.lock().await;
        let Some(members) = rooms.get_mut(room) else {
            return Ok(());
        };
        if members.remove(&user.nickname) {
            let left = Notice::Left {
                room,
                nickname: &user.nickname,
                members,
            };
            client.to(room).send(left).await?;
        }
        if members.is_empty() {
            rooms.remove(room);
        }
        Ok(())
    }
    // ANCHOR_END: leave

    // ANCHOR: say
    async fn on_say(
        &self,
        client: Client,
        user: Session<User>,
        room: String,
        text: String,
    ) -> Result {
        check_length("a message", &text, 500)?;
        if !client.rooms().contains(&room) {
            return Err(Error::public("join the room first"));
        }
        let said = Notice::Said {
            room: &room,
            from: &user.nickname,
            text: &text,
        };
        client.to(&room).send(said).await?;
        Ok(())
    }
    // ANCHOR_END: say

    // ANCHOR: disconnect
    async fn on_disconnect(
        &self,
        client: Client,
        user: Session<User>,
        reason: DisconnectReason,
    ) -> Result {
        tracing::info!("{} left: {reason}", user.nickname);
        for room in client.rooms() {
            self.take_out(&client, &user, &room).await?;
        }
        self.nicknames.lock().await.remove(&user.nickname);
        Ok(())
    }
    // ANCHOR_END: disconnect
}

// ANCHOR: check
fn check_length(what: &str, text: &str, most: usize) -> Result {
    if (1..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(Error::public(format!("{what} has 1 to {most} characters")))
    }
}
// ANCHOR_END: check

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt().init();
    let socketio = SocketIo::builder()
        .namespace(Chat::default())
        .build()
        .await?;
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    let address = format!("127.0.0.1:{port}");
    socketio.serve(address, page::routes()?).await
}
