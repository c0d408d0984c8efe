//! The acknowledgements of clients all over the cluster, as they come in.
//!
//! Not the engine's stream of them, which goes on waiting after the last server has said that none of its
//! clients was asked, and for a server that is gone.

use std::{collections::HashMap, sync::Arc};

use futures_util::StreamExt;
use socketioxide::AckError;
use socketioxide_core::{Sid, Value, adapter::remote_packet::ResponseType};
use tokio::time::{Instant, timeout_at};

use super::{
    node::Node,
    question::{Question, decode},
};
use crate::adapter::AckStream;

type Ack = (Sid, Result<Value, AckError>);

pub(super) struct Acks {
    node: Arc<Node>,
    /// Of this server's clients, until the last of them.
    here: Option<AckStream>,
    question: Question,
    /// How many are still to come from each server: `None` before it has said so.
    elsewhere: HashMap<Sid, Option<u32>>,
    deadline: Instant,
}

impl Acks {
    pub(super) fn new(
        node: &Arc<Node>,
        here: AckStream,
        question: Question,
        asked: &[Sid],
        deadline: Instant,
    ) -> Self {
        Self {
            node: Arc::clone(node),
            here: Some(here),
            question,
            elsewhere: asked.iter().map(|server| (*server, None)).collect(),
            deadline,
        }
    }

    pub(super) fn into_stream(self) -> AckStream {
        let acks = futures_util::stream::unfold(self, async |mut acks| {
            let ack = acks.next().await?;
            Some((ack, acks))
        });
        Box::pin(acks.fuse())
    }

    async fn next(&mut self) -> Option<Ack> {
        loop {
            // A server that is gone has taken its clients along.
            let peers = &self.node.peers;
            self.elsewhere.retain(|server, _| peers.is_alive(server));
            if Instant::now() >= self.deadline {
                self.elsewhere.clear();
            }
            if self.here.is_none() && self.elsewhere.is_empty() {
                return None;
            }
            let look = Instant::now() + self.node.settings.heartbeat_interval;
            let here = async {
                match &mut self.here {
                    Some(here) => here.next().await,
                    None => std::future::pending().await,
                }
            };
            let elsewhere = timeout_at(look.min(self.deadline), self.question.answers.recv());
            tokio::select! {
                biased;
                ack = here => match ack {
                    Some(ack) => return Some(ack),
                    None => self.here = None,
                },
                answer = elsewhere, if !self.elsewhere.is_empty() => {
                    let Ok(Some(answer)) = answer else { continue };
                    let from = *answer.from;
                    match decode::<AckError>(&answer) {
                        Some(ResponseType::BroadcastAckCount(clients)) => {
                            self.expect(from, clients);
                        }
                        Some(ResponseType::BroadcastAck(ack)) => {
                            self.came(from);
                            return Some(ack);
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn expect(&mut self, server: Sid, clients: u32) {
        if clients == 0 {
            self.elsewhere.remove(&server);
        } else if let Some(expected) = self.elsewhere.get_mut(&server) {
            *expected = Some(clients);
        }
    }

    fn came(&mut self, server: Sid) {
        if let Some(Some(expected)) = self.elsewhere.get_mut(&server) {
            *expected -= 1;
            if *expected == 0 {
                self.elsewhere.remove(&server);
            }
        }
    }
}
