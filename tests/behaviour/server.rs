//! The server as a whole: under a router of one's own, its options, its namespaces, what it shows
//! of itself; and the shapes a class may have.

use std::{
    fmt::{Debug, Display},
    io,
    net::SocketAddr,
    str::FromStr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, routing::get};
use hobnob::{
    Counters, NamespaceHandle, RemoteClient, Room, SlowClientPolicy, SocketIoBuilder, prelude::*,
};
use serde::de::DeserializeOwned;
use serde_json::json;
use tests::{
    Client as Browser, deadline,
    http::{self, Request, StatusCode},
};
use tokio::net::TcpListener;
use tracing::subscriber::NoSubscriber;

/// Counts, and shows what the library shows of itself.
#[derive(Default)]
struct Counter {
    count: AtomicU64,
}

#[namespace("/counter")]
impl Counter {
    const STEP: u64 = 1;

    /// An ordinary method among the handlers.
    fn next(&self) -> u64 {
        self.count.fetch_add(Self::STEP, Ordering::SeqCst) + Self::STEP
    }

    /// A handler with documentation.
    fn on_count(&self) -> u64 {
        self.next()
    }

    fn on_remote(&self, client: Client) -> bool {
        client
            .request()
            .is_some_and(|request| request.remote_addr().is_some())
    }

    fn on_shown(&self, client: Client, socketio: SocketIo, args: Args, name: EventName) -> String {
        let namespace = client.namespace();
        let (sid, to) = (client.sid(), client.to("tea").skip(client.sid()));
        let (request, remote) = (client.request(), namespace.client(client.sid()));
        let (sending, call) = (client.broadcast().emit("e", ()), client.call::<()>("e", ()));
        let (room, session) = (namespace.room("tea"), client.session::<()>());
        let layer = socketio.layer();
        let everything = format!(
            "{client:?} {socketio:?} {args:?} {name:?} {namespace:?} {sid:?} {to:?} {request:?} \
             {remote:?} {sending:?} {call:?} {room:?} {session:?} {layer:?}"
        );
        let client: &dyn Debug = &client;
        format!("{everything} {client:#?}")
    }
}

/// Hands on whatever type it is made for.
struct Relay<T> {
    last: Mutex<Option<T>>,
}

#[namespace("/relay")]
impl<T> Relay<T>
where
    T: Clone + DeserializeOwned + Serialize + Send + Sync + 'static,
{
    fn new(last: T) -> Self {
        let last = Some(last).into();
        Self { last }
    }

    async fn on_swap(&self, client: Client, value: T) -> Result<Option<T>> {
        client.emit("swapped", &value)?;
        let mut last = self.last.lock().map_err(|_| Error::hidden("poisoned"))?;
        Ok(last.replace(value))
    }
}

/// Has its bounds in the header, and a session that depends on them.
#[derive(Default)]
struct Parsing<T: FromStr + Display + Send + Sync + 'static> {
    fallback: T,
}

#[namespace("/parsing", session = Arc<T>)]
impl<T: FromStr + Display + Send + Sync + 'static> Parsing<T> {
    fn on_connect(&self, text: String) -> Result<Arc<T>, ConnectionRefused> {
        let parsed = text
            .parse()
            .map_err(|_| ConnectionRefused::new("not parsed"))?;
        Ok(Arc::new(parsed))
    }

    fn on_parsed(&self, parsed: Session<Arc<T>>) -> (String, String) {
        (parsed.to_string(), self.fallback.to_string())
    }
}

/// Some of its methods are there, some are not.
struct Conditional;

#[namespace("/conditional")]
impl Conditional {
    #[cfg(test)]
    fn on_here(&self) -> &'static str {
        "here"
    }

    #[cfg(not(test))]
    fn on_gone(&self, no_such_type: NoSuchType) {}

    #[cfg(test)]
    #[event("either")]
    fn one(&self) -> &'static str {
        "one"
    }

    #[cfg(not(test))]
    #[event("either")]
    fn other(&self) -> NoSuchType {
        NoSuchType
    }

    #[cfg(not(test))]
    #[event("*")]
    fn anything(&self) -> &'static str {
        "anything"
    }

    #[cfg(not(test))]
    fn on_connect(&self) -> bool {
        false
    }
}

/// Serves with everything the library does for it.
async fn serve(builder: SocketIoBuilder) -> Result<(SocketIo, SocketAddr)> {
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
    Ok((socketio, address))
}

