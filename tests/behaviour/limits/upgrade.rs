//! That nothing is lost on the way from long polling to a WebSocket, however much waits there.

use hobnob::{SocketIo, prelude::*};
use tests::Client as Browser;

use super::served::{NO_AUTH, serve};

/// Sends more than goes into one message as soon as somebody comes.
struct Library;

#[namespace]
impl Library {
    fn on_connect(&self, client: Client) -> Result {
        for number in 0..5 {
            client.emit("volume", (number, "x".repeat(450_000)))?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_waits_for_a_client_comes_in_order_whenever_it_upgrades() {
    let (_socketio, address) = serve(SocketIo::builder().namespace(Library)).await;
    for _ in 0..10 {
        let connection = Browser::polling(address).open().await;
        assert_eq!(connection.handshake().max_payload, 1_000_000);
        let client = connection.connect("/", NO_AUTH).await.expect("let in");
        connection.upgrade().await;
        for number in 0..5 {
            assert_eq!(client.expect("volume").await[0], number);
        }
        connection.close().await;
    }
}
