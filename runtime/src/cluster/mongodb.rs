//! MongoDB between the servers, with the engine's own adapter for it.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use socketioxide_mongodb::{
    MongoDbAdapter, MongoDbAdapterConfig, MongoDbAdapterCtr,
    drivers::mongodb::{
        MongoDbDriver,
        mongodb_client::{Client, bson::doc, error::Error, options::ClientOptions},
    },
};
use tokio::time::{Instant, sleep};

use super::Cluster;
use crate::adapter::ClusterError;

/// How long MongoDB may take to be found.
const LIMIT: Duration = Duration::from_secs(5);

/// MongoDB between the servers of a cluster, as a replica set. With the feature `mongodb`.
///
/// The engine's own adapter does the work, as it is; hobnob does not test it. Unlike `Redis` and
/// `Postgres` it does not tell who has not answered, broadcasts reach nobody while the database is away,
/// and a server must be started again afterwards. Classes for all namespaces, at `"*"`, do not work with
/// it where several clients come first at once.
pub struct MongoDb(MongoDbAdapterCtr<MongoDbDriver>);

impl MongoDb {
    /// Connects when awaited. See [`ConnectMongoDb`] for what else can be said before.
    ///
    /// The URL names the database, as in `mongodb://127.0.0.1/chat`.
    pub fn connect(url: impl Into<String>) -> ConnectMongoDb {
        ConnectMongoDb {
            url: url.into(),
            config: MongoDbAdapterConfig::new(),
            patience: Duration::ZERO,
        }
    }
}

impl fmt::Debug for MongoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MongoDb").finish_non_exhaustive()
    }
}

impl From<MongoDb> for Cluster {
    fn from(mongodb: MongoDb) -> Self {
        Self::of_engine::<MongoDbAdapter<_>>(mongodb.0)
    }
}

/// A connection to be, made by [`MongoDb::connect`]: await it.
///
/// # Errors
///
/// If the URL is none or names no database, or MongoDB cannot be reached.
#[must_use = "nothing is connected before it is awaited"]
pub struct ConnectMongoDb {
    url: String,
    config: MongoDbAdapterConfig,
    patience: Duration,
}

impl ConnectMongoDb {
    /// The collection that messages go through: `socket.io-adapter`. Servers that share it are one
    /// cluster.
    pub fn collection(mut self, name: impl Into<String>) -> Self {
        self.config = self.config.with_collection(name.into());
        self
    }

    /// How long to wait for what the other servers say of their clients: 5 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.config = self.config.with_request_timeout(timeout);
        self
    }

    /// How long to wait for MongoDB if it is away: not at all, unless told so. An error comes
    /// afterwards.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn connect(&self) -> Result<MongoDb, Error> {
        let mut options = ClientOptions::parse(&self.url).await?;
        options.server_selection_timeout = Some(LIMIT);
        let client = Client::with_options(options)?;
        let database = client.default_database();
        let database = database.ok_or_else(|| Error::custom("the URL names no database"))?;
        database.run_command(doc! { "ping": 1 }).await?;
        let config = self.config.clone();
        let state = MongoDbAdapterCtr::new_with_mongodb_config(database, config).await?;
        Ok(MongoDb(state))
    }
}

impl IntoFuture for ConnectMongoDb {
    type Output = Result<MongoDb, ClusterError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let deadline = Instant::now() + self.patience;
            loop {
                match self.connect().await {
                    Ok(mongodb) => return Ok(mongodb),
                    Err(error) if Instant::now() >= deadline => {
                        return Err(ClusterError::unreachable(format_args!("MongoDB: {error}")));
                    }
                    Err(_) => sleep(Duration::from_secs(1)).await,
                }
            }
        })
    }
}

impl fmt::Debug for ConnectMongoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password.
        f.debug_struct("ConnectMongoDb").finish_non_exhaustive()
    }
}