/// Status and text of the page at `path`.
async fn page(address: SocketAddr, path: &str) -> Result<(StatusCode, String)> {
    let answer = http::request(address, Request::get(path).body(String::new())?).await;
    Ok((answer.status(), answer.into_body()))
}

#[tokio::test]
async fn the_layer_works_under_a_server_of_ones_own() -> Result {
    let builder = SocketIo::builder().namespace(Counter::default());
    let socketio = builder.path("/live/socket").build().await?;
    let app = Router::new()
        .route("/", get("a page"))
        .route("/live/socketeer", get("another page"))
        .layer(socketio.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, app.clone()).into_future());

    for path in ["/live/socket/", "/live/socket"] {
        for browser in [Browser::websocket(address), Browser::polling(address)] {
            let anna = browser.path(path).connect("/counter", None).await;
            assert!(anna.call("count", ()).await.only().is_u64());
            assert_eq!(anna.call("remote", ()).await.only(), false);
        }
    }
    assert_eq!(page(address, "/").await?, (StatusCode::OK, "a page".into()));
    let other = page(address, "/live/socketeer").await?;
    assert_eq!(other, (StatusCode::OK, "another page".into()));
    assert_eq!(page(address, "/nowhere").await?.0, StatusCode::NOT_FOUND);
    let elsewhere = Browser::websocket(address).try_open().await.err();
    assert_eq!(
        elsewhere.map(|refused| refused.status),
        Some(StatusCode::NOT_FOUND)
    );

    // With axum's own way to find it out, the address of the client is known.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, app).into_future());
    let anna = Browser::websocket(address).path("/live/socket/");
    let anna = anna.connect("/counter", None).await;
    assert_eq!(anna.call("remote", ()).await.only(), true);
    Ok(())
}

#[tokio::test]
async fn what_cannot_work_is_an_error_of_build_that_says_what_and_why() {
    let counter = Counter::default;
    let new = SocketIo::builder;
    let mount = |path: &str| new().namespace_at(path, counter());
    let zero = Duration::ZERO;
    let wrong = [
        (
            new().namespace(counter()).namespace(counter()),
            "`/counter`",
        ),
        (
            mount("/a")
                .namespace(counter())
                .namespace_at("/a", counter()),
            "`/a`",
        ),
        (mount("chat"), "`chat`"),
        (mount(""), "``"),
        (mount("/a,b"), "`/a,b`"),
        (mount("/a b"), "`/a b`"),
        (mount("/a?b"), "`/a?b`"),
        (new().path("socket.io"), "`path`"),
        (new().path("/socket.io/"), "`path`"),
        (new().path(""), "`path`"),
        (new().ping_interval(zero), "`ping_interval`"),
        (new().ping_timeout(zero), "`ping_timeout`"),
        (new().max_message_size(0), "`max_message_size`"),
        (new().max_waiting_events(0), "`max_waiting_events`"),
        (new().max_waiting_packets(0), "`max_waiting_packets`"),
        (new().max_namespaces(0), "`max_namespaces`"),
        (new().write_timeout(zero), "`write_timeout`"),
    ];
    for (builder, named) in wrong {
        expect_not_built(builder, named).await;
    }
}

async fn expect_not_built(builder: SocketIoBuilder, named: &str) {
    let shown = format!("{builder:?}");
    match builder.build().await {
        Err(error) => assert!(error.to_string().contains(named), "{named}: {error}"),
        Ok(_) => panic!("{shown} was built in spite of {named}"),
    }
}

#[tokio::test]
async fn limits_that_nobody_could_keep_are_errors_of_build() {
    let (new, zero) = (SocketIo::builder, Duration::ZERO);
    for (builder, named) in [
        (new().max_connections(0), "`max_connections`"),
        (
            new().max_connections_per_address(0),
            "`max_connections_per_address`",
        ),
        (new().max_events_per_second(0), "`max_events_per_second`"),
        (new().max_nesting(0), "`max_nesting`"),
        (new().max_nesting(127), "`max_nesting`"),
        (new().handshake_timeout(zero), "`handshake_timeout`"),
        (new().body_timeout(zero), "`body_timeout`"),
        (new().attachments_timeout(zero), "`attachments_timeout`"),
    ] {
        expect_not_built(builder, named).await;
    }
}

