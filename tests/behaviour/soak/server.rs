//! The server of the soak, in a process of its own: what it holds is nobody else's.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use axum::{Json, Router, extract::State, routing::get};
use hobnob::prelude::*;
use tokio::{net::TcpListener, runtime::Handle, time};

use crate::{HEAP, ROOMS, Seen};

/// More packets than may wait, of more bytes than a connection takes.
const FLOOD: usize = 8_000;

#[derive(Default)]
struct Soak {
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    come: AtomicU64,
    gone: AtomicU64,
    reasons: Mutex<BTreeMap<String, u64>>,
    /// As many references as there are sessions, and one more.
    sessions: Arc<()>,
}

struct Visit {
    room: String,
    _counted: Arc<()>,
}

#[namespace("/soak", session = Visit)]
impl Soak {
    fn on_connect(&self, client: Client, room: String) -> Result<Visit> {
        client.join(&room)?;
        self.counts.come.fetch_add(1, Ordering::Relaxed);
        Ok(Visit {
            room,
            _counted: Arc::clone(&self.counts.sessions),
        })
    }

    fn on_fence(&self) {}

    fn on_echo(&self, number: u64, text: String) -> (u64, String) {
        (number, text)
    }

    fn on_file(&self, file: Bytes) -> Bytes {
        file
    }

    async fn on_say(&self, client: Client, visit: Session<Visit>, number: u64) -> Result {
        let said = client.to(&visit.room).emit("said", (client.sid(), number));
        said.await?;
        Ok(())
    }

    async fn on_ask(&self, client: Client, number: u64) -> Result<u64> {
        Ok(client.call("question", number).await?)
    }

    #[event("ask beside", concurrent)]
    async fn ask_beside(&self, client: Client, number: u64) -> Result<u64> {
        Ok(client.call("question", number).await?)
    }

    fn on_flood(&self, client: Client) {
        let text = "x".repeat(1000);
        let sent = (0..FLOOD).take_while(|_| client.emit("flood", &text).is_ok());
        sent.for_each(drop);
    }

    fn on_disconnect(&self, reason: DisconnectReason) {
        self.counts.gone.fetch_add(1, Ordering::Relaxed);
        let mut reasons = self.counts.reasons.lock().expect("nobody panics");
        *reasons.entry(reason.to_string()).or_default() += 1;
    }
}

/// Serves until the standard input ends.
#[expect(clippy::print_stdout, reason = "this is how it says where it listens")]
pub(crate) async fn run() -> Result {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    let soak = Soak::default();
    let counts = Arc::clone(&soak.counts);
    let socketio = SocketIo::builder()
        .namespace(soak)
        .max_waiting_packets(256)
        .ping_interval(Duration::from_secs(5))
        .ping_timeout(Duration::from_secs(30))
        .write_timeout(Duration::from_secs(2))
        .build()
        .await?;
    let ticking = socketio.clone();
    socketio.spawn(async move {
        let mut ticks = time::interval(Duration::from_millis(100));
        for number in 0_u64.. {
            ticks.tick().await;
            // To the witnesses.
            let ticked = ticking.of("/soak").to("witness").emit("tick", number).await;
            drop(ticked);
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = Router::new().route("/seen", get(seen));
    let app = app.with_state((socketio.clone(), counts));
    socketio.serve_on(listener, app).await
}

/// All that can be seen of what the server holds.
async fn seen(State((socketio, counts)): State<(SocketIo, Arc<Counts>)>) -> Result<Json<Seen>> {
    let soak = socketio.of("/soak");
    let mut members = soak.room("witness").len().await?;
    for number in 0..ROOMS {
        members += soak.room(format!("room {number}")).len().await?;
    }
    let engine = socketio.engine().of("/soak");
    let counters = socketio.counters();
    Ok(Json(Seen {
        clients: soak.clients().await?.len(),
        members,
        sessions: Arc::strong_count(&counts.sessions) - 1,
        sockets: engine.map_or(0, |engine| engine.sockets().len()),
        tasks: Handle::current().metrics().num_alive_tasks(),
        come: counts.come.load(Ordering::Relaxed),
        gone: counts.gone.load(Ordering::Relaxed),
        reasons: counts.reasons.lock().expect("nobody panics").clone(),
        slow_clients: counters.slow_clients,
        slow_packets: counters.slow_packets,
        heap: HEAP.current_usage(),
    }))
}
