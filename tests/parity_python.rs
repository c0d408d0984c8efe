//! hobnob beside the original: the same applications on both, the official Python client on it, and what
//! the clients saw compared event by event. `tests/run` makes the virtual environment.

#[expect(
    clippy::needless_pass_by_value,
    reason = "handlers own what they are given"
)]
#[path = "parity/on_hobnob/mod.rs"]
mod on_hobnob;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use hobnob::{SocketIoBuilder, prelude::*};
use tokio::{net::TcpListener, task::JoinHandle};

struct Server {
    socketio: SocketIo,
    address: String,
    running: JoinHandle<Result>,
}

impl Server {
    async fn start(builder: SocketIoBuilder) -> Result<Self> {
        let socketio = builder.build().await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let running = tokio::spawn({
            let socketio = socketio.clone();
            let routes = on_hobnob::routes(socketio.clone());
            async move { socketio.serve_on(listener, routes).await }
        });
        Ok(Self {
            socketio,
            address,
            running,
        })
    }

    async fn end(self) -> Result {
        self.socketio.shutdown().await;
        self.running.await?
    }
}

/// The interpreter that has the packages of `tests/parity/requirements.txt`.
fn python() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::var_os("PARITY_PYTHON")
        .map_or_else(|| workspace.join("target/parity/bin/python"), PathBuf::from)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python and the packages of tests/parity"]
async fn clients_see_what_they_see_of_flask_socketio() -> Result {
    let applications = [
        ("plain", on_hobnob::plain()),
        ("hasty", on_hobnob::hasty()),
        ("any_function", on_hobnob::any_function()),
        ("any_class", on_hobnob::any_class()),
    ];
    let mut servers = Vec::new();
    for (name, builder) in applications {
        servers.push((name, Server::start(builder).await?));
    }
    let drive = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity/drive.py");
    let mut command = Command::new(python());
    command
        .arg(drive)
        .args(
            servers
                .iter()
                .map(|(name, server)| format!("{name}={}", server.address)),
        )
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let status = tokio::task::spawn_blocking(move || command.status()).await??;
    for (_, server) in servers {
        server.end().await?;
    }
    assert!(status.success(), "{status}; its output says what differs");
    Ok(())
}
