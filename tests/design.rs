//! The program of the README, as a user would write it: it compiles, and it works.

use axum::routing::get;
use hobnob::prelude::*;
use serde_json::json;
use tests::Client as Browser;

#[derive(Deserialize)]
struct Membership {
    room: String,
}

#[derive(Deserialize)]
struct Login {
    nickname: String,
}

struct User {
    nickname: String,
}

#[derive(Serialize, Event)]
struct Said<'a> {
    from: &'a str,
    text: &'a str,
}

#[derive(Default)]
struct Chat {}

#[namespace("/chat", session = User)]
impl Chat {
    async fn on_connect(&self, login: Login) -> Result<User, ConnectionRefused> {
        if login.nickname.is_empty() {
            return Err(ConnectionRefused::new("a nickname, please"));
        }
        Ok(User {
            nickname: login.nickname,
        })
    }

    async fn on_join(&self, client: Client, user: Session<User>, m: Membership) -> Result<usize> {
        client.join(&m.room)?;
        client
            .to(&m.room)
            .send(format!("{} has entered the room.", user.nickname))
            .await?;
        Ok(client.namespace().room(&m.room).len().await?)
    }

    #[event("xxx event")]
    async fn any_name(
        &self,
        client: Client,
        user: Session<User>,
        room: String,
        text: String,
    ) -> Result {
        let said = Said {
            from: &user.nickname,
            text: &text,
        };
        client.to(&room).include_self(false).send(said).await?;
        Ok(())
    }

    async fn on_disconnect(&self, user: Session<User>, reason: DisconnectReason) {
        tracing::info!("{} left: {reason}", user.nickname);
    }
}

#[tokio::test]
async fn the_program_of_the_readme_works() -> Result {
    let socketio = SocketIo::builder()
        .namespace(Chat::default())
        .build()
        .await?;
    let app = axum::Router::new()
        .route("/", get("a page"))
        .with_state(socketio.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn({
        let socketio = socketio.clone();
        async move { socketio.serve_on(listener, app).await }
    });

    let refused = Browser::websocket(address).connect_refused("/chat", json!({ "nickname": "" }));
    assert_eq!(refused.await.message, "a nickname, please");

    let anna = Browser::websocket(address)
        .connect("/chat", json!({ "nickname": "anna" }))
        .await;
    assert_eq!(
        anna.call("join", json!([{ "room": "tea" }])).await.args,
        [json!(1)]
    );
    assert_eq!(anna.expect("message").await, ["anna has entered the room."]);

    let bert = Browser::polling(address)
        .connect("/chat", json!({ "nickname": "bert" }))
        .await;
    assert_eq!(
        bert.call("join", json!([{ "room": "tea" }])).await.args,
        [json!(2)]
    );
    assert_eq!(anna.expect("message").await, ["bert has entered the room."]);
    assert_eq!(bert.expect("message").await, ["bert has entered the room."]);

    assert_eq!(bert.call("xxx event", ("tea", "hello")).await.args.len(), 0);
    assert_eq!(
        anna.expect("said").await,
        [json!({ "from": "bert", "text": "hello" })]
    );

    socketio.shutdown().await;
    server.await??;
    Ok(())
}
