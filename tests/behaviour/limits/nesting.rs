//! How deep arguments may be in one another.

use bytes::Bytes;
use hobnob::{Parser, SocketIo, prelude::*};
use serde_json::{Value, json};
use tests::{Client as Browser, deadline};

use super::served::{Log, both, serve};

struct Depths(Log);

#[namespace("/depths")]
impl Depths {
    fn on_connect(&self, _auth: Value) {}

    fn on_take(&self, _first: Value, _second: Value) -> &'static str {
        self.0.note("take");
        "taken"
    }

    fn on_none(&self) -> &'static str {
        self.0.note("none");
        "not looked at"
    }

    #[event("*")]
    fn any(&self, args: Args) -> usize {
        self.0.note("any");
        args.len()
    }
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, level| {
        if level % 2 == 0 {
            json!([inner])
        } else {
            json!({ "in": inner })
        }
    })
}

fn error(argument: usize) -> Value {
    json!({ "error": format!("argument {argument}: nested too deeply") })
}

#[tokio::test]
async fn arguments_that_are_too_deep_are_answered_with_an_error() {
    for (most, builder) in [
        (64, SocketIo::builder()),
        (1, SocketIo::builder().max_nesting(1)),
        (126, SocketIo::builder().max_nesting(126)),
    ] {
        let log = Log::default();
        let (socketio, address) = serve(builder.namespace(Depths(log.clone()))).await;
        let (deep, deeper) = (nested(most), nested(most + 1));
        let file = || vec![Bytes::from_static(b"file")];
        for browser in both(address) {
            let before = socketio.counters().deep_events;
            let client = browser.connect("/depths", deep.clone()).await;
            let taken = client.call("take", (&deep, &deep)).await.only();
            assert_eq!(taken, "taken");
            let taken = client.call_binary("take", (&deep, &deep, 0), file()).await;
            assert_eq!(taken.only(), "taken");
            assert_eq!(client.call("none", (&deep,)).await.only(), "not looked at");
            assert_eq!(client.call("else", (&deep, 2)).await.only(), 2);
            log.becomes(&["take", "take", "none", "any"]).await;

            // Whoever would get it, and whatever it would do with it.
            assert_eq!(client.call("take", (&deep, &deeper)).await.only(), error(2));
            let refused = client.call_binary("take", (&deeper, 0), file()).await;
            assert_eq!(refused.only(), error(1));
            assert_eq!(client.call("none", (&deeper,)).await.only(), error(1));
            assert_eq!(client.call("else", (1, 2, &deeper)).await.only(), error(3));
            let refused = browser.connect_refused("/depths", deeper.clone()).await;
            assert_eq!(refused.message, "auth: nested too deeply");
            assert_eq!(socketio.counters().deep_events, before + 5);

            assert_eq!(client.call("none", ()).await.only(), "not looked at");
            log.becomes(&["none"]).await;
            client.close().await;
        }
    }
}

#[tokio::test]
async fn msgpack_is_no_deeper() {
    // One deeper than 126 the engine itself takes for no packet.
    for most in [1, 64, 125] {
        let log = Log::default();
        let builder = SocketIo::builder()
            .parser(Parser::MsgPack)
            .max_nesting(most);
        let (socketio, address) = serve(builder.namespace(Depths(log.clone()))).await;
        let (deep, deeper) = (nested(most), nested(most + 1));
        let packet = |packet: Value| rmp_serde::to_vec_named(&packet).expect("msgpack");
        let event =
            |data: Value| packet(json!({ "type": 2, "nsp": "/depths", "id": 7, "data": data }));
        for browser in [Browser::websocket(address), Browser::polling(address)] {
            let before = socketio.counters().deep_events;
            let ask = async |sent: Vec<u8>| {
                let connection = browser.open().await;
                let auth = packet(json!({ "type": 0, "nsp": "/depths", "data": deep }));
                connection.send_raw_binary(auth);
                connection.recv_raw().await;
                connection.send_raw_binary(sent);
                let answer = deadline("an answer", connection.recv_raw()).await;
                connection.close().await;
                let tests::Frame::Binary(answer) = answer else {
                    panic!("{answer:?}");
                };
                let answer: Value = rmp_serde::from_slice(&answer).expect("msgpack");
                answer["data"].clone()
            };
            let taken = ask(event(json!(["take", deep, deep]))).await;
            assert_eq!(taken, json!(["taken"]));
            let refused = ask(event(json!(["take", deep, deeper]))).await;
            assert_eq!(refused, json!([error(2)]));
            let refused = ask(event(json!(["else", deeper]))).await;
            assert_eq!(refused, json!([error(1)]));
            assert_eq!(socketio.counters().deep_events, before + 2);
            log.becomes(&["take"]).await;
        }
    }
}
