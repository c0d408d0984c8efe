//! What has come for one membership in one namespace, and waiting for it.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use parking_lot::{Mutex, MutexGuard};
use serde_json::Value as Json;
use socketioxide_core::{Sid as EngineSid, Value};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::{
    Received, TestError,
    packet::{Kind, Packet},
};

pub(super) struct Inbox {
    pub(super) namespace: String,
    contents: Mutex<Contents>,
    /// Told of every change.
    changed: Notify,
}

pub(super) struct Contents {
    pub(super) membership: Membership,
    /// Those that no one has taken yet.
    pub(super) events: VecDeque<Received>,
    pub(super) answers: HashMap<i64, Value>,
}

pub(super) enum Membership {
    Asked,
    Refused(String),
    Connected(EngineSid),
    Ended(&'static str),
}

impl Contents {
    pub(super) fn came(&self) -> Vec<Received> {
        self.events.iter().cloned().collect()
    }

    /// How the membership ended, if it has.
    pub(super) fn end(&self) -> Option<&'static str> {
        match self.membership {
            Membership::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// Takes the first event that is `wanted`.
    pub(super) fn take(&mut self, wanted: impl Fn(&Received) -> bool) -> Option<Received> {
        let first = self.events.iter().position(wanted)?;
        self.events.remove(first)
    }

    fn receive(&mut self, packet: Packet) {
        match packet.kind {
            Kind::Connect => {
                let sid = packet.data.get("sid").and_then(Json::as_str);
                self.membership = match sid.and_then(|sid| sid.parse().ok()) {
                    Some(sid) => Membership::Connected(sid),
                    None => Membership::Ended("the server accepted the client without a sid"),
                };
            }
            Kind::ConnectError => {
                let message = match packet.data.get("message") {
                    Some(Json::String(message)) => message.clone(),
                    _ => packet.data.to_string(),
                };
                self.membership = Membership::Refused(message);
            }
            Kind::Disconnect => self.leave("the server disconnected the client"),
            Kind::Event => self.events.extend(Received::from_packet(packet)),
            Kind::Ack => {
                if let Some(id) = packet.id {
                    let attachments = packet.attachments;
                    let attachments = (!attachments.is_empty()).then_some(attachments);
                    let answer = Value::Str(packet.data.to_string().into(), attachments);
                    self.answers.insert(id, answer);
                }
            }
        }
    }

    /// Ends the membership; the first end stays.
    fn leave(&mut self, end: &'static str) {
        if matches!(
            self.membership,
            Membership::Asked | Membership::Connected(_)
        ) {
            self.membership = Membership::Ended(end);
        }
    }
}

impl Inbox {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            contents: Mutex::new(Contents {
                membership: Membership::Asked,
                events: VecDeque::new(),
                answers: HashMap::new(),
            }),
            changed: Notify::new(),
        }
    }

    pub(super) fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock()
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(self.contents().membership, Membership::Connected(_))
    }

    pub(super) fn receive(&self, packet: Packet) {
        self.contents().receive(packet);
        self.changed.notify_waiters();
    }

    pub(super) fn leave(&self, end: &'static str) {
        self.contents().leave(end);
        self.changed.notify_waiters();
    }

    /// Waits until `look` finds `what`, which comes no more once the client has left.
    pub(super) async fn wait<T>(
        &self,
        what: &str,
        limit: Duration,
        mut look: impl FnMut(&mut Contents) -> Option<T>,
    ) -> Result<T, TestError> {
        let until = Instant::now() + limit;
        loop {
            let changed = self.changed.notified();
            {
                let mut contents = self.contents();
                if let Some(found) = look(&mut contents) {
                    return Ok(found);
                }
                if let Some(end) = contents.end() {
                    return Err(TestError::Disconnected {
                        what: format!("{what} does not come"),
                        end,
                        instead: contents.came(),
                    });
                }
            }
            if timeout_at(until, changed).await.is_err() {
                return Err(self.timeout(what, limit));
            }
        }
    }

    pub(super) fn timeout(&self, what: &str, waited: Duration) -> TestError {
        TestError::Timeout {
            what: what.to_owned(),
            waited,
            instead: self.contents().came(),
        }
    }

    /// An error unless the client is connected, so that `what` can be sent.
    pub(super) fn check(&self, what: impl FnOnce() -> String) -> Result<(), TestError> {
        let contents = self.contents();
        match contents.end() {
            None => Ok(()),
            Some(end) => Err(TestError::Disconnected {
                what: what(),
                end,
                instead: contents.came(),
            }),
        }
    }
}
