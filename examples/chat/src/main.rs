//! A chat: log in with a nickname, talk in rooms. The server in one file, the page in another.
//!
//! ```text
//! cargo run -p chat
//! ```
//!
//! and open <http://127.0.0.1:5000> in two tabs. `HOST` and `PORT` say where it listens;
//! `SOCKET_IO_CLIENT=path/to/socket.io.min.js` serves the client script from a file, for work
//! without internet; `RUST_LOG=hobnob=debug` shows what happens.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    env, fs,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{Router, http::header::CONTENT_TYPE, response::Html, routing::get};
use hobnob::prelude::*;

/// How many messages a room remembers for whoever joins.
const REMEMBERED: usize = 50;
/// How many rooms there may be, so that nobody fills the memory with them.
const MOST_ROOMS: usize = 100;

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

// What the page gets.

#[derive(Clone, Serialize)]
struct Message {
    from: String,
    text: String,
    /// Milliseconds since 1970.
    at: u64,
}

#[derive(Serialize)]
struct Joined {
    room: String,
    members: Vec<String>,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct RoomInfo {
    name: String,
    members: usize,
}

/// The events the server sends, one for each variant.
#[derive(Serialize, Event)]
enum Notice<'a> {
    Rooms(Vec<RoomInfo>),
    Joined {
        room: &'a str,
        nickname: &'a str,
        members: Vec<String>,
    },
    Left {
        room: &'a str,
        nickname: &'a str,
        members: Vec<String>,
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

#[derive(Default)]
struct Room {
    members: BTreeSet<String>,
    messages: VecDeque<Message>,
}

#[derive(Default)]
struct State {
    nicknames: BTreeSet<String>,
    rooms: BTreeMap<String, Room>,
}

impl State {
    /// Takes somebody out of a room; who remains in it, if they were in it.
    fn take_out(&mut self, user: &User, room: &str) -> Option<Vec<String>> {
        let room = self.rooms.get_mut(room)?;
        let was_in = room.members.remove(&user.nickname);
        was_in.then(|| room.members.iter().cloned().collect())
    }
}

/// The namespace: one value for all clients.
#[derive(Default)]
struct Chat {
    state: Mutex<State>,
}

#[namespace("/chat", session = User)]
impl Chat {
    /// Lets a client in under its nickname, if nobody has it.
    fn on_connect(&self, login: Login) -> Result<User, ConnectionRefused> {
        let nickname = login.nickname.trim().to_owned();
        if nickname.is_empty() {
            return Err(ConnectionRefused::new("a nickname, please"));
        }
        if nickname.chars().count() > 24 {
            return Err(ConnectionRefused::new(
                "a nickname has at most 24 characters",
            ));
        }
        if !self.state().nicknames.insert(nickname.clone()) {
            return Err(ConnectionRefused::new(format!(
                "the nickname {nickname} is taken"
            )));
        }
        Ok(User { nickname })
    }

    fn on_rooms(&self) -> Vec<RoomInfo> {
        self.room_list()
    }

    /// Takes the client into a room, tells the others, and answers with what it missed.
    async fn on_join(&self, client: Client, user: Session<User>, wanted: InRoom) -> Result<Joined> {
        let room = wanted.room.trim().to_owned();
        if !(1..=40).contains(&room.chars().count()) {
            return Err(Error::public("a room name has 1 to 40 characters"));
        }
        // First, so that nothing said from now on is missed.
        client.join(&room).map_err(Error::public)?;
        let (is_new, joined) = match self.enter(&user, &room) {
            Ok(entered) => entered,
            Err(full) => {
                client.leave(&room)?;
                return Err(full);
            }
        };
        if is_new {
            let (room, members) = (&joined.room, joined.members.clone());
            let nickname = &user.nickname;
            let notice = Notice::Joined {
                room,
                nickname,
                members,
            };
            client.to(room).include_self(false).send(notice).await?;
            client
                .broadcast()
                .send(Notice::Rooms(self.room_list()))
                .await?;
        }
        Ok(joined)
    }

    async fn on_leave(&self, client: Client, user: Session<User>, left: InRoom) -> Result {
        client.leave(&left.room)?;
        let members = self.state().take_out(&user, &left.room);
        self.tell_left(&client, &user, &left.room, members).await
    }

    async fn on_say(&self, client: Client, user: Session<User>, said: Say) -> Result {
        if !(1..=2000).contains(&said.text.chars().count()) {
            return Err(Error::public("a message has 1 to 2000 characters"));
        }
        let message = Message {
            from: user.nickname.clone(),
            text: said.text,
            at: now(),
        };
        {
            let mut state = self.state();
            let room = state.rooms.get_mut(&said.room);
            let room = room.filter(|room| room.members.contains(&user.nickname));
            let room = room.ok_or_else(|| Error::public("join the room first"))?;
            room.messages.push_back(message.clone());
            if room.messages.len() > REMEMBERED {
                room.messages.pop_front();
            }
        }
        client
            .to(&said.room)
            .send(Notice::Said {
                room: &said.room,
                message,
            })
            .await?;
        Ok(())
    }

    async fn on_typing(&self, client: Client, user: Session<User>, what: Typing) -> Result {
        let Typing { room, typing } = &what;
        if client.rooms().contains(room) {
            let notice = Notice::Typing {
                room,
                nickname: &user.nickname,
                typing: *typing,
            };
            client.to(room).include_self(false).send(notice).await?;
        }
        Ok(())
    }

    /// Runs once for everybody who was let in, however they went.
    async fn on_disconnect(&self, client: Client, user: Session<User>) -> Result {
        let rooms = client.rooms();
        let left: Vec<_> = {
            let mut state = self.state();
            state.nicknames.remove(&user.nickname);
            let left = rooms.iter().map(|room| (room, state.take_out(&user, room)));
            left.collect()
        };
        for (room, members) in left {
            self.tell_left(&client, &user, room, members).await?;
        }
        Ok(())
    }

    /// Adds somebody to a room; whether they were not in it yet, and what they get to see. Not a
    /// handler but an ordinary method, as are those below.
    fn enter(&self, user: &User, room: &str) -> Result<(bool, Joined)> {
        let mut state = self.state();
        if !state.rooms.contains_key(room) && state.rooms.len() >= MOST_ROOMS {
            state.rooms.retain(|_, room| !room.members.is_empty());
            if state.rooms.len() >= MOST_ROOMS {
                return Err(Error::public("there are too many rooms"));
            }
        }
        let entry = state.rooms.entry(room.to_owned()).or_default();
        let is_new = entry.members.insert(user.nickname.clone());
        let members = entry.members.iter().cloned().collect();
        let messages = entry.messages.iter().cloned().collect();
        Ok((
            is_new,
            Joined {
                room: room.to_owned(),
                members,
                messages,
            },
        ))
    }

    /// Tells the others that somebody has left a room in which `members` remain.
    async fn tell_left(
        &self,
        client: &Client,
        user: &User,
        room: &str,
        members: Option<Vec<String>>,
    ) -> Result {
        if let Some(members) = members {
            let notice = Notice::Left {
                room,
                nickname: &user.nickname,
                members,
            };
            client.to(room).include_self(false).send(notice).await?;
            client
                .broadcast()
                .send(Notice::Rooms(self.room_list()))
                .await?;
        }
        Ok(())
    }

    fn room_list(&self) -> Vec<RoomInfo> {
        let state = self.state();
        let rooms = state.rooms.iter();
        rooms
            .map(|(name, room)| RoomInfo {
                name: name.clone(),
                members: room.members.len(),
            })
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_millis().try_into().unwrap_or(u64::MAX))
}

#[tokio::main]
async fn main() -> Result {
    tracing_subscriber::fmt()
        .with_env_filter(log_filter())
        .init();

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
        script = "/socket.io.min.js";
        routes = routes.route(
            script,
            get(async move || ([(CONTENT_TYPE, "text/javascript")], file)),
        );
    }
    let page = page.replace("{{socket.io client}}", script);
    Ok(routes.route("/", get(async move || Html(page))))
}

fn log_filter() -> String {
    env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned())
}
