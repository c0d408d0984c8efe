//! Further behaviours of values: what a handler returns and what is sent, on the wire.

use hobnob::{Received, SocketIoBuilder, prelude::*};
use serde_json::{Value, json};
use tests::{Client as Browser, Connection, placeholder};

use crate::stage::serve;

/// A connection that is in `/`, for looking at what comes frame by frame.
async fn connection(builder: SocketIoBuilder) -> Result<Connection> {
    let address = serve(builder).await?;
    let connection = Browser::websocket(address).open().await;
    connection.send_raw("40");
    let accepted = connection.recv_raw().await;
    assert!(accepted.text().starts_with("40{"), "{accepted:?}");
    Ok(connection)
}

/// Further behaviour 10. A list is written `[..]` or `Vec`, a tuple `(..)`, as in Python; `None` is `()`,
/// while the `None` of an `Option` is a value, `null`.
#[tokio::test]
async fn what_is_returned_becomes_the_values_of_the_acknowledgement() -> Result {
    let builder = SocketIo::builder()
        .on("/", "nothing", || ())
        .on("/", "value", || 7)
        .on("/", "tuple", || (1, "b"))
        .on("/", "list", || [1, 2])
        .on("/", "vec", || vec![1, 2])
        .on("/", "false", || false)
        .on("/", "none", || None::<u8>)
        .on("/", "bytes", || Bytes::from_static(b"text"));
    let address = serve(builder).await?;
    let client = Browser::websocket(address).connect("/", None).await;
    for (event, expected) in [
        ("nothing", json!([])),
        ("value", json!([7])),
        ("tuple", json!([1, "b"])),
        ("list", json!([[1, 2]])),
        ("vec", json!([[1, 2]])),
        ("false", json!([false])),
        ("none", json!([null])),
        ("bytes", json!([placeholder(0)])),
    ] {
        let answer = client.call(event, ()).await;
        assert_eq!(Value::from(answer.args), expected, "{event}");
        let attachments: &[&str] = if event == "bytes" { &["text"] } else { &[] };
        assert_eq!(answer.attachments, attachments, "{event}");
    }
    Ok(())
}

/// Further behaviour 11
#[tokio::test]
async fn the_acknowledgement_comes_after_all_that_the_handler_sent() -> Result {
    let count = async |client: Client| -> Result<&'static str> {
        client.emit("count", 1)?;
        client.broadcast().emit("count", 2).await?;
        client.emit("count", 3)?;
        Ok("counted")
    };
    let connection = connection(SocketIo::builder().on("/", "count", count)).await?;
    connection.send_raw(r#"421["count"]"#);
    for expected in [
        r#"42["count",1]"#,
        r#"42["count",2]"#,
        r#"42["count",3]"#,
        r#"431["counted"]"#,
    ] {
        assert_eq!(connection.recv_raw().await, expected);
    }
    Ok(())
}

/// Further behaviour 12
#[tokio::test(start_paused = true)]
async fn what_is_sent_becomes_the_arguments_of_the_event() -> Result {
    let emit = |client: Client| -> Result {
        client.emit("none", ())?;
        client.emit("one", "a")?;
        client.emit("tuple", ("a", 2))?;
        client.emit("null", (None::<u8>,))?;
        client.emit("option", None::<u8>)?;
        client.emit("list", [1, 2])?;
        client.emit("object", json!({ "a": 1 }))?;
        client.emit("bytes", Bytes::from_static(b"text"))?;
        Ok(())
    };
    let socketio = SocketIo::builder().on("/", "emit", emit).build().await?;
    let client = socketio.test_client().connect("/").await?;
    client.call::<()>("emit", ()).await?;
    let expected = [
        ("none", json!([])),
        ("one", json!(["a"])),
        ("tuple", json!(["a", 2])),
        ("null", json!([null])),
        ("option", json!([null])),
        ("list", json!([[1, 2]])),
        ("object", json!([{ "a": 1 }])),
        ("bytes", json!([placeholder(0)])),
    ];
    let came = client.received();
    assert_eq!(came.len(), expected.len());
    for (came, (event, args)) in came.iter().zip(expected) {
        assert_eq!((came.event(), Value::from(came.args())), (event, args));
    }
    let bytes: Vec<_> = came.iter().flat_map(Received::attachments).collect();
    assert_eq!(bytes, ["text"]);
    Ok(())
}

/// Further behaviour 17. What is sent to the client then is an error of the handler's, which it may look at.
#[tokio::test]
async fn a_handler_goes_on_after_disconnect_and_is_still_acknowledged() -> Result {
    let go = |client: Client| -> Result<&'static str> {
        client.emit("farewell", ())?;
        client.disconnect()?;
        let late = client.emit("late", ());
        assert!(matches!(late, Err(EmitError::Disconnected)), "{late:?}");
        Ok("gone")
    };
    let connection = connection(SocketIo::builder().on("/", "go", go)).await?;
    connection.send_raw(r#"421["go"]"#);
    for expected in [r#"42["farewell"]"#, "41", r#"431["gone"]"#] {
        assert_eq!(connection.recv_raw().await, expected);
    }
    Ok(())
}
