//! The soak: for three minutes a thousand clients come, talk, stall and drop, half of them over long
//! polling. Nobody who keeps up misses anything, and at the end nothing is left of them.
//!
//! `SOAK_SECONDS` says how long, `SOAK_SEED` which of the possible soaks.

mod server;
mod visitor;

use std::{
    collections::BTreeMap,
    env, fs, io,
    net::SocketAddr,
    process,
    time::{Duration, SystemTime},
};

use fastrand::Rng;
use peak_alloc::PeakAlloc;
use serde::{Deserialize, Serialize};
use tests::{Client as Browser, Program};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::Command,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

/// Of the server, which is a process of its own, it tells what is in use at the moment.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const PLACES: usize = 1000;
const ROOMS: usize = 50;

/// How long anything may take on a machine that is busy with all of them.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the server says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    clients: usize,
    /// Of all rooms together.
    members: usize,
    sessions: usize,
    /// Of the engine.
    sockets: usize,
    tasks: usize,
    come: u64,
    gone: u64,
    reasons: BTreeMap<String, u64>,
    slow_clients: u64,
    slow_packets: u64,
    heap: usize,
}

/// The server, seen from outside.
struct Server {
    program: Program,
}

impl Server {
    async fn start(test: &str) -> Self {
        let this = env::current_exe().expect("a path");
        let mut command = Command::new(this);
        command.args(["--ignored", "--exact", test, "--nocapture"]);
        command.env("SOAK_SERVER", "1");
        let program = Program::run(command).await;
        Self { program }
    }

    fn address(&self) -> SocketAddr {
        self.program.address()
    }

    async fn seen(&self) -> Seen {
        let asking = async {
            let mut stream = TcpStream::connect(self.address()).await?;
            stream.write_all(b"GET /seen HTTP/1.0\r\n\r\n").await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            io::Result::Ok(answer)
        };
        let answer = timeout(PATIENCE, asking).await.expect("an answer in time");
        let answer = answer.expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("what it has seen")
    }

    fn open_files(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.program.pid());
        fs::read_dir(folder).expect("its files").count()
    }

    /// In KiB.
    fn resident(&self) -> String {
        let file = format!("/proc/{}/status", self.program.pid());
        let status = fs::read_to_string(file).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.expect("its memory")[6..].trim().to_owned()
    }

    /// Waits until nothing is left of anybody: of the kinds of things the server holds, none is there,
    /// and no task and no open file more than at the `start`. Then what it holds in memory.
    async fn expect_empty(&self, start: &Seen, open_files: usize) -> Seen {
        let deadline = Instant::now() + 2 * PATIENCE;
        loop {
            let seen = self.seen().await;
            let held = [seen.clients, seen.members, seen.sessions, seen.sockets];
            let files = self.open_files();
            if held == [0; 4] && seen.tasks <= start.tasks && files <= open_files {
                assert_eq!(seen.come, seen.gone, "{seen:?}");
                return seen;
            }
            let left = Instant::now() < deadline;
            assert!(
                left,
                "not empty: {files} files of {open_files}, {seen:?}, at first {start:?}"
            );
            sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Lets them come and go for a while. How many answers the witnesses got.
async fn soak(server: &Server, mut rng: Rng, time: Duration) -> u64 {
    let address = server.address();
    let end = Instant::now() + time;
    let mut places = JoinSet::new();
    for number in 0..PLACES {
        places.spawn(visitor::place(address, number, rng.fork(), end));
    }
    let mut witnesses = JoinSet::new();
    for _ in 0..2 {
        for browser in [Browser::websocket(address), Browser::polling(address)] {
            witnesses.spawn(visitor::witness(browser, end));
        }
    }
    let watch = async {
        while Instant::now() < end {
            sleep_until(end.min(Instant::now() + Duration::from_secs(15))).await;
            let seen = server.seen().await;
            say(&format!("{seen:?}, resident {}", server.resident()));
        }
    };
    // A mistake that one of them finds ends it all.
    let visit = async {
        while let Some(left) = places.join_next().await {
            left.expect("a visitor without complaint");
        }
    };
    let attend = async {
        let mut answers = 0;
        while let Some(asked) = witnesses.join_next().await {
            answers += asked.expect("a witness without complaint");
        }
        answers
    };
    tokio::join!(watch, visit, attend).2
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs three minutes"]
async fn a_thousand_come_and_talk_and_nothing_is_left_of_them() {
    if env::var_os("SOAK_SERVER").is_some() {
        server::run().await.expect("it is stopped from outside");
        return;
    }
    let number = |name, default| match env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    };
    let time = Duration::from_secs(number("SOAK_SECONDS", 180));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let any = now.map_or(0, |now| now.as_secs()) ^ u64::from(process::id());
    let seed = number("SOAK_SEED", any);
    say(&format!("SOAK_SEED={seed} for {time:?}"));
    let mut rng = Rng::with_seed(seed);

    let server = Server::start("a_thousand_come_and_talk_and_nothing_is_left_of_them").await;
    let (start, files) = (server.seen().await, server.open_files());
    visitor::crowd(server.address(), 2 * PLACES).await;
    let warming = (time / 6).max(Duration::from_secs(25));
    soak(&server, rng.fork(), warming).await;
    let before = server.expect_empty(&start, files).await;
    say(&format!("warm: {before:?}, resident {}", server.resident()));
    let answers = soak(&server, rng.fork(), time).await;
    let after = server.expect_empty(&start, files).await;
    say(&format!("over: {after:?}, resident {}", server.resident()));

    assert!(answers > 0);
    let many = u64::try_from(PLACES).expect("a small number");
    assert!(after.come - before.come > many, "{after:?}");
    assert!(after.slow_clients > before.slow_clients, "{after:?}");
    assert!(
        after.heap * 10 <= before.heap * 11,
        "{before:?}, then {after:?}"
    );
}

#[expect(clippy::print_stderr, reason = "who runs it wants to see how it goes")]
fn say(what: &str) {
    eprintln!("{what}");
}
