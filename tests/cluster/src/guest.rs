//! A client of one of the servers, in the [`Hall`](crate::Hall).

use std::net::SocketAddr;

use serde_json::{Value, json};
use tests::{Client as Browser, Received, Socket, eventually};

/// A client, and the sid that others know it by.
#[derive(Debug)]
pub struct Guest {
    /// Its connection.
    pub socket: Socket,
    /// Its public sid.
    pub sid: String,
}

impl Guest {
    /// In the hall, and in these rooms.
    pub async fn new(server: SocketAddr, rooms: &[&str]) -> Self {
        Self::in_namespace(server, "/hall", rooms).await
    }

    /// In another namespace that the class serves, and in these rooms.
    ///
    /// # Panics
    ///
    /// If it is not let in.
    pub async fn in_namespace(server: SocketAddr, namespace: &str, rooms: &[&str]) -> Self {
        let socket = Browser::websocket(server)
            .connect(namespace, json!(rooms))
            .await;
        let sid = socket.call("sid", ()).await.only();
        let sid = sid.as_str().expect("a sid").to_owned();
        Self { socket, sid }
    }

    /// What its server answers to an event.
    pub async fn ask(&self, event: &str, arguments: impl serde::Serialize) -> Value {
        self.socket.call(event, arguments).await.only()
    }

    /// Broadcasts.
    ///
    /// # Panics
    ///
    /// If that does not get through.
    pub async fn say(&self, say: Value) {
        assert_eq!(self.ask("say", [say]).await, 0);
    }

    /// The sids that its server knows, in order.
    pub async fn clients(&self, room: Option<&str>) -> Value {
        sorted(self.ask("clients", [room]).await)
    }

    /// All events until `last`.
    pub async fn until(&self, last: &str) -> Vec<Received> {
        let mut events = Vec::new();
        loop {
            let event = self.socket.next_event().await;
            if event.event == last {
                return events;
            }
            events.push(event);
        }
    }
}

/// A list in order.
pub fn sorted(mut list: Value) -> Value {
    if let Some(list) = list.as_array_mut() {
        list.sort_by_key(ToString::to_string);
    }
    list
}

/// The sids of guests, in order.
pub fn sids(guests: &[&Guest]) -> Value {
    sorted(guests.iter().map(|guest| guest.sid.as_str()).collect())
}

/// Waits until each server knows of all guests.
pub async fn all_are_counted(guests: &[&Guest]) {
    let expected = sids(guests);
    for guest in guests {
        eventually("all guests to be counted", async || {
            guest.clients(None).await == expected
        })
        .await;
    }
}

/// The names of the events that each guest has heard since the last time, from one sender. What it says
/// last comes last, so nothing is waited for in vain.
pub async fn heard(sender: &Guest, guests: &[&Guest]) -> Vec<Vec<String>> {
    sender.say(json!({ "event": "that is all" })).await;
    let mut heard = Vec::new();
    for guest in guests {
        let events = guest.until("that is all").await;
        heard.push(events.into_iter().map(|event| event.event).collect());
    }
    heard
}
