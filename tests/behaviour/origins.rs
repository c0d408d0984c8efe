//! Which web pages may connect, on both transports.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::Router;
use hobnob::prelude::*;
use tests::{
    Client as Browser,
    http::{self, Request, StatusCode},
};
use tokio::net::TcpListener;
use tracing::subscriber::NoSubscriber;

struct Greeter;

#[namespace]
impl Greeter {
    fn on_greet(&self) -> &'static str {
        "hello"
    }
}

/// What was logged, as lines of text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn take(&self) -> String {
        let log = std::mem::take(&mut *self.0.lock().expect("no panic"));
        String::from_utf8(log).expect("text")
    }
}

async fn serve(origins: Option<Origins>) -> Result<SocketAddr> {
    let mut builder = SocketIo::builder().namespace(Greeter);
    if let Some(origins) = origins {
        builder = builder.origins(origins);
    }
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await });
    Ok(address)
}

/// Whether a page whose requests have these headers may connect: to the end, or not at all.
async fn allowed(address: SocketAddr, headers: &[(&str, &str)]) -> bool {
    let mut answers = Vec::new();
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        let add = |browser: Browser, (name, value): &(&str, &str)| browser.header(name, value);
        let opened = headers.iter().fold(browser, add).try_open().await;
        answers.push(match opened {
            Ok(connection) => {
                let greeter = connection.connect("/", None).await.expect("let in");
                assert_eq!(greeter.call("greet", ()).await.args, ["hello"]);
                true
            }
            Err(refused) => {
                assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{refused:?}");
                false
            }
        });
    }
    assert_eq!(
        answers[0], answers[1],
        "the transports differ for {headers:?}"
    );
    answers[0]
}

/// Whether a page of `origin` may connect.
async fn allows(address: SocketAddr, origin: &str) -> bool {
    allowed(address, &[("origin", origin)]).await
}

#[tokio::test]
async fn by_default_only_the_servers_own_pages_connect() -> Result {
    let address = serve(None).await?;
    let own = format!("http://{address}");
    assert!(allows(address, &own).await);
    // Who is no browser sends none.
    assert!(allowed(address, &[]).await);

    let other_port = format!("http://127.0.0.1:{}", address.port() ^ 1);
    let longer = format!("{own}.example.com");
    let others = [
        "https://example.com",
        "http://127.0.0.1",
        "null",
        "",
        &other_port,
        &longer,
    ];
    for origin in others {
        assert!(!allows(address, origin).await, "{origin}");
    }
    Ok(())
}

#[tokio::test]
async fn a_proxy_says_which_host_the_page_is_from() -> Result {
    let address = serve(None).await?;
    let from = ("origin", "https://app.example.com");
    let host = ("x-forwarded-host", "app.example.com");
    assert!(!allowed(address, &[from]).await);
    assert!(allowed(address, &[from, host]).await);
    assert!(allowed(address, &[from, host, ("x-forwarded-proto", "https")]).await);
    assert!(!allowed(address, &[from, host, ("x-forwarded-proto", "http")]).await);
    // The first of several proxies is the one the page was loaded from.
    let chain = ("x-forwarded-host", "app.example.com, inner.example.com");
    assert!(allowed(address, &[from, chain]).await);
    let chain = ("x-forwarded-host", "outer.example.com, app.example.com");
    assert!(!allowed(address, &[from, chain]).await);
    // Or the proxy leaves the host as it was.
    let address = serve(None).await?;
    assert!(allowed(address, &[from, ("host", "app.example.com")]).await);
    Ok(())
}

#[tokio::test]
async fn a_list_allows_what_is_on_it() -> Result {
    let lists: [Origins; 3] = [
        ["https://a.example.com", "http://localhost:3000/"].into(),
        vec![
            "https://a.example.com".to_owned(),
            "http://localhost:3000".to_owned(),
        ]
        .into(),
        Origins::List(vec![
            "http://localhost:3000".into(),
            "https://a.example.com".into(),
        ]),
    ];
    for list in lists {
        let address = serve(Some(list)).await?;
        assert!(allows(address, "https://a.example.com").await);
        assert!(allows(address, "http://localhost:3000").await);
        assert!(allowed(address, &[]).await);
        let own = format!("http://{address}");
        for origin in ["http://a.example.com", "http://localhost", "null", &own] {
            assert!(!allows(address, origin).await, "{origin}");
        }
    }
    let address = serve(Some("https://a.example.com".into())).await?;
    assert!(allows(address, "https://a.example.com").await);
    assert!(!allows(address, "https://b.example.com").await);
    Ok(())
}

