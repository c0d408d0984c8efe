//! The options that concern HTTP: transports, upgrades, the cookie, CORS with credentials,
//! compression.

use std::{io::Read as _, net::SocketAddr, time::Duration};

use axum::Router;
use flate2::read::{GzDecoder, ZlibDecoder};
use futures_util::StreamExt as _;
use hobnob::{Cookie, SameSite, SocketIoBuilder, TransportType, prelude::*};
use tests::{
    Client as Browser, Connection, deadline,
    http::{self, HeaderMap, Request, Response, StatusCode},
};
use tokio::net::{TcpListener, TcpStream};

const HANDSHAKE: &str = "/socket.io/?EIO=4&transport=polling";

struct Echo;

#[namespace]
impl Echo {
    fn on_text(&self, length: usize) -> String {
        "a".repeat(length)
    }
}

fn new() -> SocketIoBuilder {
    SocketIo::builder().namespace(Echo)
}

async fn serve(builder: SocketIoBuilder) -> Result<SocketAddr> {
    let socketio = builder.build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { socketio.serve_on(listener, Router::new()).await });
    Ok(address)
}

/// Status of the refusal, if there is one.
async fn refused(browser: Browser) -> Option<StatusCode> {
    let refused = browser.try_open().await.err()?;
    Some(refused.status)
}

async fn works(connection: &Connection) {
    let echo = connection.connect("/", None).await.expect("let in");
    assert_eq!(echo.call("text", (2,)).await.args, ["aa"]);
}

