//! Whole sessions: what one client does that keeps to no rule, beside one that does. Whatever the first
//! has done, every client that was let in is seen off once, nobody is left, and the second gets its
//! answers in order.

mod class;
mod client;
mod script;
mod witness;

use std::{future::Future, time::Duration};

use tokio::{runtime, time};

use self::{client::Client, script::Step, witness::Witness};
use super::{memory::Memory, panics, visits::Visits};

/// How long anything may take, of the time of the run: nobody waits for it.
const DEADLINE: Duration = Duration::from_mins(10);

/// Plays the script that the input is against a server of its own.
///
/// # Panics
///
/// If something is not as it has to be.
pub fn run(input: &[u8]) {
    panics::watch();
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let visits = Visits::default();
    runtime.block_on(play(input, &visits));
    drop(runtime);
    assert_eq!(visits.wrong(), [""; 0]);
    assert!(!visits.is_shared(), "something keeps the server");
    panics::check();
}

async fn play(input: &[u8], visits: &Visits) {
    let script = script::parse(input);
    let socketio = class::server(visits, script.anywhere).await;
    let at_first = socketio.namespaces().len();
    let memory = Memory::new(&socketio);
    let mut witness = Witness::enter(&memory).await;
    let mut client = Client::new(memory);
    for step in &script.steps {
        client.take(step).await;
        if !matches!(step, Step::Text(_) | Step::Binary(_)) {
            witness.ask();
        }
    }
    client.drop_connection();

    let witnesses = witness::NAMESPACES.len();
    within("all others to be seen off", async || {
        let counts = visits.counts();
        let mut here = 0;
        for namespace in socketio.namespaces() {
            here += namespace.clients().await.expect("the clients").len();
        }
        here == witnesses
            && counts.begun == counts.ended + witnesses
            && counts.begun == counts.dropped + witnesses
            && socketio.namespaces().len() == at_first
    })
    .await;
    for namespace in socketio.namespaces() {
        for (room, expected) in [(class::ROOM, true), ("other", false)] {
            let expected = expected && witness::NAMESPACES.contains(&namespace.path());
            let there = namespace.room(room).len().await.expect("a number");
            assert_eq!(there, usize::from(expected), "in {room} of {namespace:?}");
        }
    }

    witness.ask();
    within("the witness to have its answers", async || {
        witness.has_all()
    })
    .await;
    witness.close().await;
    within("the witness to be seen off", async || {
        let counts = visits.counts();
        counts.begun == counts.ended && counts.begun == counts.dropped
    })
    .await;
    let ended = time::timeout(DEADLINE, socketio.shutdown()).await;
    assert!(ended.is_ok(), "the shutdown did not end");
    // A session over polling that is in no namespace is only ended by its ping timeout, and the engine
    // would keep it, and what a class for all namespaces has, beyond the end of the runtime.
    time::sleep(Duration::from_mins(1)).await;
}

/// Waits until the condition holds. The time is not that of the clock: it passes at once when nobody has
/// anything to do.
async fn within<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let waiting = async {
        let mut pause = Duration::from_millis(1);
        while !condition().await {
            time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    };
    let held = time::timeout(DEADLINE, waiting).await;
    assert!(held.is_ok(), "waited {DEADLINE:?} for {what}");
}
