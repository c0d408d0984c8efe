//! Redis and PostgreSQL, each on a free port of its own, with its data in a folder of its own.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use tests::DEADLINE;

use crate::signal;

/// Tries until it succeeds.
fn until(what: &str, mut attempt: impl FnMut() -> io::Result<()>) {
    let start = Instant::now();
    while let Err(error) = attempt() {
        assert!(
            start.elapsed() < DEADLINE * 4,
            "waited until {what}: {error}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// A folder that is gone afterwards.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("hobnob-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A program that is started, ended and started again.
#[derive(Debug)]
struct Service {
    program: PathBuf,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Service {
    fn start(&mut self) {
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child =
            Some(child.unwrap_or_else(|error| panic!("{}: {error}", self.program.display())));
    }

    fn end(&mut self, with: &str) {
        if let Some(mut child) = self.child.take() {
            signal(child.id(), "CONT");
            signal(child.id(), with);
            let _ = child.wait();
        }
    }

    fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("it runs");
        signal(child.id(), name);
    }
}

/// A Redis server.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    service: Service,
    _folder: Folder,
}

impl RedisServer {
    /// Starts one, and waits until it answers.
    pub fn start() -> Self {
        let mut server = Self::away();
        server.start_again();
        server
    }

    /// As [`start`](Self::start), as a node of a Redis Cluster.
    pub fn start_in_cluster() -> Self {
        let mut server = Self::away();
        let more = ["--cluster-enabled", "yes"].map(str::to_owned);
        server.service.arguments.extend(more);
        server.start_again();
        server
    }

    /// One that does not run yet.
    pub fn away() -> Self {
        let (port, folder) = (free_port(), Folder::new());
        let arguments = format!("--port {port} --bind 127.0.0.1 --save  --dir");
        let mut arguments: Vec<_> = arguments.split(' ').map(str::to_owned).collect();
        arguments.push(folder.0.display().to_string());
        let service = Service {
            program: "redis-server".into(),
            arguments,
            child: None,
        };
        Self {
            port,
            service,
            _folder: folder,
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Makes two nodes of a Redis Cluster know each other.
    pub fn meet(&self, other: &Self) {
        self.command(&format!("CLUSTER MEET 127.0.0.1 {}", other.port));
        for (node, known) in [(self, other), (other, self)] {
            let known = format!("127.0.0.1:{}@", known.port);
            until("the nodes know each other", || {
                let nodes = node.command("CLUSTER NODES");
                let mut lines = nodes.lines().filter(|line| line.contains(&known));
                let connected = lines.any(|line| line.contains(" connected"));
                connected
                    .then_some(())
                    .ok_or_else(|| io::Error::other(nodes))
            });
        }
    }

    /// What it answers to a command.
    fn command(&self, command: &str) -> String {
        let port = self.port.to_string();
        let mut client = Command::new("redis-cli");
        client.args(["-p", &port]).args(command.split(' '));
        let output = client.output().expect("redis-cli runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Ends it at once.
    pub fn stop(&mut self) {
        self.service.end("KILL");
    }

    /// Starts it after a [`stop`](Self::stop), and waits until it answers.
    pub fn start_again(&mut self) {
        self.service.start();
        until("Redis answers", || {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.write_all(b"PING\r\n")?;
            stream.read_exact(&mut [0; 5])
        });
    }

    /// Makes it hang: connections stay, and nothing is answered.
    pub fn pause(&self) {
        self.service.signal("STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.service.signal("CONT");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A PostgreSQL server. It does not run as root, so it runs as `nobody` where the tests do.
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    service: Service,
    _folder: Folder,
}

impl PostgresServer {
    /// Starts one, and waits until it answers.
    ///
    /// # Panics
    ///
    /// If it is not installed.
    pub fn start() -> Self {
        let (port, folder) = (free_port(), Folder::new());
        let (programs, data) = (programs(), folder.0.join("data"));
        if is_root() {
            let owned = Command::new("chown").arg("nobody").arg(&folder.0).status();
            assert!(owned.is_ok_and(|status| status.success()), "chown");
        }
        let data = data.display().to_string();
        let initdb = programs.join("initdb").display().to_string();
        let initdb = [
            &initdb,
            "-D",
            &data,
            "-U",
            "hobnob",
            "-A",
            "trust",
            "--no-sync",
        ];
        let (program, arguments) = not_as_root(&initdb);
        let made = Command::new(program).args(arguments).output();
        let made = made.expect("initdb runs");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );

        let postgres = programs.join("postgres").display().to_string();
        let (folder_text, port_text) = (folder.0.display().to_string(), port.to_string());
        let postgres = [
            &postgres,
            "-D",
            &data,
            "-k",
            &folder_text,
            "-p",
            &port_text,
            "-c",
            "listen_addresses=127.0.0.1",
        ];
        let (program, arguments) = not_as_root(&postgres);
        let service = Service {
            program: program.into(),
            arguments,
            child: None,
        };
        let mut server = Self {
            port,
            service,
            _folder: folder,
        };
        server.start_again();
        server
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("postgres://hobnob@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it at once, all connections with it.
    pub fn stop(&mut self) {
        self.service.end("QUIT");
    }

    /// Starts it after a [`stop`](Self::stop), and waits until it answers.
    pub fn start_again(&mut self) {
        self.service.start();
        let port = self.port.to_string();
        until("PostgreSQL answers", || {
            let mut asking = Command::new(programs().join("pg_isready"));
            let asked = asking
                .args(["-q", "-h", "127.0.0.1", "-p", &port])
                .status()?;
            let failed = || io::Error::other(asked.to_string());
            asked.success().then_some(()).ok_or_else(failed)
        });
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// The program and its arguments, run as somebody who is not root. It stays the same process.
fn not_as_root(command: &[&str]) -> (String, Vec<String>) {
    let nobody = [
        "setpriv",
        "--reuid=nobody",
        "--regid=nogroup",
        "--clear-groups",
    ];
    let prefix = if is_root() { &nobody[..] } else { &[] };
    let mut words = prefix.iter().chain(command).map(|&word| word.to_owned());
    (words.next().expect("a program"), words.collect())
}

/// Where the programs of the newest PostgreSQL are: Debian does not put them into the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    let newest = folders
        .filter(|folder| folder.join("initdb").exists())
        .max();
    newest.unwrap_or_else(|| Path::new("").to_owned())
}
