//! How many events one client may send in a second.

use std::time::Duration;

use hobnob::SocketIo;
use serde_json::json;

use super::{Room, Scene, served::both, served::serve};

#[tokio::test]
async fn whoever_sends_more_events_in_a_second_than_it_may_is_thrown_out() {
    let builder = SocketIo::builder().max_events_per_second(100);
    let mut scene = Scene::start(builder.grace(Duration::from_millis(50))).await;
    for browser in scene.browsers.clone() {
        for event in ["length", "wait beside", "nobody handles this"] {
            // A second's worth at once.
            let patient = browser.connect("/desk", json!("patient")).await;
            let ids: Vec<_> = (0..100)
                .map(|_| patient.emit_with_id("fence", ()))
                .collect();
            for id in ids {
                patient.expect_ack(id).await;
            }

            let before = scene.counted(|counters| counters.fast_clients);
            let fast = browser.connect("/desk", json!("fast")).await;
            fast.burst(|| {
                for _ in 0..1000 {
                    fast.emit(event, ("",));
                }
            });
            fast.expect_closed().await;
            scene.log.becomes(&["fast: too many events"]).await;
            assert_eq!(scene.counted(|counters| counters.fast_clients), before + 1);
            assert_eq!(scene.counted(|counters| counters.flooding_clients), 0);

            patient.close().await;
            scene.log.becomes(&["patient: transport close"]).await;
            drop((patient, fast));
            scene.expect_witness_alone().await;
        }
    }
}

#[tokio::test]
async fn namespaces_and_connecting_again_are_no_way_around_it() {
    let builder = SocketIo::builder().max_events_per_second(1000);
    let builder = builder.namespace_at("/a", Room).namespace_at("/b", Room);
    let (socketio, address) = serve(builder).await;
    let events = |path: &str| vec![format!(r#"42{path},["fence"]"#); 900];
    for browser in both(address) {
        let before = socketio.counters().fast_clients;
        let connection = browser.open().await;
        for path in ["/a", "/b"] {
            connection.connect(path, None).await.expect("let in");
        }
        connection.burst(|| {
            for event in events("/a").into_iter().chain(events("/b")) {
                connection.send_raw(event);
            }
        });
        connection.expect_closed().await;
        assert_eq!(socketio.counters().fast_clients, before + 1);

        let connection = browser.open().await;
        let a = connection.connect("/a", None).await.expect("let in");
        connection.burst(|| {
            for event in events("/a") {
                connection.send_raw(event);
            }
        });
        a.disconnect();
        let a = connection.connect("/a", None).await.expect("let in");
        connection.burst(|| {
            for event in events("/a") {
                connection.send_raw(event);
            }
        });
        a.expect_closed().await;
        assert_eq!(socketio.counters().fast_clients, before + 2);
    }
}

#[tokio::test]
async fn without_the_limit_a_burst_is_fine() {
    let (socketio, address) = serve(SocketIo::builder().namespace(Room)).await;
    for browser in both(address) {
        let client = browser.connect("/", None::<serde_json::Value>).await;
        client.burst(|| {
            for _ in 0..5000 {
                client.emit("nobody handles this", ());
            }
        });
        client.call("fence", ()).await;
        assert_eq!(socketio.counters().fast_clients, 0);
    }
}
