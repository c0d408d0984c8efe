//! A server of the cluster as a process of its own.

use std::{fs::File, net::SocketAddr, path::PathBuf, process::Command as Blocking, time::Duration};

use tests::{Program, eventually};
use tokio::process::Command;

/// How a node is started.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    /// Where the cluster is; the node is alone without it.
    pub cluster: Option<String>,
    /// How often it says that it is there. It counts as gone after five times as long.
    pub heartbeat: Option<Duration>,
    /// How long it waits for what others say.
    pub request_timeout: Option<Duration>,
    /// How long it waits for the backend when it starts.
    pub patience: Option<Duration>,
    /// The channels of Python workers, with spaces between.
    pub python_workers: Option<String>,
    /// The file that its log goes to.
    pub log: Option<PathBuf>,
}

impl NodeOptions {
    /// A node of the cluster at `url` that waits for the backend for a while.
    pub fn of(url: impl Into<String>) -> Self {
        Self {
            cluster: Some(url.into()),
            patience: Some(Duration::from_secs(20)),
            ..Self::default()
        }
    }

    /// What runs the program at `path` with these options.
    ///
    /// # Panics
    ///
    /// If there can be no file for the log.
    pub fn command(&self, path: &str) -> Command {
        let mut command = Command::new(path);
        let milliseconds = |duration: Duration| duration.as_millis().to_string();
        let texts = [
            ("CLUSTER", self.cluster.clone()),
            ("HEARTBEAT", self.heartbeat.map(milliseconds)),
            ("REQUEST_TIMEOUT", self.request_timeout.map(milliseconds)),
            ("PATIENCE", self.patience.map(milliseconds)),
            ("PYTHON_WORKERS", self.python_workers.clone()),
        ];
        for (name, text) in texts {
            match text {
                Some(text) => command.env(name, text),
                None => command.env_remove(name),
            };
        }
        if let Some(log) = &self.log {
            command.stderr(File::create(log).expect("a file for the log"));
        }
        command
    }
}

/// A running node. It is killed when this is dropped.
#[derive(Debug)]
pub struct Node {
    program: Program,
    pid: u32,
}

impl Node {
    /// Starts the program at `path` and waits until it listens.
    ///
    /// # Panics
    ///
    /// If it does not in time.
    pub async fn start(path: &str, options: &NodeOptions) -> Self {
        let program = Program::run(options.command(path)).await;
        let pid = program.pid();
        Self { program, pid }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.program.address()
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends it at once, without a word to anybody.
    pub fn kill(&self) {
        signal(self.pid, "KILL");
    }

    /// Ends it in order.
    pub fn terminate(&self) {
        signal(self.pid, "TERM");
    }

    /// Makes it hang, and waits until it does.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn pause(&self) {
        signal(self.pid, "STOP");
        let pid = self.pid.to_string();
        eventually("the process to be stopped", async || {
            let state = Blocking::new("ps")
                .args(["-o", "stat=", "-p", &pid])
                .output();
            state.is_ok_and(|state| state.stdout.starts_with(b"T"))
        })
        .await;
    }

    /// Lets it go on.
    pub fn resume(&self) {
        signal(self.pid, "CONT");
    }
}

/// Sends a signal to one process.
///
/// # Panics
///
/// If there is no such process.
pub fn signal(pid: u32, name: &str) {
    let sent = Blocking::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status();
    assert!(sent.is_ok_and(|status| status.success()), "{name} to {pid}");
}