/// What the server answers to a request by hand.
async fn get(address: SocketAddr, uri: &str, headers: &[(&str, &str)]) -> Result<Response<String>> {
    let mut request = Request::get(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(http::request(address, request.body(String::new())?).await)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[tokio::test]
async fn by_default_there_are_both_transports_and_the_upgrade_and_no_cookie() -> Result {
    let address = serve(new()).await?;
    works(&Browser::websocket(address).open().await).await;

    let polling = Browser::polling(address).open().await;
    assert_eq!(polling.handshake().upgrades, ["websocket"]);
    assert_eq!(polling.handshake().ping_interval, 25_000);
    assert_eq!(polling.handshake().ping_timeout, 20_000);
    assert_eq!(polling.handshake().max_payload, 1_000_000);
    polling.upgrade().await;
    works(&polling).await;

    let answer = get(address, HANDSHAKE, &[("accept-encoding", "gzip")]).await?;
    assert_eq!(header(answer.headers(), "set-cookie"), None);
    assert_eq!(header(answer.headers(), "content-encoding"), None);
    Ok(())
}

/// That nobody gets from long polling to a WebSocket, and the session goes on as it was.
async fn does_not_upgrade(address: SocketAddr) {
    let polling = Browser::polling(address).open().await;
    let none: [String; 0] = [];
    assert_eq!(polling.handshake().upgrades, none);

    let sid = &polling.handshake().sid;
    let upgrade = Browser::websocket(address).query("sid", sid);
    assert_eq!(refused(upgrade).await, Some(StatusCode::BAD_REQUEST));
    // Said so that the engine understands it all the same.
    for pairs in [
        format!("EIO=4&sid={sid}&transport=websocket"),
        format!("EIO=4&transport=websocket=&sid={sid}"),
        format!("transport=websocket&EIO=4&sid={sid}&transport=polling"),
        format!("EIO=4&transport=websocket&sid={sid}&sid="),
    ] {
        let upgrade = Browser::websocket(address).path(&format!("/socket.io/?{pairs}&rest="));
        let status = refused(upgrade).await;
        assert_eq!(status, Some(StatusCode::BAD_REQUEST), "{pairs}");
    }
    works(&polling).await;
}

#[tokio::test]
async fn a_transport_that_is_off_is_refused() -> Result {
    let bad = Some(StatusCode::BAD_REQUEST);
    let address = serve(new().transports([TransportType::Polling])).await?;
    assert_eq!(refused(Browser::websocket(address)).await, bad);
    does_not_upgrade(address).await;

    let address = serve(new().transports([TransportType::Websocket])).await?;
    assert_eq!(refused(Browser::polling(address)).await, bad);
    works(&Browser::websocket(address).open().await).await;

    let both = [TransportType::Websocket, TransportType::Polling];
    let address = serve(new().transports(both)).await?;
    works(&Browser::websocket(address).open().await).await;
    let polling = Browser::polling(address).open().await;
    polling.upgrade().await;
    works(&polling).await;
    Ok(())
}

#[tokio::test]
async fn without_upgrades_a_session_stays_where_it_began() -> Result {
    let address = serve(new().upgrades(false)).await?;
    does_not_upgrade(address).await;
    works(&Browser::websocket(address).open().await).await;
    Ok(())
}

#[tokio::test]
async fn an_upgrade_that_is_not_finished_ends_with_its_session() -> Result {
    let address = serve(new().upgrade_timeout(Duration::from_millis(100))).await?;
    let answer = get(address, HANDSHAKE, &[]).await?;
    let sid = sid(answer.body());

    let stream = TcpStream::connect(address).await?;
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket&sid={sid}");
    let (mut websocket, _) = tokio_tungstenite::client_async(url, stream).await?;
    deadline("the WebSocket to end", async {
        while let Some(Ok(_)) = websocket.next().await {}
    })
    .await;
    let gone = get(address, &format!("{HANDSHAKE}&sid={sid}"), &[]).await?;
    assert_eq!(gone.status(), StatusCode::BAD_REQUEST);
    Ok(())
}

/// The id of the session that this open packet begins.
fn sid(packet: &str) -> String {
    let packet = packet.strip_prefix('0').expect("an open packet");
    let open: serde_json::Value = serde_json::from_str(packet).expect("an object");
    open["sid"].as_str().expect("an id").to_owned()
}

/// The `Set-Cookie` of a handshake, with `SID` for its value, and the upgrades that it offers.
async fn cookie_of(builder: SocketIoBuilder) -> Result<(String, bool)> {
    let answer = get(serve(builder).await?, HANDSHAKE, &[]).await?;
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let cookie = header(answer.headers(), "set-cookie").expect("text");
    let upgrades = answer.body().contains(r#""upgrades":["websocket"]"#);
    Ok((cookie.replace(&sid(answer.body()), "SID"), upgrades))
}

#[tokio::test]
async fn a_cookie_for_load_balancers_comes_with_the_handshake() -> Result {
    let by_name = cookie_of(new().cookie("io")).await?;
    let expected = "io=SID; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(by_name, (expected.to_owned(), true));

    let sticky = Cookie::new("sticky")
        .path("/socket.io")
        .domain("example.com")
        .max_age(Duration::from_millis(3_600_900))
        .secure(true)
        .http_only(false)
        .same_site(SameSite::None);
    let (cookie, upgrades) = cookie_of(new().cookie(sticky).upgrades(false)).await?;
    let expected = "sticky=SID; Path=/socket.io; Domain=example.com; Max-Age=3600; Secure; \
                    SameSite=None";
    assert_eq!(cookie, expected);
    assert!(!upgrades);

    let strict = Cookie::new("__Host-io").secure(true);
    let (cookie, _) = cookie_of(new().cookie(strict.same_site(SameSite::Strict))).await?;
    let expected = "__Host-io=SID; Path=/; Secure; HttpOnly; SameSite=Strict";
    assert_eq!(cookie, expected);
    Ok(())
}

#[tokio::test]
async fn nothing_but_a_handshake_of_long_polling_gets_the_cookie() -> Result {
    let address = serve(new().cookie("io")).await?;
    let handshake = get(address, HANDSHAKE, &[]).await?;
    let session = format!("{HANDSHAKE}&sid={}", sid(handshake.body()));
    let websocket = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let elsewhere = [("origin", "https://example.com")];
    let websocket_uri = "/socket.io/?EIO=4&transport=websocket";
    for (uri, headers, status) in [
        (&*session, &[][..], StatusCode::OK),
        (websocket_uri, &websocket, StatusCode::SWITCHING_PROTOCOLS),
        (HANDSHAKE, &elsewhere, StatusCode::BAD_REQUEST),
        (
            "/socket.io/?EIO=4&transport=polling&sid=",
            &[],
            StatusCode::BAD_REQUEST,
        ),
        (
            "/socket.io/?EIO=9&transport=polling",
            &[],
            StatusCode::BAD_REQUEST,
        ),
        ("/socket.io/", &[], StatusCode::BAD_REQUEST),
    ] {
        let answer = get(address, uri, headers).await?;
        assert_eq!(answer.status(), status, "{uri}");
        assert_eq!(header(answer.headers(), "set-cookie"), None, "{uri}");
    }
    // And it is in nobody's way.
    for browser in [Browser::websocket(address), Browser::polling(address)] {
        works(&browser.open().await).await;
    }
    let polling = Browser::polling(address).open().await;
    polling.upgrade().await;
    works(&polling).await;
    Ok(())
}

#[tokio::test]
async fn pages_of_other_origins_may_send_cookies_or_not() -> Result {
    let page = "https://example.com";
    for (allowed, expected) in [(true, Some("true")), (false, None)] {
        let address = serve(new().origins(page).cors_credentials(allowed)).await?;
        let preflight = Request::options(HANDSHAKE).header("origin", page);
        let preflight = preflight.header("access-control-request-method", "POST");
        let preflight = http::request(address, preflight.body(String::new())?).await;
        for answer in [
            get(address, HANDSHAKE, &[("origin", page)]).await?,
            preflight,
        ] {
            assert_eq!(answer.status(), StatusCode::OK);
            let header = |name| header(answer.headers(), name);
            assert_eq!(header("access-control-allow-origin"), Some(page));
            assert_eq!(header("access-control-allow-credentials"), expected);
        }
    }
    Ok(())
}

/// A session of long polling by hand, of a client that accepts an encoding.
struct Polling {
    address: SocketAddr,
    uri: String,
    accepts: Option<&'static str>,
}

impl Polling {
    async fn open(address: SocketAddr, accepts: Option<&'static str>) -> Result<Self> {
        let answer = get(address, HANDSHAKE, &[]).await?;
        let uri = format!("{HANDSHAKE}&sid={}", sid(answer.body()));
        let polling = Self {
            address,
            uri,
            accepts,
        };
        polling.send("40").await?;
        // The answer to that, and the first ping; the next is far away.
        let mut seen = String::new();
        let is_ping = |packet: &str| packet == "2";
        while !(seen.contains("40{") && seen.split('\u{1e}').any(is_ping)) {
            let (encoding, body) = polling.poll().await?;
            assert_eq!(encoding, None);
            seen += &body;
            seen += "\u{1e}";
        }
        Ok(polling)
    }

    async fn send(&self, packet: &str) -> Result {
        let request = Request::post(&self.uri).body(packet.to_owned())?;
        let answer = http::request(self.address, request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{packet}");
        Ok(())
    }

    /// One poll: how its answer was encoded, and what it says.
    async fn poll(&self) -> Result<(Option<String>, String)> {
        let mut request = Request::get(&self.uri);
        if let Some(accepts) = self.accepts {
            request = request.header("accept-encoding", accepts);
        }
        let answer = http::request_bytes(self.address, request.body(String::new())?).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let encoding = header(answer.headers(), "content-encoding").map(ToOwned::to_owned);
        let body = &answer.body()[..];
        let mut text = String::new();
        match encoding.as_deref() {
            None => text.push_str(std::str::from_utf8(body)?),
            Some("gzip") => drop(GzDecoder::new(body).read_to_string(&mut text)?),
            Some("deflate") => drop(ZlibDecoder::new(body).read_to_string(&mut text)?),
            other => panic!("encoded with {other:?}"),
        }
        Ok((encoding, text))
    }

    /// How an answer of this many bytes is encoded.
    async fn encoding(&self, bytes: usize) -> Result<Option<String>> {
        let around = r#"430[""]"#.len();
        self.send(&format!(r#"420["text",{}]"#, bytes - around))
            .await?;
        let (encoding, body) = self.poll().await?;
        assert_eq!(body, format!(r#"430["{}"]"#, "a".repeat(bytes - around)));
        Ok(encoding)
    }
}

#[tokio::test]
async fn long_polling_is_compressed_from_the_threshold_on_if_the_client_takes_it() -> Result {
    let address = serve(new().http_compression(1024)).await?;
    let gzip = Some("gzip".to_owned());
    for (accepts, expected) in [
        (Some("gzip"), gzip.clone()),
        (Some("gzip, deflate, br, zstd"), gzip.clone()),
        (Some("deflate"), Some("deflate".to_owned())),
        (Some("br"), None),
        (None, None),
    ] {
        let polling = Polling::open(address, accepts).await?;
        assert_eq!(polling.encoding(1023).await?, None, "{accepts:?}");
        for bytes in [1024, 1025, 200_000] {
            let encoding = polling.encoding(bytes).await?;
            assert_eq!(encoding, expected, "{accepts:?}, {bytes} bytes");
        }
    }

    // From a threshold on that the compressor itself does not know.
    let polling = Polling::open(serve(new().http_compression(100_000)).await?, Some("gzip"));
    let polling = polling.await?;
    assert_eq!(polling.encoding(99_999).await?, None);
    assert_eq!(polling.encoding(100_000).await?, gzip);

    let polling = Polling::open(serve(new()).await?, Some("gzip")).await?;
    assert_eq!(polling.encoding(200_000).await?, None);
    Ok(())
}

#[tokio::test]
async fn compression_leaves_websockets_and_refusals_alone() -> Result {
    let address = serve(new().http_compression(0).upgrades(false)).await?;
    // As browsers say it, and as one that would rather have nothing than something uncompressed.
    for accepts in ["gzip, deflate, br", "identity;q=0"] {
        let accepts = ("accept-encoding", accepts);
        let websocket = Browser::websocket(address).header(accepts.0, accepts.1);
        works(&websocket.open().await).await;
    }
    let gzip = ("accept-encoding", "gzip");
    let elsewhere = ("origin", "https://example.com");
    for (uri, headers, said) in [
        (HANDSHAKE, &[gzip, elsewhere][..], "Not an accepted origin."),
        (
            "/socket.io/?EIO=4&transport=none",
            &[gzip],
            "Transport unknown",
        ),
    ] {
        let answer = get(address, uri, headers).await?;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{uri}");
        assert_eq!(header(answer.headers(), "content-encoding"), None, "{uri}");
        assert!(answer.body().contains(said), "{}", answer.body());
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_work_is_an_error_of_build_that_names_the_option() {
    let cookie = |cookie: Cookie| new().cookie(cookie);
    let named = Cookie::new;
    let mut wrong = vec![
        (new().transports([]), "`transports`", "empty"),
        (
            new().upgrade_timeout(Duration::ZERO),
            "`upgrade_timeout`",
            "zero",
        ),
    ];
    for builder in [
        new().cookie(""),
        new().cookie("a b"),
        new().cookie("a=b"),
        new().cookie("io;"),
        new().cookie("io\r\nx-injected: 1"),
        new().cookie("né"),
        new().cookie(String::from("a\0")),
    ] {
        wrong.push((builder, "`cookie`", "name"));
    }
    for path in ["", "socket.io", "/a;b", "/a\nb", "/é"] {
        wrong.push((cookie(named("io").path(path)), "`cookie`", "path"));
    }
    for domain in ["", "example.com; Path=/", "a b", "é"] {
        wrong.push((cookie(named("io").domain(domain)), "`cookie`", "domain"));
    }
    for age in [Duration::ZERO, Duration::from_millis(999)] {
        wrong.push((cookie(named("io").max_age(age)), "`cookie`", "max-age"));
    }
    let anywhere = named("io").same_site(SameSite::None);
    wrong.push((cookie(anywhere), "`cookie`", "SameSite=None"));
    wrong.push((cookie(named("__Secure-io")), "`cookie`", "__Secure-io"));
    wrong.push((cookie(named("__Host-io")), "`cookie`", "__Host-io"));
    let host = named("__Host-io").secure(true);
    wrong.push((cookie(host.clone().path("/a")), "`cookie`", "__Host-io"));
    wrong.push((cookie(host.domain("a.com")), "`cookie`", "__Host-io"));

    for (builder, option, part) in wrong {
        match builder.build().await {
            Ok(_) => panic!("built in spite of {option}, {part}"),
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains(option) && text.contains(part), "{text}");
            }
        }
    }
}
