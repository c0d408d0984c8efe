//! What a handler learns of the connection under its client: the request that opened it, the
//! transport, the ids.

use std::{collections::HashSet, net::SocketAddr};

use axum::Router;
use hobnob::{TransportType, prelude::*};
use serde_json::{Value, json};
use tests::{Client as Browser, Socket, deadline};
use tokio::{net::TcpListener, sync::mpsc};

#[derive(Deserialize, Serialize)]
struct Search {
    words: String,
    page: u32,
}

/// What there is to know about a client, now and when it leaves.
struct Clerk {
    notes: mpsc::UnboundedSender<Value>,
}

impl Clerk {
    fn known(client: &Client) -> Value {
        let Some(request) = client.request() else {
            return Value::Null;
        };
        let search = request.query::<Search>();
        json!({
            "cookie": request.header("cookie"),
            "agents": request.headers().get_all("user-agent").iter().count(),
            "missing": request.header("x-missing"),
            "path": request.uri().path(),
            "method": request.parts().method.as_str(),
            "search": search.map_err(|error| error.to_string()),
            "remote": request.remote_addr(),
            "transport": client.transport().map(name),
        })
    }
}

fn name(transport: TransportType) -> &'static str {
    match transport {
        TransportType::Websocket => "websocket",
        TransportType::Polling => "polling",
    }
}

#[namespace("/clerk")]
impl Clerk {
    fn on_connect(&self, client: Client) {
        let _ = self.notes.send(Self::known(&client));
    }

    fn on_known(&self, client: Client) -> Value {
        Self::known(&client)
    }

    fn on_sid(&self, client: Client) -> Sid {
        client.sid()
    }

    fn on_disconnect(&self, client: Client) {
        let _ = self.notes.send(Self::known(&client));
    }
}

type Notes = mpsc::UnboundedReceiver<Value>;

async fn serve() -> Result<(SocketIo, SocketAddr, Notes)> {
    let (notes, received) = mpsc::unbounded_channel();
    let second = Clerk {
        notes: notes.clone(),
    };
    let builder = SocketIo::builder().namespace(Clerk { notes });
    let socketio = builder.namespace_at("/second", second).build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = socketio.clone();
    tokio::spawn(async move { server.serve_on(listener, Router::new()).await });
    Ok((socketio, address, received))
}

async fn sid(client: &Socket) -> Result<Sid> {
    Ok(serde_json::from_value(client.call("sid", ()).await.only())?)
}

#[tokio::test]
async fn the_request_that_opened_the_connection_is_known_to_the_end() -> Result {
    let (socketio, address, mut notes) = serve().await?;
    for (browser, transport) in [
        (Browser::websocket(address), "websocket"),
        (Browser::polling(address), "polling"),
    ] {
        let browser = browser
            .header("cookie", "id=7; theme=dark")
            .header("user-agent", "one")
            .header("user-agent", "two")
            .header("x-forwarded-for", "192.0.2.1")
            .query("words", "tea & m\u{e4}rz=1")
            .query("page", "3");
        let anna = browser.connect("/clerk", None).await;
        let known = anna.call("known", ()).await.only();
        let remote: SocketAddr = serde_json::from_value(known["remote"].clone())?;
        let expected = json!({
            "cookie": "id=7; theme=dark",
            "agents": 2,
            "missing": null,
            "path": "/socket.io/",
            "method": "GET",
            "search": { "Ok": { "words": "tea & m\u{e4}rz=1", "page": 3 } },
            "remote": remote,
            "transport": transport,
        });
        assert_eq!(known, expected);
        // Nobody has been told to believe what a client says about itself.
        assert_eq!(remote.ip(), address.ip());
        assert_ne!(remote.port(), address.port());
        assert_eq!(notes.recv().await.as_ref(), Some(&expected));

        let sid = sid(&anna).await?;
        let client = socketio.of("/clerk").local_client(sid).expect("anna");
        anna.close().await;
        let left = deadline("on_disconnect", notes.recv()).await;
        assert_eq!(left, Some(expected));
        drop(anna);
        tests::eventually("anna to be gone", async || client.request().is_none()).await;
        assert!(client.transport().is_none());
    }
    Ok(())
}

#[tokio::test]
async fn a_query_of_another_form_is_an_error() -> Result {
    let (_, address, _) = serve().await?;
    let wrong = [
        Browser::websocket(address),
        Browser::websocket(address)
            .query("words", "tea")
            .query("page", "three"),
    ];
    for browser in wrong {
        let anna = browser.connect("/clerk", None).await;
        let known = anna.call("known", ()).await.only();
        let error = known["search"]["Err"].as_str();
        assert!(error.is_some_and(|error| !error.is_empty()), "{known}");
    }
    Ok(())
}

#[tokio::test]
async fn an_upgrade_changes_the_transport_and_nothing_else() -> Result {
    let (_, address, _) = serve().await?;
    let anna = Browser::polling(address)
        .query("page", "3")
        .connect("/clerk", None)
        .await;
    let before = anna.call("known", ()).await.only();
    let id = sid(&anna).await?;
    assert_eq!(before["transport"], "polling");

    anna.connection().upgrade().await;
    let mut after = anna.call("known", ()).await.only();
    assert_eq!(after["transport"], "websocket");
    after["transport"] = before["transport"].clone();
    assert_eq!(after, before);
    assert_eq!(sid(&anna).await?, id);
    Ok(())
}

#[tokio::test]
async fn a_public_sid_is_stable_and_its_own_in_every_namespace() -> Result {
    let (_, address, _) = serve().await?;
    let connection = Browser::websocket(address).open().await;
    let first = connection
        .connect("/clerk", None)
        .await
        .map_err(Error::public)?;
    let second = connection
        .connect("/second", None)
        .await
        .map_err(Error::public)?;
    let other = Browser::polling(address).connect("/clerk", None).await;

    let mut sids = HashSet::new();
    for socket in [&first, &second, &other] {
        let public = sid(socket).await?;
        // What the client was told when it connected is the key to its connection.
        for secret in [socket.sid(), &socket.connection().handshake().sid] {
            assert!(secret.len() > 8, "{secret}");
            assert!(!public.as_str().contains(secret), "{public} shows {secret}");
        }
        assert_eq!(sid(socket).await?, public);
        assert!(sids.insert(public), "{public} is somebody else's");
    }

    // It is the connection's: who leaves a namespace and comes back has it again.
    let public = sid(&first).await?;
    first.disconnect();
    let again = connection
        .connect("/clerk", None)
        .await
        .map_err(Error::public)?;
    assert_eq!(sid(&again).await?, public);
    Ok(())
}
