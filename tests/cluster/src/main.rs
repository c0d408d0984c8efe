//! One server of a cluster. It listens on a free port and says on which.
//!
//! ```text
//! CLUSTER=redis://127.0.0.1/ cargo run -p cluster-tests
//! ```

use std::{env, error::Error as StdError, io::stderr, time::Duration};

use axum::Router;
use hobnob::{Cluster, Postgres, Redis, prelude::*};
use tokio::net::TcpListener;

fn milliseconds(name: &str) -> Option<Duration> {
    let value = env::var(name).ok()?.parse().ok()?;
    Some(Duration::from_millis(value))
}

async fn cluster(url: &str) -> Result<Cluster> {
    let patience = milliseconds("PATIENCE").unwrap_or_default();
    let mut cluster = if url.starts_with("postgres") {
        Cluster::new(Postgres::connect(url).wait(patience).await?)
    } else {
        let mut urls = url.split(' ');
        let first = urls.next().unwrap_or_default();
        let connecting = urls.fold(Redis::connect(first), hobnob::ConnectRedis::or);
        Cluster::new(connecting.wait(patience).await?)
    };
    if let Some(interval) = milliseconds("HEARTBEAT") {
        cluster = cluster
            .heartbeat_interval(interval)
            .heartbeat_timeout(interval * 5);
    }
    if let Some(timeout) = milliseconds("REQUEST_TIMEOUT") {
        cluster = cluster.request_timeout(timeout);
    }
    for channel in env::var("PYTHON_WORKERS")
        .iter()
        .flat_map(|all| all.split(' '))
    {
        cluster = cluster.python_workers(channel);
    }
    Ok(cluster)
}

async fn serve() -> Result {
    let mut builder = cluster_tests::builder();
    if let Ok(url) = env::var("CLUSTER") {
        builder = builder.cluster(cluster(&url).await?);
    }
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    #[expect(
        clippy::print_stdout,
        reason = "the test that started it waits for this"
    )]
    {
        println!("listening on http://{}", listener.local_addr()?);
    }
    socketio.serve_on(listener, Router::new()).await
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(env::var("LOG").unwrap_or_else(|_| "warn".to_owned()))
        .with_writer(stderr)
        .init();
    let Err(error) = serve().await else {
        return std::process::ExitCode::SUCCESS;
    };
    let mut text = error.to_string();
    let mut next: Option<&dyn StdError> = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    #[expect(
        clippy::print_stdout,
        reason = "the test that started it waits for this"
    )]
    {
        println!("cannot serve: {text}");
    }
    std::process::ExitCode::FAILURE
}
