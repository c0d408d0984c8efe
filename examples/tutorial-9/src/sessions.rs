//! The sessions of the pages, in Redis: who logs in on one node is logged in on all.

use async_trait::async_trait;
use redis::{AsyncCommands as _, ExistenceCheck, SetExpiry, SetOptions};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::store::Store;

#[derive(Clone, Debug)]
pub(crate) struct Sessions(pub(crate) Store);

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let if_new = until_it_expires(record).conditional_set(ExistenceCheck::NX);
        while !self.set(record, if_new.clone()).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.set(record, until_it_expires(record)).await.map(drop)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let record: Option<String> = self
            .0
            .redis
            .clone()
            .get(key(id))
            .await
            .map_err(|error| backend(&error))?;
        let record = record.map(|record| serde_json::from_str(&record));
        record
            .transpose()
            .map_err(|error| Error::Decode(error.to_string()))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0
            .redis
            .clone()
            .del(key(id))
            .await
            .map_err(|error| backend(&error))
    }
}

impl Sessions {
    async fn set(&self, record: &Record, options: SetOptions) -> Result<bool> {
        let text =
            serde_json::to_string(record).map_err(|error| Error::Encode(error.to_string()))?;
        let mut redis = self.0.redis.clone();
        let set: Option<String> = redis
            .set_options(key(&record.id), text, options)
            .await
            .map_err(|error| backend(&error))?;
        Ok(set.is_some())
    }
}

fn until_it_expires(record: &Record) -> SetOptions {
    let expiry = record.expiry_date.unix_timestamp().cast_unsigned();
    SetOptions::default().with_expiration(SetExpiry::EXAT(expiry))
}

fn key(id: &Id) -> String {
    format!("chat:session:{id}")
}

fn backend(error: &redis::RedisError) -> Error {
    Error::Backend(error.to_string())
}
