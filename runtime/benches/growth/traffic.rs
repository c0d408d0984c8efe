//! Many events, answered: what the process holds after a tenth of them, and after all.

use std::fs;

use tokio_tungstenite::tungstenite::Message;

use crate::{
    in_memory::Client,
    measure::{Held, cost, held},
    server::Server,
    verdict::Verdict,
};

/// How many clients send.
const CLIENTS: usize = 10;

/// How many events each of them has on the way.
const AT_ONCE: usize = 10;

pub(crate) fn table(sizes: &[usize], verdict: &mut Verdict) {
    println!("\ntraffic: events answered to {CLIENTS} clients, and what is held then");
    println!(
        "{:>10} {:>12} {:>10} {:>10} {:>10}",
        "events", "bytes", "blocks", "RSS, KiB", "ns each"
    );
    for &events in sizes {
        let mut server = Server::start();
        let mut clients: Vec<_> = (0..CLIENTS).map(|_| server.connect()).collect();
        let mut tenth = None;
        let mut done = 0;
        for upto in [events / 100, events / 10, events] {
            let rounds = (upto - done).div_ceil(CLIENTS * AT_ONCE);
            let serving = rounds * CLIENTS * AT_ONCE;
            let (cost, ()) = cost(serving.max(1), || {
                for _ in 0..rounds {
                    for (client, _) in &mut clients {
                        serve(&server, client, done);
                        done += AT_ONCE;
                    }
                }
            });
            let held = held();
            show(done, held, cost.nanoseconds);
            if upto == events / 10 {
                tenth = Some(held);
            }
            if let Some(tenth) = tenth {
                let grown = held.bytes - tenth.bytes;
                verdict.check_held("so many events", grown);
            }
        }
    }
}

fn show(events: usize, held: Held, nanoseconds: f64) {
    let Held { bytes, blocks } = held;
    let rss = resident().map_or_else(|| "?".to_owned(), |kib| kib.to_string());
    println!("{events:>10} {bytes:>12} {blocks:>10} {rss:>10} {nanoseconds:>10.0}");
}

/// Some events at once, with numbers from here on, and their answers in order.
fn serve(server: &Server, client: &mut Client, from: usize) {
    let numbers = from..from + AT_ONCE;
    let events = numbers.clone();
    let events: Vec<_> = events
        .map(|number| Message::text(format!(r#"42{number}["echo",{number}]"#)))
        .collect();
    server.runtime.block_on(async {
        client.send(&events).await;
        for number in numbers {
            let answer = Message::text(format!("43{number}[{number}]"));
            assert_eq!(client.receive().await, answer);
        }
    });
}

/// What the process has in memory, in KiB, where the system tells it.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
