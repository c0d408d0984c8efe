//! The namespace: rooms, messages, whispers.

use std::collections::{BTreeSet, HashMap, VecDeque, hash_map::Entry};

use hobnob::prelude::*;
use tokio::sync::Mutex;

use crate::{
    login::User,
    rooms::{Message, Rooms},
};

/// What the page gets: an event for each variant.
#[derive(Serialize, Event)]
pub(crate) enum Notice<'a> {
    Joined {
        room: &'a str,
        nickname: &'a str,
        members: &'a BTreeSet<String>,
    },
    Left {
        room: &'a str,
        nickname: &'a str,
        members: &'a BTreeSet<String>,
    },
    History {
        room: &'a str,
        messages: &'a VecDeque<Message>,
    },
    Said {
        room: &'a str,
        #[serde(flatten)]
        message: Message,
    },
    Whispered {
        from: &'a str,
        to: &'a str,
        text: &'a str,
    },
    Announced {
        by: &'a str,
        text: &'a str,
    },
}

#[derive(Default)]
pub(crate) struct Chat {
    nicknames: Mutex<HashMap<String, Sid>>,
    /// Locked until a change has been sent: the newest arrives last.
    rooms: Mutex<Rooms>,
}

#[namespace("/chat", session = User)]
impl Chat {
    // ANCHOR: connect
    async fn on_connect(&self, client: Client, user: User) -> Result<User> {
        match self.nicknames.lock().await.entry(user.nickname.clone()) {
            Entry::Occupied(_) => {
                let reason = format!("{} is here already", user.nickname);
                Err(Error::public(reason))
            }
            Entry::Vacant(free) => {
                free.insert(client.sid());
                Ok(user)
            }
        }
    }
    // ANCHOR_END: connect

    async fn on_join(&self, client: Client, user: Session<User>, room: String) -> Result {
        check_length("a room name", &room, 40)?;
        let mut rooms = self.rooms.lock().await;
        client.join(&room)?;
        let state = rooms.entry(room.clone()).or_default();
        client.send(Notice::History {
            room: &room,
            messages: &state.history,
        })?;
        state.members.insert(user.nickname.clone());
        let joined = Notice::Joined {
            room: &room,
            nickname: &user.nickname,
            members: &state.members,
        };
        client.to(&room).send(joined).await?;
        Ok(())
    }

    async fn on_leave(&self, client: Client, user: Session<User>, room: String) -> Result {
        client.leave(&room)?;
        self.take_out(&client, &user, &room).await
    }

    /// Takes somebody out of a room and tells the others. No handler, but an ordinary method.
    async fn take_out(&self, client: &Client, user: &User, room: &str) -> Result {
        let mut rooms = self.rooms.lock().await;
        let Some(state) = rooms.get_mut(room) else {
            return Ok(());
        };
        if state.members.remove(&user.nickname) {
            let left = Notice::Left {
                room,
                nickname: &user.nickname,
                members: &state.members,
            };
            client.to(room).send(left).await?;
        }
        Ok(())
    }

    async fn on_say(
        &self,
        client: Client,
        user: Session<User>,
        room: String,
        text: String,
    ) -> Result {
        check_length("a message", &text, 500)?;
        let mut rooms = self.rooms.lock().await;
        let joined = rooms.get_mut(&room);
        let Some(state) = joined.filter(|state| state.members.contains(&user.nickname)) else {
            return Err(Error::public("join the room first"));
        };
        let from = user.nickname.clone();
        let message = Message { from, text };
        state.remember(message.clone());
        let room = &room;
        client.to(room).send(Notice::Said { room, message }).await?;
        Ok(())
    }

    async fn on_whisper(
        &self,
        client: Client,
        user: Session<User>,
        to: String,
        text: String,
    ) -> Result {
        check_length("a message", &text, 500)?;
        let Some(sid) = self.nicknames.lock().await.get(&to).copied() else {
            return Err(Error::public(format!("{to} is not here")));
        };
        let whispered = Notice::Whispered {
            from: &user.nickname,
            to: &to,
            text: &text,
        };
        client.to([sid, client.sid()]).send(whispered).await?;
        Ok(())
    }

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
}

pub(crate) fn check_length(what: &str, text: &str, most: usize) -> Result {
    if (1..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(Error::public(format!("{what} has 1 to {most} characters")))
    }
}
