//! The line of a client: its events one at a time, in the order they came, none lost, and what
//! does not wait in it.

mod served;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use hobnob::prelude::*;
use serde_json::json;
use served::{Log, NO_AUTH, both, serve};
use tests::{Socket, deadline, eventually};
use tokio::{
    sync::{Barrier, mpsc, oneshot},
    task::yield_now,
};

/// A handler that is inside and waits to be let out.
type Waiting = (u32, oneshot::Sender<()>);

/// What the line of one client has done.
#[derive(Default)]
struct Line {
    handled: Mutex<Vec<u32>>,
    inside: AtomicUsize,
    most: AtomicUsize,
}

impl Line {
    fn enter(&self, number: u32) {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        self.handled.lock().expect("a lock").push(number);
    }

    fn exit(&self) {
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Queue {
    log: Log,
    waiting: mpsc::UnboundedSender<Waiting>,
    both: Barrier,
}

#[namespace("/queue", session = Line)]
impl Queue {
    async fn on_connect(&self) -> Line {
        yield_now().await;
        Line::default()
    }

    fn on_plain(&self, line: Session<Line>, number: u32) {
        line.enter(number);
        line.exit();
    }

    async fn on_yielding(&self, line: Session<Line>, number: u32) {
        line.enter(number);
        for _ in 0..number % 4 {
            yield_now().await;
        }
        line.exit();
    }

    #[event("gated", "other gated")]
    async fn gated(&self, line: Session<Line>, number: u32) {
        line.enter(number);
        let (open, gate) = oneshot::channel();
        let _ = self.waiting.send((number, open));
        gate.await.expect("the test opens the gate");
        line.exit();
    }

    fn on_done(&self, line: Session<Line>) -> (Vec<u32>, usize) {
        let handled = std::mem::take(&mut *line.handled.lock().expect("a lock"));
        (handled, line.most.load(Ordering::SeqCst))
    }

    async fn on_meet(&self) {
        self.both.wait().await;
    }

    #[event("search", concurrent)]
    async fn search(&self) {
        self.both.wait().await;
    }

    #[event("look", concurrent)]
    fn look(&self) -> &'static str {
        "seen"
    }

    async fn on_add(&self, client: Client, one: u32) -> Result<u32> {
        let other: u32 = client.call("the other", ()).await?;
        Ok(one + other)
    }

    fn on_panic(&self) {
        panic!("in the middle");
    }

    fn on_note(&self, what: String) {
        self.log.note(what);
    }
}

struct Scene {
    log: Log,
    waiting: mpsc::UnboundedReceiver<Waiting>,
    address: std::net::SocketAddr,
}

impl Scene {
    async fn start() -> Self {
        let (sender, waiting) = mpsc::unbounded_channel();
        let log = Log::default();
        let queue = |log: &Log| Queue {
            log: log.clone(),
            waiting: sender.clone(),
            both: Barrier::new(2),
        };
        let builder = SocketIo::builder().namespace(queue(&log));
        let (_, address) = serve(builder.namespace_at("/other", queue(&log))).await;
        Self {
            log,
            waiting,
            address,
        }
    }

    async fn next_waiting(&mut self) -> Waiting {
        deadline("a handler to be inside", self.waiting.recv())
            .await
            .expect("a class")
    }

