//! One client of a history: what it does, and what it knows that it has to hear.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};
use tests::{Client as Browser, Connection, Socket};

use crate::step::{Auth, Deed, Event};

pub(crate) struct Guest {
    browser: Browser,
    connection: Option<Connection>,
    members: HashMap<&'static str, Member>,
}

/// It is in a namespace.
struct Member {
    socket: Socket,
    /// How many events it has emitted that are handled in line.
    in_line: u64,
    /// The answers that are due: to which event, with which number and id.
    due: Vec<(Event, u64, u64)>,
    answered: Vec<u64>,
}

impl Guest {
    pub(crate) fn new(browser: Browser) -> Self {
        Self {
            browser,
            connection: None,
            members: HashMap::new(),
        }
    }

    pub(crate) fn is_in(&self, house: &str) -> bool {
        self.members.contains_key(house)
    }

    /// Does it, if it can.
    pub(crate) async fn take(&mut self, deed: &Deed) {
        match deed {
            Deed::Connect(house, auth) => self.connect(house, *auth).await,
            Deed::Emit(house, events) => self.emit(house, events, false).await,
            Deed::Ask(house, events) => self.emit(house, events, true).await,
            Deed::Settle => self.settle().await,
            Deed::Leave(house) => {
                if let Some(member) = self.members.remove(house) {
                    member.socket.disconnect();
                }
            }
            Deed::BeThrownOut(house) => {
                if let Some(mut member) = self.members.remove(house) {
                    let number = member.next_number(true);
                    member.socket.emit("bye", [number]);
                    member.socket.expect_disconnect().await;
                }
            }
            Deed::Close => self.close().await,
            Deed::Drop => {
                self.members.clear();
                if let Some(connection) = self.connection.take() {
                    connection.abort().await;
                }
            }
        }
    }

    async fn connect(&mut self, house: &'static str, auth: Auth) {
        if self.members.contains_key(house) {
            return;
        }
        if self.connection.is_none() {
            self.connection = Some(self.browser.open().await);
        }
        let Some(connection) = &self.connection else {
            return;
        };
        let decision = connection.connect(house, json!(format!("{auth:?}"))).await;
        match (auth, decision) {
            (Auth::Good | Auth::Slow, Ok(socket)) => {
                let member = Member {
                    socket,
                    in_line: 0,
                    due: Vec::new(),
                    answered: Vec::new(),
                };
                self.members.insert(house, member);
            }
            (Auth::Refused | Auth::Panic, Err(_)) => {}
            (_, decision) => panic!("{auth:?} in {house}: {decision:?}"),
        }
    }

    async fn emit(&mut self, house: &'static str, events: &[Event], asks: bool) {
        let Some(member) = self.members.get_mut(house) else {
            return;
        };
        for event in events {
            let number = member.next_number(event.is_in_line(house));
            if *event == Event::Wrong {
                member.emit("now", *event, "no number", number, asks);
            } else {
                let name = format!("{event:?}").to_lowercase();
                member.emit(&name, *event, number, number, asks);
            }
        }
        let is_call = |event: &&Event| **event == Event::Call && house == "/hall";
        for _ in events.iter().filter(is_call) {
            member.answer_question().await;
        }
    }

    /// Waits for all answers that are due, each of which comes once.
    pub(crate) async fn settle(&mut self) {
        for (house, member) in &mut self.members {
            member.settle(house).await;
        }
    }

    pub(crate) async fn close(&mut self) {
        self.members.clear();
        if let Some(connection) = self.connection.take() {
            connection.close().await;
        }
    }
}

impl Member {
    /// The events in line are numbered without a gap. The others get a number as well.
    fn next_number(&mut self, in_line: bool) -> u64 {
        self.in_line += u64::from(in_line);
        self.in_line
    }

    fn emit(&mut self, name: &str, event: Event, arg: impl Serialize, number: u64, asks: bool) {
        if asks {
            let id = self.socket.emit_with_id(name, [arg]);
            self.due.push((event, number, id));
        } else {
            self.socket.emit(name, [arg]);
        }
    }

    async fn answer_question(&self) {
        loop {
            let event = self.socket.next_event().await;
            if event.event == "question" {
                return self.socket.reply(event.id(), &event.args);
            }
        }
    }

    async fn settle(&mut self, house: &str) {
        for (event, number, id) in std::mem::take(&mut self.due) {
            let answer = self.socket.expect_ack(id).await.only();
            if event.is_answered(house) {
                assert_eq!(answer, number, "the answer to {event:?} in {house}");
            } else {
                let is_error = answer.get("error").is_some_and(Value::is_string);
                assert!(is_error, "{event:?} in {house}: {answer}");
            }
            self.answered.push(id);
        }
        for id in std::mem::take(&mut self.answered) {
            self.socket.expect_no_ack(id, "fence").await;
        }
    }
}
