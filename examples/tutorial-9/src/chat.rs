//! The namespace: rooms, messages, whispers. It keeps nothing itself: what is shared is in the store.

use std::collections::BTreeSet;

use hobnob::prelude::*;

use crate::{
    login::User,
    store::{KEPT, Message, Store},
};

/// How many rooms a client may be in.
const MOST_ROOMS: usize = 5;

// ANCHOR: notice
/// Who is in a room. Of two lists that with the higher number is the newer one.
#[derive(Serialize)]
pub(crate) struct Members {
    version: u64,
    members: BTreeSet<String>,
}
// ANCHOR_END: notice

/// What the page gets: an event for each variant.
#[derive(Serialize, Event)]
pub(crate) enum Notice<'a> {
    Joined {
        room: &'a str,
        nickname: &'a str,
        #[serde(flatten)]
        members: Members,
    },
    Left {
        room: &'a str,
        nickname: &'a str,
        #[serde(flatten)]
        members: Members,
    },
    History {
        room: &'a str,
        messages: Vec<Message>,
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

pub(crate) struct Chat {
    store: Store,
}

#[namespace("/chat", session = User)]
impl Chat {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    // ANCHOR: connect
    async fn on_connect(&self, client: Client, user: User) -> Result<User> {
        let nickname = &user.nickname;
        if !self.store.take(nickname, client.sid()).await? {
            return Err(Error::public(format!("{nickname} is here already")));
        }
        client.spawn(keep(self.store.clone(), client.clone(), nickname.clone()));
        tracing::info!(nickname, "came in");
        Ok(user)
    }
    // ANCHOR_END: connect

    // ANCHOR: join
    async fn on_join(&self, client: Client, user: Session<User>, room: String) -> Result {
        check_length("a room name", &room, 40)?;
        if client.rooms().len() >= MOST_ROOMS {
            return Err(Error::public("you are in too many rooms"));
        }
        // First, so that nothing said from now on is missed.
        client.join(&room)?;
        client.send(Notice::History {
            room: &room,
            messages: self.store.history(&room).await?,
        })?;
        let joined = Notice::Joined {
            room: &room,
            nickname: &user.nickname,
            members: self.members(&client, &room).await?,
        };
        client.to(&room).send(joined).await?;
        Ok(())
    }
    // ANCHOR_END: join

    async fn on_leave(&self, client: Client, user: Session<User>, room: String) -> Result {
        client.leave(&room)?;
        self.tell_left(&client, &user, &room).await
    }

    // ANCHOR: members
    async fn members(&self, client: &Client, room: &str) -> Result<Members> {
        // The number is drawn first: who draws a higher one sees what was done before.
        let version = self.store.next_version(room).await?;
        let clients = client.namespace().room(room).clients().await?;
        let members = self.store.nicknames(&clients).await?;
        Ok(Members { version, members })
    }
    // ANCHOR_END: members

    /// Tells a room that somebody has left it. No handler, but an ordinary method.
    async fn tell_left(&self, client: &Client, user: &User, room: &str) -> Result {
        let left = Notice::Left {
            room,
            nickname: &user.nickname,
            members: self.members(client, room).await?,
        };
        client.to(room).send(left).await?;
        Ok(())
    }

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
        let message = self.store.remember(&room, &user.nickname, text).await?;
        let room = &room;
        client.to(room).send(Notice::Said { room, message }).await?;
        Ok(())
    }
    // ANCHOR_END: say

    async fn on_whisper(
        &self,
        client: Client,
        user: Session<User>,
        to: String,
        text: String,
    ) -> Result {
        check_length("a message", &text, 500)?;
        let Some(sid) = self.store.sid_of(&to).await? else {
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

    // ANCHOR: disconnect
    async fn on_disconnect(&self, client: Client, user: Session<User>, reason: DisconnectReason) {
        let nickname = &user.nickname;
        tracing::info!(nickname, %reason, "left");
        if let Err(error) = self.store.give_back(nickname, client.sid()).await {
            tracing::warn!(nickname, %error, "the nickname is not given back yet");
        }
        for room in client.rooms() {
            if let Err(error) = self.tell_left(&client, &user, &room).await {
                tracing::warn!(room, %error, "not everybody was told");
            }
        }
    }
    // ANCHOR_END: disconnect
}

// ANCHOR: keep
/// Keeps the nickname of a client for as long as this runs, which is as long as the client is there.
async fn keep(store: Store, client: Client, nickname: String) {
    loop {
        tokio::time::sleep(KEPT / 3).await;
        match store.keep(&nickname, client.sid()).await {
            Ok(true) => {}
            // Redis was away for long, and somebody else may have it now.
            Ok(false) => drop(client.disconnect()),
            Err(error) => tracing::warn!(nickname, %error, "the nickname is not kept"),
        }
    }
}
// ANCHOR_END: keep

pub(crate) fn check_length(what: &str, text: &str, most: usize) -> Result {
    if (1..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(Error::public(format!("{what} has 1 to {most} characters")))
    }
}
