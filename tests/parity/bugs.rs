//! What the original gets wrong and hobnob does not copy.

use std::sync::Mutex;

use hobnob::{TestError, prelude::*};
use tests::Client as Browser;

use crate::stage::{Log, quiet, serve};

/// There the client gets no answer and is let in all the same: whoever makes the check crash has passed it.
/// And a `TypeError` in the handler is taken for a wrong number of arguments: the handler runs again.
#[tokio::test(start_paused = true)]
async fn a_client_whose_on_connect_crashes_is_refused() -> Result {
    let log = Log::default();
    let (came, left, handled) = (log.clone(), log.clone(), log.clone());
    let socketio = SocketIo::builder()
        .on_connect("/", move |how: String| -> Result {
            came.note(&*how);
            assert_ne!(how, "panic");
            Err(Error::hidden("the database is gone"))
        })
        .on("/", "event", move || handled.note("event"))
        .on_disconnect("/", move || left.note("left"))
        // There its value lets in, whatever it is unless `False`.
        .on_error(async |_, _, _| ());
    let socketio = socketio.build().await?;
    for how in ["panic", "error"] {
        let refused = socketio.test_client().auth(how).connect("/").await;
        let refused = refused.expect_err("let in");
        assert_eq!(refused.refusal(), Some("internal error"), "{how}");
        quiet().await;
        assert_eq!(log.take(), [how]);
    }
    assert!(socketio.of("/").clients().await?.is_empty());
    Ok(())
}

/// There a client that emits events of these names runs the handlers again, with arguments of its own.
#[tokio::test]
async fn a_client_cannot_run_on_connect_and_on_disconnect_by_their_names() -> Result {
    let log = Log::default();
    let (came, left) = (log.clone(), log.clone());
    let builder = SocketIo::builder()
        .on_connect("/", move || came.note("came"))
        .on_disconnect("/", move || left.note("left"))
        .on("/", "fence", || ());
    let address = serve(builder).await?;
    let client = Browser::websocket(address).connect("/", None).await;
    for event in ["connect", "disconnect", "on_connect", "on_disconnect"] {
        client.emit(event, ({},));
    }
    client.call("fence", ()).await;
    assert_eq!(log.take(), ["came"]);
    Ok(())
}

/// There a client that was refused with `always_connect` is told to disconnect, with a reason that the
/// JavaScript client takes for a broken packet: it connects again, for ever.
#[tokio::test]
async fn a_refusal_is_a_connect_error_and_nothing_goes_before_it() -> Result {
    let builder = SocketIo::builder().on_connect("/", |client: Client| -> Result<bool> {
        client.emit("never", ())?;
        Ok(false)
    });
    let connection = Browser::websocket(serve(builder).await?).open().await;
    connection.send_raw("40");
    let refused = r#"44{"message":"Connection rejected by server"}"#;
    assert_eq!(connection.recv_raw().await, refused);
    Ok(())
}

/// There what `on_connect` emits is on the wire before the client knows that it is connected.
#[tokio::test]
async fn what_on_connect_sends_comes_after_the_acceptance() -> Result {
    let builder = SocketIo::builder().on_connect("/", |client: Client| -> Result {
        Ok(client.emit("welcome", ())?)
    });
    let connection = Browser::websocket(serve(builder).await?).open().await;
    connection.send_raw("40");
    let accepted = connection.recv_raw().await;
    assert!(accepted.text().starts_with(r#"40{"sid":"#), "{accepted:?}");
    assert_eq!(connection.recv_raw().await, r#"42["welcome"]"#);
    Ok(())
}

/// There it answers `["", 400]`, and lets in without asking its `on_connect`.
#[tokio::test(start_paused = true)]
async fn a_class_may_be_mounted_for_all_namespaces() -> Result {
    #[derive(Default)]
    struct Anywhere {
        came: Mutex<Vec<String>>,
    }

    #[namespace("*")]
    impl Anywhere {
        fn on_connect(&self, client: Client, allowed: bool) -> bool {
            let path = client.namespace().path().to_owned();
            self.came.lock().expect("no panic").push(path);
            allowed
        }

        fn on_came(&self) -> Vec<String> {
            self.came.lock().expect("no panic").clone()
        }
    }

    let builder = SocketIo::builder().namespace(Anywhere::default());
    let socketio = builder.build().await?;
    let refused = socketio.test_client().auth(false).connect("/a").await;
    assert!(
        matches!(refused, Err(TestError::Refused { .. })),
        "{refused:?}"
    );
    let client = socketio.test_client().auth(true).connect("/b/c").await?;
    assert_eq!(
        client.call::<Vec<String>>("came", ()).await?,
        ["/a", "/b/c"]
    );
    Ok(())
}

/// There the documentation has serializers that are not in the code, and options are not looked at. Here an
/// option that cannot work is an error that names it.
#[tokio::test]
async fn an_option_that_cannot_work_is_an_error_of_build() {
    let built = SocketIo::builder().max_message_size(0).build().await;
    let error = built.expect_err("built").to_string();
    assert!(error.contains("max_message_size"), "{error}");
}
