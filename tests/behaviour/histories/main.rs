//! Random histories of several clients in several namespaces, over real sockets: whoever is let in is
//! seen off once, and last; events come in order, and are answered once; nothing is left of anybody.
//!
//! `HISTORIES=5000 cargo test -p tests --test histories` plays more of them.

mod guest;
mod houses;
mod step;
#[expect(unreachable_pub, reason = "the fuzz targets have it too")]
#[path = "../../fuzz/src/visits.rs"]
mod visits;

use std::env;

use futures_util::future::join_all;
use hobnob::SocketIo;
use proptest::{
    collection,
    prelude::any,
    test_runner::{Config, TestRunner},
};
use tests::{Client as Browser, eventually};
use tokio::{net::TcpListener, runtime};

use self::{
    guest::Guest,
    step::{GUESTS, HOUSES, POLLING, Step},
    visits::Visits,
};

/// How many are played where nobody says otherwise.
const CASES: u32 = 150;

/// The longest history.
const LONGEST: usize = 40;

/// Plays a history: step by step, or every client's own steps at the same time as the others'.
async fn play(history: &[Step], at_once: bool) {
    let visits = Visits::default();
    let socketio = houses::builder(&visits).build().await.expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let serving = socketio.clone();
    let server = tokio::spawn(async move { serving.serve_on(listener, axum::Router::new()).await });

    let mut guests: Vec<_> = (0..GUESTS)
        .map(|guest| {
            let polls = guest == POLLING;
            let browser = if polls {
                Browser::polling
            } else {
                Browser::websocket
            };
            Guest::new(browser(address))
        })
        .collect();
    if at_once {
        let playing = guests.iter_mut().enumerate().map(async |(number, guest)| {
            for step in history.iter().filter(|step| step.guest == number) {
                guest.take(&step.deed).await;
            }
            guest.settle().await;
        });
        join_all(playing).await;
    } else {
        for step in history {
            guests[step.guest].take(&step.deed).await;
        }
        for guest in &mut guests {
            guest.settle().await;
        }
    }
    check(&socketio, &visits, &guests).await;

    for guest in &mut guests {
        guest.close().await;
    }
    eventually("all to be seen off", async || {
        let counts = visits.counts();
        counts.begun == counts.ended && counts.begun == counts.dropped
    })
    .await;
    check(&socketio, &visits, &guests).await;
    socketio.shutdown().await;
    server.await.expect("the server").expect("to have served");
    drop(socketio);
    assert!(!visits.is_shared(), "something keeps the classes");
}

/// Who is in a namespace is who has not left it, and nobody else is in its rooms.
async fn check(socketio: &SocketIo, visits: &Visits, guests: &[Guest]) {
    let mut all = 0;
    for house in HOUSES {
        let namespace = socketio.of(house);
        let expected = guests.iter().filter(|guest| guest.is_in(house)).count();
        let what = format!("{expected} clients in {house}");
        eventually(&what, async || {
            namespace.clients().await.expect("the clients").len() == expected
        })
        .await;
        let in_room = namespace.room(houses::ROOM).len().await.expect("a number");
        assert!(
            in_room <= expected,
            "{in_room} in the room, {expected} in {house}"
        );
        all += expected;
    }
    eventually("no other to be here", async || {
        let counts = visits.counts();
        counts.begun - counts.ended == all && counts.begun - counts.dropped == all
    })
    .await;
    assert_eq!(visits.wrong(), [""; 0]);
}

#[test]
fn whatever_clients_do_each_is_seen_off_once_and_answered_in_order() {
    let cases = env::var("HISTORIES").map_or(CASES, |cases| cases.parse().expect("a number"));
    let config = Config {
        cases,
        // One that waits for what does not come takes its time.
        max_shrink_iters: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let histories = (collection::vec(step::step(), 1..LONGEST), any::<bool>());
    let played = TestRunner::new(config).run(&histories, |(history, at_once)| {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(play(&history, at_once));
        Ok(())
    });
    if let Err(failed) = played {
        panic!("{failed}");
    }
}
