//! What ten stalled of a thousand members cost a broadcast. Nothing is asserted of time: it prints.
//!
//! ```text
//! cargo test --release -p tests --test slow -- --ignored --nocapture
//! ```

use std::{
    env, fs,
    io::{self, Read},
    process, thread,
    time::{Duration, Instant},
};

use axum::Router;
use hobnob::{SlowClientPolicy, prelude::*};
use serde_json::json;
use tests::{Client as Browser, Program, Socket};
use tokio::{net::TcpListener, process::Command, time::sleep};

const TEST: &str = "price::ten_stalled_of_a_thousand_cost_a_broadcast";
const MEMBERS: usize = 1000;
const STALLED: usize = 10;
const BROADCASTS: usize = 300;

struct Hall;

#[namespace("/hall")]
impl Hall {
    fn on_connect(&self, client: Client, room: String) -> Result<()> {
        Ok(client.join(room)?)
    }

    /// Sends a number of broadcasts, with time for everybody to read between them.
    async fn on_broadcast(&self, client: Client, number: usize) -> Result<Times> {
        let text = "x".repeat(100);
        let (mut times, mut missed) = (Vec::new(), 0);
        for _ in 0..number {
            let start = Instant::now();
            missed += client.to("hall").emit("news", &text).await?.missed();
            times.push(start.elapsed().as_micros());
            sleep(Duration::from_millis(20)).await;
        }
        times.sort_unstable();
        Ok(Times {
            median: times[number / 2],
            late: times[number * 95 / 100],
            longest: times[number - 1],
            missed,
        })
    }
}

/// In microseconds.
#[derive(Debug, Serialize, Deserialize)]
struct Times {
    median: u128,
    late: u128,
    longest: u128,
    missed: usize,
}

/// Serves in a process of its own, until its standard input ends.
#[expect(clippy::print_stdout, reason = "this is how it says where it listens")]
async fn serve(policy: SlowClientPolicy) -> Result {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    let builder = SocketIo::builder()
        .namespace(Hall)
        .max_waiting_packets(100)
        .slow_clients(policy);
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    socketio.serve_on(listener, Router::new()).await
}

struct Hosted {
    program: Program,
    readers: Vec<Socket>,
    /// In another room.
    speaker: Socket,
}

impl Hosted {
    /// Broadcasts and waits until all readers have everything.
    async fn measure(&self, what: &str) {
        let before = self.processor_time();
        let times = self.speaker.call("broadcast", (BROADCASTS,)).await;
        let times: Times = serde_json::from_value(times.only()).expect("times");
        for reader in &self.readers {
            for _ in 0..BROADCASTS {
                reader.expect("news").await;
            }
        }
        let used = self.processor_time() - before;
        say(&format!(
            "{what}: {times:?} µs, {used} ms of the server's processor time"
        ));
    }

    /// In milliseconds, as exact as the system counts it.
    fn processor_time(&self) -> u64 {
        let file = format!("/proc/{}/stat", self.program.pid());
        let stat = fs::read_to_string(file).expect("its numbers");
        let (_, numbers) = stat.rsplit_once(')').expect("its name");
        let ticks = numbers.split_whitespace().skip(11).take(2);
        ticks
            .map(|ticks| ticks.parse::<u64>().expect("a number") * 10)
            .sum()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a quiet machine, and prints what it measures"]
async fn ten_stalled_of_a_thousand_cost_a_broadcast() {
    match env::var("HALL_POLICY").as_deref() {
        Ok("disconnect") => return serve(SlowClientPolicy::Disconnect).await.expect("a server"),
        Ok(_) => return serve(SlowClientPolicy::Drop).await.expect("a server"),
        Err(_) => {}
    }
    for policy in ["disconnect", "drop"] {
        let mut command = Command::new(env::current_exe().expect("a path"));
        command.args(["--ignored", "--exact", TEST, "--nocapture"]);
        command.env("HALL_POLICY", policy);
        let program = Program::run(command).await;
        let browser = Browser::websocket(program.address()).patience(Duration::from_mins(1));
        let mut readers = Vec::new();
        for _ in 0..MEMBERS - STALLED {
            readers.push(browser.connect("/hall", json!("hall")).await);
        }
        let speaker = browser.connect("/hall", json!("desk")).await;
        let hosted = Hosted {
            program,
            readers,
            speaker,
        };
        say(&format!("policy {policy}, {BROADCASTS} broadcasts to each"));
        hosted.measure("990 members, none stalled").await;
        let mut stalled = Vec::new();
        for _ in 0..STALLED {
            let browser = Browser::polling(hosted.program.address());
            let socket = browser.connect("/hall", json!("hall")).await;
            socket.connection().stop_reading();
            stalled.push(socket);
        }
        hosted.measure("10 more that stall and become full").await;
        hosted.measure("after that").await;
    }
}

#[expect(clippy::print_stderr, reason = "whoever runs it wants to see it")]
fn say(what: &str) {
    eprintln!("{what}");
}
