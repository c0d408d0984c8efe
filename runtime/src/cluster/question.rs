//! What was asked of the other servers, and who has not answered.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use socketioxide_core::{
    Sid, Uid,
    adapter::remote_packet::{Response, ResponseType},
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::{message::unpack, node::Node};

/// How many answers to one question may wait. Memory is taken only for those that do.
const ANSWERS: usize = 65_536;

/// Of one server, or of one of its clients.
pub(super) struct Answer {
    pub(super) from: Uid,
    pub(super) answer: Bytes,
}

type Waiting = Arc<Mutex<HashMap<Sid, mpsc::Sender<Answer>>>>;

/// The questions that wait for answers.
#[derive(Default)]
pub(super) struct Questions(Waiting);

/// One question. Its answers are not waited for any more when it is dropped.
pub(super) struct Question {
    id: Sid,
    pub(super) answers: mpsc::Receiver<Answer>,
    waiting: Waiting,
}

/// What came back.
pub(super) struct Answers<D> {
    pub(super) answers: Vec<ResponseType<D>>,
    /// How many servers have not answered.
    pub(super) unanswered: usize,
}

impl Questions {
    pub(super) fn ask(&self, id: Sid) -> Question {
        let (sender, answers) = mpsc::channel(ANSWERS);
        self.0.lock().insert(id, sender);
        Question {
            id,
            answers,
            waiting: Arc::clone(&self.0),
        }
    }

    /// What nobody waits for any more came too late.
    pub(super) fn answered(&self, question: Sid, answer: Answer) {
        let Some(asker) = self.0.lock().get(&question).cloned() else {
            tracing::debug!(target: "hobnob::cluster", "an answer came too late");
            return;
        };
        if asker.try_send(answer).is_err() {
            tracing::warn!(target: "hobnob::cluster", "an answer was not waited for");
        }
    }
}

/// What an answer says.
pub(super) fn decode<D: DeserializeOwned>(answer: &Answer) -> Option<ResponseType<D>> {
    match unpack::<Response<D>>(&answer.answer) {
        Ok(response) => Some(response.r#type),
        Err(error) => {
            tracing::warn!(target: "hobnob::cluster", %error, "not an answer");
            None
        }
    }
}

impl Question {
    /// What the answers say.
    pub(super) async fn answers<D: DeserializeOwned>(
        self,
        node: &Node,
        asked: Vec<Sid>,
    ) -> Answers<D> {
        let (answers, unanswered) = self.each(node, asked).await;
        Answers {
            answers: answers.iter().filter_map(decode).collect(),
            unanswered,
        }
    }

    /// Waits for one answer of each server that was there when it was asked. Returns with them how many did
    /// not answer.
    pub(super) async fn each(mut self, node: &Node, asked: Vec<Sid>) -> (Vec<Answer>, usize) {
        let deadline = Instant::now() + node.settings.request_timeout;
        let settled = node.peers.settled();
        let mut missing: HashSet<Sid> = asked.into_iter().collect();
        let mut answers = Vec::with_capacity(missing.len());
        loop {
            let until = if missing.is_empty() {
                settled
            } else {
                deadline
            };
            if missing.is_empty() && Instant::now() >= settled {
                break;
            }
            let Ok(Some(answer)) = timeout_at(until, self.answers.recv()).await else {
                break;
            };
            missing.remove(&*answer.from);
            answers.push(answer);
        }
        // Who has said goodbye meanwhile has no clients to be told of.
        missing.retain(|server| node.peers.is_alive(server));
        (answers, missing.len())
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.waiting.lock().remove(&self.id);
    }
}
