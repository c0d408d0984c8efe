//! A chat: log in with a nickname, talk in rooms. This file has the namespace and the server,
//! `rooms.rs` what the chat knows, `static/index.html` the page.
//!
//! ```text
//! cargo run -p chat
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `HOST` and `PORT` say where it listens;
//! `SOCKET_IO_CLIENT=path/to/socket.io.min.js` serves the client script from a file, for work
//! without internet; `RUST_LOG=hobnob=debug` shows what happens.

mod rooms;

use std::{env, fs};

use axum::{Router, http::header::CONTENT_TYPE, response::Html, routing::get};
use hobnob::prelude::*;

use crate::rooms::{Joined, Members, Message, RoomList, Rooms};

// What the page sends.

#[derive(Deserialize)]
struct Login {
    nickname: String,
}

#[derive(Deserialize)]
struct InRoom {
    room: String,
}

#[derive(Deserialize)]
struct Say {
    room: String,
    text: String,
}

#[derive(Deserialize)]
struct Typing {
    room: String,
    typing: bool,
}

/// What the page gets: an event for each variant.
#[derive(Serialize, Event)]
enum Notice<'a> {
    Rooms(RoomList),
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
        #[serde(flatten)]
        message: Message,
    },
    Typing {
        room: &'a str,
        nickname: &'a str,
        typing: bool,
    },
}

/// Who a client is, from login to logout: its session.
struct User {
    nickname: String,
}

/// The namespace: one value for all clients.
#[derive(Default)]
struct Chat {
    rooms: Rooms,
}

#[namespace("/chat", session = User)]
impl Chat {
    /// Lets a client in under its nickname, if nobody has it.
    fn on_connect(&self, login: Login) -> Result<User, ConnectionRefused> {
        let nickname = login.nickname.trim();
        if nickname.is_empty() {
            return Err("a nickname, please".into());
        }
        if nickname.chars().count() > 24 {
            return Err("a nickname has at most 24 characters".into());
        }
        if !self.rooms.log_in(nickname) {
            return Err(format!("the nickname {nickname} is taken").into());
        }
        let nickname = nickname.to_owned();
        Ok(User { nickname })
    }

    fn on_rooms(&self) -> RoomList {
        self.rooms.list()
    }

    /// Takes the client into a room, tells the others, and answers with what it missed.
    async fn on_join(&self, client: Client, user: Session<User>, wanted: InRoom) -> Result<Joined> {
        let room = wanted.room.trim();
        if !(1..=40).contains(&room.chars().count()) {
            return Err(Error::public("a room name has 1 to 40 characters"));
        }
        // First, so that nothing said from now on is missed.
        client.join(room)?;
        let nickname = &user.nickname;
        let (is_new, joined) = match self.rooms.enter(room, nickname) {
            Ok(entered) => entered,
            Err(full) => {
                client.leave(room)?;
                return Err(full);
            }
        };
        if is_new {
            let members = &joined.members;
            let notice = Notice::Joined {
                room,
                nickname,
                members,
            };
            client.to(room).include_self(false).send(notice).await?;
            client
                .broadcast()
                .send(Notice::Rooms(self.rooms.list()))
                .await?;
        }
        Ok(joined)
    }

    async fn on_leave(&self, client: Client, user: Session<User>, left: InRoom) -> Result {
        client.leave(&left.room)?;
        if let Some(members) = self.rooms.leave(&left.room, &user.nickname) {
            self.tell_left(&client, &user, &left.room, &members).await?;
        }
        Ok(())
    }

    async fn on_say(&self, client: Client, user: Session<User>, said: Say) -> Result {
        if !(1..=2000).contains(&said.text.chars().count()) {
            return Err(Error::public("a message has 1 to 2000 characters"));
        }
        let room = &said.room;
        let message = self.rooms.say(room, &user.nickname, said.text)?;
        client.to(room).send(Notice::Said { room, message }).await?;
        Ok(())
    }

    async fn on_typing(&self, client: Client, user: Session<User>, what: Typing) -> Result {
        let (room, nickname, typing) = (&what.room, &user.nickname, what.typing);
        if client.rooms().contains(room) {
            let notice = Notice::Typing {
                room,
                nickname,
                typing,
            };
            // Whoever does not keep up may miss it.
            let others = client.to(room).include_self(false);
            others.volatile().send(notice).await?;
        }
        Ok(())
    }

    /// Runs once for everybody who was let in, however they went.
    async fn on_disconnect(&self, client: Client, user: Session<User>) -> Result {
        for (room, members) in self.rooms.log_out(&user.nickname, &client.rooms()) {
            self.tell_left(&client, &user, &room, &members).await?;
        }
        Ok(())
    }

    /// Tells everybody that somebody has left a room in which `members` remain. No handler, but an
    /// ordinary method.
    async fn tell_left(
        &self,
        client: &Client,
        user: &User,
        room: &str,
        members: &Members,
    ) -> Result {
        let nickname = &user.nickname;
        let notice = Notice::Left {
            room,
            nickname,
            members,
        };
        client.to(room).include_self(false).send(notice).await?;
        client
            .broadcast()
            .send(Notice::Rooms(self.rooms.list()))
            .await?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result {
    let log = env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    tracing_subscriber::fmt().with_env_filter(log).init();

    let socketio = SocketIo::builder()
        .namespace(Chat::default())
        .build()
        .await?;
    let host = env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let port = env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    socketio.serve(format!("{host}:{port}"), pages()?).await
}

/// The page, and the Socket.IO client script if it is served from here.
fn pages() -> Result<Router> {
    let page = include_str!("../static/index.html");
    let mut routes = Router::new();
    let mut script = "https://cdn.socket.io/4.8.1/socket.io.min.js";
    if let Ok(path) = env::var("SOCKET_IO_CLIENT") {
        let file = fs::read_to_string(path)?;
        let answer = async move || ([(CONTENT_TYPE, "text/javascript")], file);
        script = "/socket.io.min.js";
        routes = routes.route(script, get(answer));
    }
    let page = page.replace("{{socket.io client}}", script);
    Ok(routes.route("/", get(async move || Html(page))))
}