    /// Lets handlers out, each as soon as it is inside, until `last` is.
    async fn let_out(&mut self, last: u32) {
        loop {
            let (number, open) = self.next_waiting().await;
            open.send(()).expect("it waits");
            if number == last {
                return;
            }
        }
    }
}

/// All of them in order, and never two at once.
async fn expect_done(client: &Socket, numbers: impl Iterator<Item = u32>) {
    let done = client.call("done", ()).await;
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(done.args[0], json!(numbers));
    assert_eq!(done.args[1], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_events_right_after_connecting_are_handled_in_order_and_none_is_lost() {
    const LAST: u32 = 1999;
    let mut scene = Scene::start().await;
    for browser in both(scene.address) {
        for events in [
            &["plain"][..],
            &["yielding"],
            &["gated"],
            &["plain", "yielding"],
            &["yielding", "plain", "plain", "gated"],
        ] {
            let client = browser.connect("/queue", NO_AUTH).await;
            client.burst(|| {
                for (number, event) in (0..=LAST).zip(events.iter().cycle()) {
                    client.emit(event, (number,));
                }
            });
            if events.contains(&"gated") {
                scene.let_out(LAST).await;
            }
            expect_done(&client, 0..=LAST).await;
            client.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn order_survives_the_upgrade_of_the_transport() {
    let scene = Scene::start().await;
    for _ in 0..10 {
        let client = tests::Client::polling(scene.address)
            .connect("/queue", NO_AUTH)
            .await;
        for number in 0..300 {
            client.emit("yielding", (number,));
        }
        client.connection().upgrade().await;
        for number in 300..600 {
            client.emit("yielding", (number,));
        }
        expect_done(&client, 0..600).await;
    }
}

#[tokio::test]
async fn a_client_waits_for_itself_only() {
    let mut scene = Scene::start().await;
    for browser in both(scene.address) {
        let anna = browser.connect("/queue", NO_AUTH).await;
        let bert = browser.connect("/queue", NO_AUTH).await;
        // Neither is let out before both are inside.
        anna.emit("gated", (1,));
        let (_, open_anna) = scene.next_waiting().await;
        anna.emit("plain", (2,));
        bert.emit("gated", (3,));
        let (_, open_bert) = scene.next_waiting().await;
        open_bert.send(()).expect("it waits");
        expect_done(&bert, [3].into_iter()).await;
        open_anna.send(()).expect("it waits");
        expect_done(&anna, [1, 2].into_iter()).await;

        let meeting = (anna.emit_with_id("meet", ()), bert.emit_with_id("meet", ()));
        anna.expect_ack(meeting.0).await;
        bert.expect_ack(meeting.1).await;
    }
}

#[tokio::test]
async fn the_namespaces_of_one_connection_do_not_wait_for_each_other() {
    let mut scene = Scene::start().await;
    for browser in both(scene.address) {
        let client = browser.connect("/queue", NO_AUTH).await;
        let other = client
            .connection()
            .connect("/other", NO_AUTH)
            .await
            .expect("let in");
        client.emit("gated", (1,));
        let (_, open) = scene.next_waiting().await;
        other.emit("plain", (2,));
        expect_done(&other, [2].into_iter()).await;
        open.send(()).expect("it waits");
        expect_done(&client, [1].into_iter()).await;
    }
}

#[tokio::test]
async fn a_concurrent_event_waits_for_nobody_and_nobody_waits_for_it() {
    let mut scene = Scene::start().await;
    for browser in both(scene.address) {
        let client = browser.connect("/queue", NO_AUTH).await;
        client.emit("gated", (1,));
        let (_, open) = scene.next_waiting().await;
        let behind = client.emit_with_id("plain", (2,));
        assert_eq!(client.call("look", ()).await.only(), "seen");
        client.expect_no_ack(behind, "look").await;
        open.send(()).expect("it waits");
        expect_done(&client, [1, 2].into_iter()).await;

        // The first stays inside until the second comes.
        let first = client.emit_with_id("search", ());
        client.call("plain", (3,)).await;
        client.expect_no_ack(first, "look").await;
        client.call("search", ()).await;
        client.expect_ack(first).await;
    }
}

#[tokio::test]
async fn a_handler_may_ask_its_own_client() {
    let scene = Scene::start().await;
    for browser in both(scene.address) {
        let client = browser.connect("/queue", NO_AUTH).await;
        let sum = client.emit_with_id("add", (1,));
        let behind = client.emit_with_id("plain", (2,));
        let asked = client.next_event().await;
        assert_eq!(asked.event, "the other");
        client.expect_no_ack(behind, "look").await;
        client.reply(asked.id(), (41,));
        assert_eq!(client.expect_ack(sum).await.only(), 42);
        client.expect_ack(behind).await;
    }
}

#[tokio::test]
async fn a_panic_in_the_middle_does_not_stop_the_line() {
    let scene = Scene::start().await;
    for browser in both(scene.address) {
        let client = browser.connect("/queue", NO_AUTH).await;
        let mut panics = Vec::new();
        client.burst(|| {
            for number in 0..100 {
                client.emit("note", (number.to_string(),));
                if number % 10 == 0 {
                    panics.push(client.emit_with_id("panic", ()));
                }
            }
        });
        for id in panics {
            let answer = client.expect_ack(id).await;
            assert_eq!(answer.only(), json!({ "error": "internal error" }));
        }
        let numbers: Vec<_> = (0..100).map(|number| number.to_string()).collect();
        let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
        scene.log.becomes(&numbers).await;
    }
}

struct Early {
    seen: Arc<AtomicUsize>,
}

#[namespace("/early")]
impl Early {
    fn on_connect(&self, client: Client) -> Result {
        for number in 0..1000 {
            client.emit("history", number)?;
        }
        Ok(())
    }

    fn on_number(&self, client: Client, number: usize) -> Result {
        let before = self.seen.fetch_add(1, Ordering::SeqCst);
        if before != number {
            client.emit("out of order", (before, number))?;
        }
        client.emit("number", number)?;
        Ok(())
    }

    #[event("at once", concurrent)]
    fn at_once(&self, client: Client) -> Result {
        client.emit("at once", ())?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_wait_until_all_that_on_connect_emitted_is_out() {
    let seen = Arc::new(AtomicUsize::new(0));
    let early = Early {
        seen: Arc::clone(&seen),
    };
    let (socketio, address) = serve(SocketIo::builder().namespace(early)).await;
    for browser in both(address) {
        for _ in 0..20 {
            seen.store(0, Ordering::SeqCst);
            let client = browser.connect("/early", NO_AUTH).await;
            client.emit("at once", ());
            for number in 0..100 {
                client.emit("number", (number,));
            }
            for number in 0..1000 {
                assert_eq!(client.expect("history").await, [number]);
            }
            let (mut numbers, mut at_once) = (0..100, 0);
            for _ in 0..101 {
                let event = client.next_event().await;
                match event.event.as_str() {
                    "at once" => at_once += 1,
                    "number" => assert_eq!(event.args[0], numbers.next().expect("a number")),
                    _ => panic!("{event:?}"),
                }
            }
            assert_eq!(at_once, 1);
            client.close().await;
        }
    }
    eventually("nobody to be left", async || {
        socketio
            .of("/early")
            .clients()
            .await
            .expect("the clients")
            .is_empty()
    })
    .await;
}

struct Everything {
    both: Barrier,
}

#[namespace("/everything")]
impl Everything {
    fn on_fence(&self) {}

    #[event("*", concurrent)]
    async fn anything(&self, event: EventName) -> String {
        self.both.wait().await;
        event.to_string()
    }

    #[event("look", concurrent)]
    fn look(&self) -> &'static str {
        "seen"
    }
}

#[tokio::test]
async fn a_catch_all_may_be_concurrent() {
    let everything = Everything {
        both: Barrier::new(2),
    };
    let (_, address) = serve(SocketIo::builder().namespace(everything)).await;
    for browser in both(address) {
        let client = browser.connect("/everything", NO_AUTH).await;
        // The first stays inside until the second comes.
        let first = client.emit_with_id("one", ());
        client.expect_no_ack(first, "fence").await;
        assert_eq!(client.call("the other", ()).await.only(), "the other");
        assert_eq!(client.expect_ack(first).await.only(), "one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concurrent_event_that_is_over_does_not_count_among_those_that_wait() {
    let everything = Everything {
        both: Barrier::new(2),
    };
    let builder = SocketIo::builder().max_waiting_events(1);
    let (socketio, address) = serve(builder.namespace(everything)).await;
    for browser in both(address) {
        let client = browser.connect("/everything", NO_AUTH).await;
        for _ in 0..50 {
            assert_eq!(client.call("look", ()).await.only(), "seen");
        }
    }
    assert_eq!(socketio.counters().flooding_clients, 0);
}
