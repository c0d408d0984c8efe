//! The client that keeps to the rules, and whom nothing of what the other does may hurt.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::Message;

use super::super::memory::{Memory, WebSocket};

/// Where it is.
pub(super) const NAMESPACES: [&str; 2] = ["/", "/chat"];

pub(super) struct Witness {
    orders: mpsc::UnboundedSender<String>,
    received: watch::Receiver<Received>,
    /// What has to be answered, in each namespace.
    expected: [Vec<String>; 2],
    task: JoinHandle<()>,
}

/// What has come: the acceptances, and the answers in each namespace.
#[derive(Default)]
struct Received {
    accepted: usize,
    answers: [Vec<String>; 2],
}

impl Witness {
    pub(super) async fn enter(memory: &Memory) -> Self {
        let opening = memory.websocket("EIO=4&transport=websocket");
        let websocket = opening.await.expect("a WebSocket for the witness");
        let (orders, to_do) = mpsc::unbounded_channel();
        let (tell, mut received) = watch::channel(Received::default());
        let task = tokio::spawn(carry(websocket, to_do, tell));
        for connect in [r#"40"greet""#, r#"40/chat,"greet""#] {
            let _ = orders.send(connect.to_owned());
        }
        let accepted = received.wait_for(|received| received.accepted == NAMESPACES.len());
        drop(accepted.await.expect("the witness to be let in"));
        Self {
            orders,
            received,
            expected: <[Vec<_>; 2]>::default(),
            task,
        }
    }

    /// Asks in both namespaces what only one answer is right for.
    pub(super) fn ask(&mut self) {
        for (namespace, expected) in ["", "/chat,"].into_iter().zip(&mut self.expected) {
            let id = expected.len();
            let event = format!(r#"42{namespace}{id}["add",{{"x":{id},"y":1}}]"#);
            let _ = self.orders.send(event);
            expected.push(format!("43{namespace}{id}[{}]", id + 1));
        }
    }

    /// Whether all answers have come.
    ///
    /// # Panics
    ///
    /// If one is wrong, or the connection has ended.
    pub(super) fn has_all(&self) -> bool {
        assert!(!self.task.is_finished(), "the witness was thrown out");
        let received = self.received.borrow();
        let mut namespaces = received.answers.iter().zip(&self.expected);
        namespaces.all(|(answers, expected)| {
            let due = &expected[..answers.len().min(expected.len())];
            assert_eq!(answers, due, "the answers of the witness");
            answers.len() == expected.len()
        })
    }

    /// Leaves.
    pub(super) async fn close(self) {
        drop(self.orders);
        let _ = self.task.await;
    }
}

/// Carries frames both ways until nobody sends more, and answers the heartbeat.
async fn carry(
    mut websocket: WebSocket,
    mut orders: mpsc::UnboundedReceiver<String>,
    tell: watch::Sender<Received>,
) {
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Some(order) = order else { break };
                if websocket.send(Message::text(order)).await.is_err() {
                    return;
                }
            }
            message = websocket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let text = text.as_str();
                    if text == "2" && websocket.send(Message::text("3")).await.is_err() {
                        return;
                    }
                    tell.send_modify(|received| received.note(text));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
    let _ = websocket.close(None).await;
}

impl Received {
    fn note(&mut self, text: &str) {
        if text.starts_with("40") {
            self.accepted += 1;
        } else if text.starts_with("43") {
            self.answers[usize::from(text.starts_with("43/"))].push(text.to_owned());
        }
    }
}