#[tokio::test]
async fn the_largest_values_of_all_options_are_no_limits() -> Result {
    let forever = Duration::MAX;
    let builder = SocketIo::builder()
        .namespace(Counter::default())
        .ping_interval(forever)
        .ping_timeout(forever)
        .call_timeout(forever)
        .grace(forever)
        .write_timeout(forever)
        .shutdown_timeout(forever)
        .max_message_size(usize::MAX)
        .max_attachments(usize::MAX)
        .max_waiting_events(usize::MAX)
        .max_waiting_packets(usize::MAX)
        .max_namespaces(usize::MAX)
        .max_connections(usize::MAX)
        .max_connections_per_address(usize::MAX)
        .max_events_per_second(usize::MAX)
        .handshake_timeout(forever)
        .body_timeout(forever)
        .attachments_timeout(forever)
        .slow_clients(SlowClientPolicy::Drop);
    let (socketio, address) = serve(builder).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let anna = browser.connect("/counter", None).await;
        assert!(anna.call("count", ()).await.only().is_u64());
        let client = socketio.of("/counter").clients().await?;
        let call = socketio
            .of("/counter")
            .client(client[0])
            .call::<()>("question", ());
        let answering = async {
            let question = anna.next_event().await;
            anna.reply(question.id(), ());
        };
        let (called, ()) = tokio::join!(call, answering);
        called?;
        anna.close().await;
    }
    deadline("the shutdown", socketio.shutdown()).await;
    Ok(())
}

