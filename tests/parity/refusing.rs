//! Further behaviours of `on_connect` and `on_disconnect`: who is refused and how, what the reasons are.

use std::time::Duration;

use hobnob::{SocketIoBuilder, TestClient, TestError, prelude::*};
use serde_json::{Value, json};

use crate::stage::{Log, quiet};

/// What the client is told that `/` refuses.
async fn refusal(builder: SocketIoBuilder) -> Result<String> {
    let socketio = builder.build().await?;
    match socketio.test_client().connect("/").await {
        Err(TestError::Refused { message, .. }) => Ok(message),
        other => panic!("not refused: {other:?}"),
    }
}

/// Further behaviour 1. That `None`, `0` and `""` let in, which are false in Python, is clear from their
/// types here: they are sessions.
#[tokio::test(start_paused = true)]
async fn only_false_refuses_and_every_other_value_lets_in() -> Result {
    let refused = SocketIo::builder().on_connect("/", || false);
    assert_eq!(refusal(refused).await?, "Connection rejected by server");
    let refused = SocketIo::builder().on_connect("/", || Ok::<_, ConnectionRefused>(false));
    assert_eq!(refusal(refused).await?, "Connection rejected by server");

    let socketio = SocketIo::builder()
        .on_connect("/nothing", || ())
        .on_connect("/true", || true)
        .on_connect("/none", || Ok::<_, ConnectionRefused>(None::<u8>))
        .on_connect("/zero", || Ok::<_, ConnectionRefused>(0))
        .on_connect("/empty", || Ok::<_, ConnectionRefused>(""));
    let socketio = socketio.build().await?;
    for namespace in ["/nothing", "/true", "/none", "/zero", "/empty"] {
        let client = socketio.test_client().connect(namespace).await?;
        assert!(client.is_connected(), "{namespace}");
    }
    Ok(())
}

/// Further behaviour 2. The engine has room for a text only: further arguments, which a client of the
/// original finds in `error.data`, are in that text, as JSON.
#[tokio::test(start_paused = true)]
async fn a_refusal_says_why_and_may_have_data() -> Result {
    let refuse = |refused: ConnectionRefused| {
        let refuse = move || Err::<(), _>(refused.clone());
        refusal(SocketIo::builder().on_connect("/", refuse))
    };
    let refused = refuse(ConnectionRefused::default()).await?;
    assert_eq!(refused, "Connection rejected by server");
    assert_eq!(refuse(ConnectionRefused::new("a")).await?, "a");
    for data in [json!({ "k": 1 }), json!([1, 2])] {
        let refused = refuse(ConnectionRefused::new("a").with_data(data.clone())).await?;
        let refused: Value = serde_json::from_str(&refused)?;
        assert_eq!(refused, json!({ "message": "a", "data": data }));
    }
    Ok(())
}

/// Further behaviour 2: raised from within, through a `Result` that takes every error.
#[tokio::test(start_paused = true)]
async fn a_refusal_may_come_from_a_function_that_on_connect_calls() -> Result {
    fn check(token: &str) -> Result<(), ConnectionRefused> {
        match token {
            "secret" => Ok(()),
            _ => Err(ConnectionRefused::new("not this token").with_data(7)),
        }
    }

    let refused = SocketIo::builder().on_connect("/", || -> Result {
        check("guessed")?;
        Ok(())
    });
    let refused: Value = serde_json::from_str(&refusal(refused).await?)?;
    assert_eq!(refused, json!({ "message": "not this token", "data": 7 }));
    Ok(())
}

/// Further behaviour 3. In the original an empty object counts as none. Here `on_connect` gets what was sent:
/// whoever sends `{}` has sent something.
#[tokio::test(start_paused = true)]
async fn an_empty_auth_object_is_one() -> Result {
    let connect =
        |client: Client, auth: Option<Value>| -> Result { Ok(client.emit("auth", (auth,))?) };
    let socketio = SocketIo::builder().on_connect("/", connect).build().await?;
    let visitor = socketio.test_client();
    let none: Value = visitor.connect("/").await?.expect("auth").await?;
    assert_eq!(none, Value::Null);
    let empty = visitor.auth(json!({})).connect("/").await?;
    assert_eq!(empty.expect::<Value>("auth").await?, json!({}));
    Ok(())
}

/// Further behaviour 4
#[tokio::test(start_paused = true)]
async fn on_disconnect_does_not_run_for_who_was_refused() -> Result {
    let log = Log::default();
    let (came, left) = (log.clone(), log.clone());
    let socketio = SocketIo::builder()
        .on_connect("/", move || {
            came.note("came");
            false
        })
        .on_disconnect("/", move || left.note("left"));
    let socketio = socketio.build().await?;
    let refused = socketio.test_client().connect("/").await;
    assert!(refused.is_err());
    quiet().await;
    socketio.shutdown().await;
    assert_eq!(log.take(), ["came"]);
    Ok(())
}

/// Further behaviour 5. The one difference: a connection that breaks without a goodbye is `transport close`
/// in the original too, and told apart here.
#[tokio::test(start_paused = true)]
async fn the_reasons_are_called_as_in_the_original() -> Result {
    let log = Log::default();
    let leaving = log.clone();
    let socketio = SocketIo::builder()
        .on("/", "go", |client: Client| client.disconnect())
        .on_disconnect("/", move |reason: DisconnectReason| {
            leaving.note(reason.as_str());
        });
    let socketio = socketio.build().await?;
    let connect = async || -> Result<TestClient> {
        let patient = socketio.test_client().timeout(Duration::from_mins(2));
        Ok(patient.connect("/").await?)
    };

    connect().await?.disconnect().await?;
    let client = connect().await?;
    client.emit("go", ())?;
    client.disconnected().await?;
    connect().await?.close().await?;
    connect().await?.drop_connection().await?;
    let client = connect().await?;
    client.stop_ponging();
    client.disconnected().await?;
    assert_eq!(
        log.take(),
        [
            "client disconnect",
            "server disconnect",
            "transport close",
            "transport error",
            "ping timeout",
        ]
    );
    Ok(())
}

/// Further behaviour 6
#[tokio::test(start_paused = true)]
async fn on_disconnect_has_rooms_and_session_and_reaches_the_room() -> Result {
    let log = Log::default();
    let leaving = log.clone();
    let builder = SocketIo::builder()
        .on_connect("/", |client: Client, name: String| -> Result<String> {
            client.join(["tea", "coffee"])?;
            Ok(name)
        })
        .on_disconnect("/", move |client: Client, name: Session<String>| {
            let log = leaving.clone();
            async move {
                let mut rooms = client.rooms();
                rooms.sort();
                log.note(format!("{} was in {}", *name, rooms.join(", ")));
                client.to("tea").emit("left", &*name).await?;
                Ok::<_, EmitError>(())
            }
        });
    let socketio = builder.build().await?;
    let visitor = socketio.test_client();
    let anna = visitor.clone().auth("anna").connect("/").await?;
    let bert = visitor.auth("bert").connect("/").await?;
    anna.disconnect().await?;
    assert_eq!(log.take(), ["anna was in coffee, tea"]);
    assert_eq!(bert.expect::<String>("left").await?, "anna");
    Ok(())
}