#[tokio::test]
async fn a_rule_sees_origin_and_request() -> Result {
    let rule = Origins::when(|origin, request| {
        origin.ends_with(".example.com") && request.headers.contains_key("x-key")
    });
    let address = serve(Some(rule)).await?;
    let key = ("x-key", "1");
    assert!(allowed(address, &[("origin", "https://a.example.com"), key]).await);
    assert!(!allowed(address, &[("origin", "https://a.example.com")]).await);
    assert!(!allowed(address, &[("origin", "https://example.org"), key]).await);
    assert!(allowed(address, &[]).await);
    Ok(())
}

#[tokio::test]
async fn any_and_off_let_everybody_in() -> Result {
    for origins in [Origins::Any, Origins::Off] {
        let address = serve(Some(origins)).await?;
        for origin in ["https://example.com", "null"] {
            assert!(allows(address, origin).await, "{origin}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_log_says_which_page_was_refused_and_what_would_let_it_in() -> Result {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone());
    // With a single subscriber a line is off for good once a thread without it has come by: those of
    // the other tests. With two it is not.
    let _another = tracing::Dispatch::new(NoSubscriber::new());
    // For this thread, which everything in this test runs on.
    let _logging = tracing::subscriber::set_default(subscriber.finish());

    let address = serve(Some("https://a.example.com".into())).await?;
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        log.take();
        let allowed = browser.clone().origin("https://a.example.com").try_open();
        assert!(allowed.await.is_ok());
        let quiet = log.take();
        assert!(!quiet.contains("origin"), "{quiet}");

        let refused = browser.origin("https://b.example.com").try_open().await;
        assert!(refused.is_err());
        let log = log.take();
        let line = log.lines().find(|line| line.contains("is refused"));
        let line = line.unwrap_or_else(|| panic!("nothing of it in {log:?}"));
        for part in [
            "WARN",
            "hobnob::server",
            "SocketIo::builder().origins(",
            "https://a.example.com",
            "https://b.example.com",
        ] {
            assert!(line.contains(part), "no {part} in {line}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_page_elsewhere_gets_nothing_out_of_a_session_it_knows_either() -> Result {
    let address = serve(None).await?;
    let connection = Browser::polling(address).open().await;
    let session = format!(
        "/socket.io/?EIO=4&transport=polling&sid={}",
        connection.handshake().sid
    );
    for method in ["GET", "POST", "OPTIONS"] {
        let request = Request::builder().method(method).uri(&session);
        let request = request.header("origin", "https://example.com");
        let answer = http::request(address, request.body("40".to_owned())?).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method}");
    }
    let greeter = connection.connect("/", None).await.map_err(Error::public)?;
    assert_eq!(greeter.call("greet", ()).await.args, ["hello"]);
    Ok(())
}

/// What a browser sends and reads: the headers of CORS, for a handshake and for its preflight.
#[tokio::test]
async fn a_page_of_an_allowed_origin_may_read_what_long_polling_answers() -> Result {
    let address = serve(Some(["https://example.com"].into())).await?;
    let handshake = "/socket.io/?EIO=4&transport=polling";
    let ask = async |method: &str, origin: &str| {
        let request = Request::builder()
            .method(method)
            .uri(handshake)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        let request = request.body(String::new()).expect("a request");
        http::request(address, request).await
    };

    for method in ["GET", "OPTIONS"] {
        let answer = ask(method, "https://example.com").await;
        assert_eq!(answer.status(), StatusCode::OK, "{method}");
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let origin = header("access-control-allow-origin");
        assert_eq!(origin, Some("https://example.com"), "{method}");
        assert_eq!(
            header("access-control-allow-credentials"),
            Some("true"),
            "{method}"
        );
        assert!(
            header("vary").is_some_and(|vary| vary.contains("origin")),
            "{method}"
        );

        let refused = ask(method, "https://example.org").await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{method}");
        assert!(
            !refused
                .headers()
                .contains_key("access-control-allow-origin"),
            "{method}"
        );
    }

    // Without a check the headers are up to whoever checks.
    let address = serve(Some(Origins::Off)).await?;
    let request = Request::get(handshake).header("origin", "https://example.com");
    let answer = http::request(address, request.body(String::new())?).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    Ok(())
}