#[tokio::test]
async fn one_class_at_two_paths_is_two_namespaces() -> Result {
    let builder = SocketIo::builder()
        .namespace_at("/second", Counter::default())
        .namespace(Counter::default())
        .namespace_at("/a/b", Counter { count: 10.into() });
    let (socketio, address) = serve(builder).await?;
    let first = Browser::websocket(address).open().await;
    let second = Browser::polling(address).open().await;
    let counted = [
        (&first, "/counter", 1),
        (&first, "/a/b", 11),
        (&first, "/second", 1),
        (&second, "/counter", 2),
    ];
    for (connection, path, count) in counted {
        let socket = connection
            .connect(path, None)
            .await
            .map_err(Error::public)?;
        assert_eq!(socket.call("count", ()).await.only(), count);
    }
    let unknown = Browser::websocket(address).connect_refused("/", None).await;
    assert!(!unknown.message.is_empty());

    let namespaces = socketio.namespaces();
    let paths: Vec<_> = namespaces.iter().map(NamespaceHandle::path).collect();
    assert_eq!(paths, ["/a/b", "/counter", "/second"]);
    let Counters {
        slow_clients,
        slow_packets,
        flooding_clients,
        ..
    } = socketio.counters();
    assert_eq!([slow_clients, slow_packets, flooding_clients], [0; 3]);

    // Another server in the same program is another world.
    let (other, _) = serve(SocketIo::builder().namespace(Counter::default())).await?;
    assert_eq!(other.of("/counter").clients().await?, []);
    assert_eq!(socketio.of("/counter").clients().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn what_is_shown_for_debugging_shows_no_secret() -> Result {
    let builder = SocketIo::builder().namespace(Counter::default());
    assert!(format!("{builder:?}").contains("/counter"));
    let (_, address) = serve(builder).await?;
    let browser = Browser::websocket(address)
        .header("cookie", "secret-cookie")
        .header("authorization", "Bearer secret-token")
        .query("token", "secret-query");
    let anna = browser
        .connect("/counter", json!({ "password": "secret-auth" }))
        .await;
    let shown = anna.call("shown", ("an argument",)).await.only();
    let shown = shown.as_str().unwrap_or_default();
    assert!(shown.contains("/counter") && shown.contains("an argument"));
    for secret in ["secret", anna.sid(), &anna.connection().handshake().sid] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    Ok(())
}

#[test]
fn handles_go_everywhere() {
    fn everywhere<T: Clone + Debug + Send + Sync + 'static>() {}
    fn send<T: Send + 'static>(_: fn() -> T) {}
    everywhere::<SocketIo>();
    everywhere::<Client>();
    everywhere::<NamespaceHandle>();
    everywhere::<RemoteClient>();
    everywhere::<Room>();
    everywhere::<Session<String>>();
    everywhere::<Sid>();
    everywhere::<EventName>();
    everywhere::<Args>();
    everywhere::<Origins>();

    send::<SocketIoBuilder>(SocketIo::builder);
    send::<Error>(|| Error::public("an error"));
    send(|| SocketIo::builder().build());
}

#[tokio::test]
async fn a_generic_class_is_mounted_for_each_type() -> Result {
    let builder = SocketIo::builder()
        .namespace(Relay::new(1_u8))
        .namespace_at("/texts", Relay::new("a".to_owned()))
        .namespace(Parsing { fallback: 5_u8 });
    let (_, address) = serve(builder).await?;

    let numbers = Browser::websocket(address).connect("/relay", None).await;
    assert_eq!(numbers.call("swap", (2,)).await.only(), 1);
    assert_eq!(numbers.expect("swapped").await, [json!(2)]);
    let wrong = numbers.call("swap", ("b",)).await.only();
    assert!(
        wrong["error"]
            .as_str()
            .is_some_and(|error| error.starts_with("argument 1"))
    );
    let texts = Browser::websocket(address).connect("/texts", None).await;
    assert_eq!(texts.call("swap", ("b",)).await.only(), "a");

    let parsing = Browser::websocket(address)
        .connect("/parsing", json!("7"))
        .await;
    assert_eq!(parsing.call("parsed", ()).await.args, ["7", "5"]);
    let refused = Browser::websocket(address).connect_refused("/parsing", json!("x"));
    assert_eq!(refused.await.message, "not parsed");
    Ok(())
}

#[tokio::test]
async fn a_method_that_is_configured_out_is_not_there() -> Result {
    let (_, address) = serve(SocketIo::builder().namespace(Conditional)).await?;
    let anna = Browser::websocket(address)
        .connect("/conditional", None)
        .await;
    assert_eq!(anna.call("here", ()).await.only(), "here");
    assert_eq!(anna.call("either", ()).await.only(), "one");
    for event in ["gone", "anything at all"] {
        let id = anna.emit_with_id(event, ());
        anna.expect_no_ack(id, "here").await;
    }
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error_that_names_it() -> Result {
    let taken = TcpListener::bind("127.0.0.1:0").await?;
    let address = taken.local_addr()?.to_string();
    let socketio = SocketIo::builder()
        .namespace(Counter::default())
        .build()
        .await?;
    let served = deadline("the error", socketio.serve(&address, Router::new())).await;
    let error = served.map_err(|error| error.to_string());
    assert!(
        error.clone().is_err_and(|error| error.contains(&address)),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_page_of_ones_own_knows_the_address_of_who_asks() -> Result {
    let builder = SocketIo::builder().namespace(Counter::default());
    let socketio = builder.build().await?;
    let who =
        |ConnectInfo(address): ConnectInfo<SocketAddr>| async move { address.ip().to_string() };
    let app = Router::new().route("/who", get(who));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { socketio.serve_on(listener, app).await });
    let expected = (StatusCode::OK, "127.0.0.1".to_owned());
    assert_eq!(page(address, "/who").await?, expected);
    let anna = Browser::websocket(address).connect("/counter", None).await;
    assert_eq!(anna.call("remote", ()).await.only(), true);
    Ok(())
}

/// What was logged. Clones are the same log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines, each without its time.
    fn lines(&self) -> Vec<String> {
        let log = self.0.lock().expect("no panic");
        let lines = str::from_utf8(&log).expect("text").lines();
        lines.map(|line| line.trim_start().to_owned()).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_at_the_start_what_is_mounted_and_where_it_listens() -> Result {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone());
    // With a single subscriber a line is off for good once a thread without it has come by.
    let _another = tracing::Dispatch::new(NoSubscriber::new());
    let _logging = tracing::subscriber::set_default(subscriber.finish());

    let builder = SocketIo::builder()
        .namespace(Counter::default())
        .on("/counter", "double", |n: u64| 2 * n)
        .on("/news", "*", || ());
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let serving = socketio.clone();
    let server = tokio::spawn(async move { serving.serve_on(listener, Router::new()).await });
    Browser::websocket(address).connect("/counter", None).await;
    let expected = [
        "INFO hobnob::server: namespace mounted path=/counter events=[\"count\", \"double\", \
         \"remote\", \"shown\"]",
        "INFO hobnob::server: namespace mounted path=/news events=[\"*\"]",
        &format!("INFO hobnob::server: listening on http://{address}"),
    ];
    assert_eq!(log.lines(), expected);
    let shown = format!("{socketio:?}");
    let expected = "SocketIo { path: \"/socket.io\", namespaces: [\"/counter\", \"/news\"], \
                    stopping: false, .. }";
    assert_eq!(shown, expected);
    socketio.shutdown().await;
    server.await??;

    SocketIo::builder().build().await?;
    let lines = log.lines();
    let last = lines.last().expect("a line");
    let warning = "WARN hobnob::server: no namespace is mounted";
    assert!(last.starts_with(warning), "{last}");
    Ok(())
}
