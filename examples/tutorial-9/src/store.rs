//! What the nodes share, in Redis: who has which nickname, and what was said.

use std::{collections::BTreeSet, time::Duration};

use hobnob::prelude::*;
use redis::{AsyncCommands as _, ExistenceCheck, SetExpiry, SetOptions, aio::ConnectionManager};

/// How long a nickname is kept if its client is not heard of: its node may be gone.
pub(crate) const KEPT: Duration = Duration::from_mins(1);

/// How many messages a room remembers.
const REMEMBERED: isize = 50;

/// How many seconds a room is remembered after its last message.
const FORGOTTEN_AFTER: i64 = 24 * 60 * 60;

#[derive(Deserialize, Serialize)]
pub(crate) struct Message {
    /// Counted in each room, so that the page can put them in order.
    id: u64,
    from: String,
    text: String,
}

/// Cheap to clone: all clones share a connection, which is made again when it breaks.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) redis: ConnectionManager,
}

impl Store {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let redis = redis::Client::open(url)?.get_connection_manager().await?;
        Ok(Self { redis })
    }

    // ANCHOR: take
    /// Takes a nickname for a client; `false` if another one has it.
    pub(crate) async fn take(&self, nickname: &str, sid: Sid) -> Result<bool> {
        let mut redis = self.redis.clone();
        let kept = SetOptions::default().with_expiration(SetExpiry::EX(KEPT.as_secs()));
        let if_free = kept.clone().conditional_set(ExistenceCheck::NX);
        let taken: Option<String> = redis
            .set_options(of_nickname(nickname), sid.as_ref(), if_free)
            .await?;
        if taken.is_none() {
            return Ok(false);
        }
        let () = redis.set_options(of_client(sid), nickname, kept).await?;
        Ok(true)
    }
    // ANCHOR_END: take

    /// Keeps what was taken for another while; `false` if that is over.
    pub(crate) async fn keep(&self, nickname: &str, sid: Sid) -> Result<bool> {
        let mut redis = self.redis.clone();
        let seconds = KEPT.as_secs().cast_signed();
        let (nickname, client): (bool, bool) = redis::pipe()
            .expire(of_nickname(nickname), seconds)
            .expire(of_client(sid), seconds)
            .query_async(&mut redis)
            .await?;
        Ok(nickname && client)
    }

    pub(crate) async fn give_back(&self, nickname: &str, sid: Sid) -> Result {
        let mut redis = self.redis.clone();
        if self.sid_of(nickname).await? == Some(sid) {
            let () = redis.del(of_nickname(nickname)).await?;
        }
        let () = redis.del(of_client(sid)).await?;
        Ok(())
    }

    pub(crate) async fn sid_of(&self, nickname: &str) -> Result<Option<Sid>> {
        let sid: Option<String> = self.redis.clone().get(of_nickname(nickname)).await?;
        Ok(sid.map(|sid| sid.parse()).transpose()?)
    }

    pub(crate) async fn nicknames(&self, clients: &[Sid]) -> Result<BTreeSet<String>> {
        if clients.is_empty() {
            return Ok(BTreeSet::new());
        }
        let keys: Vec<_> = clients.iter().copied().map(of_client).collect();
        let nicknames: Vec<Option<String>> = self.redis.clone().mget(keys).await?;
        Ok(nicknames.into_iter().flatten().collect())
    }

    /// The number of a new list of a room's members.
    pub(crate) async fn next_version(&self, room: &str) -> Result<u64> {
        let key = of_room(room, "version");
        Ok(self.redis.clone().incr(key, 1).await?)
    }

    // ANCHOR: remember
    pub(crate) async fn remember(&self, room: &str, from: &str, text: String) -> Result<Message> {
        let mut redis = self.redis.clone();
        let id = redis.incr(of_room(room, "messages"), 1).await?;
        let from = from.to_owned();
        let message = Message { id, from, text };
        let history = of_room(room, "history");
        let () = redis::pipe()
            .rpush(&history, serde_json::to_string(&message)?)
            .ltrim(&history, -REMEMBERED, -1)
            .expire(&history, FORGOTTEN_AFTER)
            .query_async(&mut redis)
            .await?;
        Ok(message)
    }
    // ANCHOR_END: remember

    pub(crate) async fn history(&self, room: &str) -> Result<Vec<Message>> {
        let history = of_room(room, "history");
        let messages: Vec<String> = self.redis.clone().lrange(history, 0, -1).await?;
        let messages = messages.iter().map(|message| serde_json::from_str(message));
        Ok(messages.collect::<Result<_, _>>()?)
    }
}

// The keys.

fn of_nickname(nickname: &str) -> String {
    format!("chat:nickname:{nickname}")
}

fn of_client(sid: Sid) -> String {
    format!("chat:client:{sid}")
}

fn of_room(room: &str, what: &str) -> String {
    format!("chat:{what}:{room}")
}
