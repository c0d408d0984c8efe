//! Processes that serve no clients and emit to those of a cluster: in Rust, and in Python with the packages
//! that Celery workers use.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use cluster_tests::{Guest, Node, NodeOptions, PostgresServer, RedisServer, all_are_counted};
use hobnob::{Bytes, Emitter, Postgres, PubSub, Redis, prelude::*};
use serde_json::{Value, json};
use tests::{Received, eventually, placeholder};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cluster-node");

#[derive(Serialize, Event)]
struct Progress {
    done: f32,
}

/// Anna on one server, Bert and Cleo on another.
async fn guests(one: &Node, other: &Node) -> [Guest; 3] {
    let guests = [
        Guest::new(one.address(), &["tea"]).await,
        Guest::new(other.address(), &["tea", "coffee"]).await,
        Guest::new(other.address(), &["coffee"]).await,
    ];
    all_are_counted(&guests.each_ref()).await;
    guests
}

async fn a_process_without_clients_emits(pubsub: impl PubSub, url: String) -> Result {
    let options = NodeOptions::of(url);
    let one = Node::start(PROGRAM, &options).await;
    let other = Node::start(PROGRAM, &options).await;
    let [anna, bert, cleo] = guests(&one, &other).await;
    let emitter = Emitter::new(pubsub);
    let sid: Sid = bert.sid.parse()?;

    emitter
        .of("/hall")
        .emit("all", (1, Bytes::from_static(b"x")))
        .await?;
    emitter
        .of("/hall")
        .to(["tea", "coffee"])
        .emit("once", ())
        .await?;
    emitter
        .of("/hall")
        .to("tea")
        .except("coffee")
        .emit("anna", ())
        .await?;
    emitter
        .of("/hall")
        .to(sid)
        .send(Progress { done: 0.5 })
        .await?;
    emitter.of("/hall").skip(sid).send("not bert").await?;
    emitter.of("/hall").to([""; 0]).emit("nobody", ()).await?;
    emitter.of("/nowhere").emit("nobody", ()).await?;
    emitter.of("/hall").emit("last", ()).await?;
    let wrong = emitter.of("/hall").to("~").emit("nobody", ()).await;
    assert!(matches!(wrong, Err(EmitError::InvalidRoom(_))), "{wrong:?}");
    let wrong = emitter.of("/hall").emit("disconnect", ()).await;
    assert!(
        matches!(wrong, Err(EmitError::ReservedEvent(_))),
        "{wrong:?}"
    );

    for (guest, expected) in [
        (&anna, &["all", "once", "anna", "message"][..]),
        (&bert, &["all", "once", "progress"]),
        (&cleo, &["all", "once", "message"]),
    ] {
        let events = guest.until("last").await;
        assert_eq!(names(&events), expected);
        assert_eq!(events[0].args, [json!(1), placeholder(0)]);
        assert_eq!(events[0].attachments, ["x"]);
    }
    // An emitter is not a server that could be missed.
    all_are_counted(&[&anna, &bert, &cleo]).await;
    Ok(())
}

fn names(events: &[Received]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis"]
async fn a_process_without_clients_emits_through_redis() -> Result {
    let redis = RedisServer::start();
    let connected = Redis::connect(redis.url()).await?;
    a_process_without_clients_emits(connected, redis.url()).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_process_without_clients_emits_through_postgres() -> Result {
    let postgres = PostgresServer::start();
    let connected = Postgres::connect(postgres.url()).await?;
    a_process_without_clients_emits(connected, postgres.url()).await
}

/// The interpreter that has the packages of `tests/parity/requirements.txt`.
fn python() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    env::var_os("PARITY_PYTHON")
        .map_or_else(|| workspace.join("target/parity/bin/python"), PathBuf::from)
}

/// Each with what came in it.
fn arguments<'a>(events: &'a [Received], name: &str) -> &'a [Value] {
    let found = events.iter().find(|event| event.event == name);
    &found.unwrap_or_else(|| panic!("no {name}")).args
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis, Python and the packages of tests/parity"]
async fn workers_in_python_reach_the_clients() -> Result {
    let redis = RedisServer::start();
    let log = env::temp_dir().join(format!("hobnob-workers-{}.log", std::process::id()));
    let options = NodeOptions {
        python_workers: Some("socketio flask-socketio".to_owned()),
        ..NodeOptions::of(redis.url())
    };
    let logging = NodeOptions {
        log: Some(log.clone()),
        ..options.clone()
    };
    let one = Node::start(PROGRAM, &logging).await;
    let other = Node::start(PROGRAM, &options).await;
    let [anna, bert, cleo] = guests(&one, &other).await;

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workers.py");
    let mut worker = Command::new(python());
    worker.arg(script).arg(redis.url());
    worker.args([&anna.sid, &bert.sid, &cleo.sid]);
    worker.env("PYTHONDONTWRITEBYTECODE", "1");
    let status = tokio::task::spawn_blocking(move || worker.status()).await??;
    assert!(status.success(), "{status}");

    let all = ["one", "several", "bytes"];
    let end = ["without cleo", "flask", "message"];
    let of_anna = anna.until("last").await;
    let expected = [&all[..], &["tea", "tea or coffee"], &end].concat();
    assert_eq!(names(&of_anna), expected);
    let of_bert = bert.until("last").await;
    let for_bert = ["tea", "tea or coffee", "bert", "not anna", "juice"];
    let end_of_bert = ["without cleo", "flask", "flask for bert", "message"];
    assert_eq!(
        names(&of_bert),
        [&all[..], &for_bert, &end_of_bert].concat()
    );
    cleo.socket.expect_disconnect().await;

    assert_eq!(
        arguments(&of_anna, "one"),
        [json!({ "n": 1, "text": "où" })]
    );
    assert_eq!(
        arguments(&of_anna, "several"),
        [json!("a"), json!([2]), Value::Null]
    );
    let bytes = &of_anna[2];
    let file = json!({ "file": placeholder(0), "more": [placeholder(1)] });
    assert_eq!(bytes.args, [file]);
    assert_eq!(bytes.attachments, [&b"\x00\xff"[..], b"x"]);
    assert_eq!(
        arguments(&of_bert, "flask for bert"),
        [json!("a"), placeholder(0)]
    );
    assert_eq!(arguments(&of_bert, "message"), ["text"]);
    assert_eq!(bert.ask("rooms", ()).await, json!(["tea"]));
    all_are_counted(&[&anna, &bert]).await;

    // One line for each that was ignored, and no more.
    let ignored = "a message of a Python worker is ignored: ";
    eventually("the log to be written", async || {
        let text = fs::read_to_string(&log).unwrap_or_default();
        text.matches(ignored).count() == 9
    })
    .await;
    let text = fs::read_to_string(&log)?;
    for reason in [
        "no namespace is mounted at `/no/../such,namespace`",
        "`~` is neither a room nor a sid",
        "`connect` is a reserved name",
        "its method means nothing here",
        "a worker cannot get one",
        "it is pickled; python-socketio 5.14 and later send JSON",
    ] {
        assert!(text.contains(reason), "{text}");
    }
    fs::remove_file(&log)?;
    Ok(())
}
