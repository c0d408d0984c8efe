//! The namespaces of the histories: two classes and functions, which handle the same events, or not.

use std::{panic::panic_any, sync::Mutex, time::Duration};

use hobnob::{SocketIoBuilder, Unhandled, concurrent, prelude::*};
use serde_json::{Value, json};
use tokio::{task::yield_now, time::sleep};

use crate::visits::{Visit, Visits};

/// The room that they join.
pub(crate) const ROOM: &str = "room";

/// A panic without a message.
struct Meant;

/// The session of a client.
struct Stay {
    visit: Visit,
    /// The number of the last event in line.
    last: Mutex<u64>,
}

impl Stay {
    /// The events of a client that are handled in line are numbered, from 1.
    fn comes(&self, number: u64) {
        let mut last = self.last.lock().expect("a lock");
        if number <= *last {
            self.visit
                .note(&format!("event {number} came after {last}"));
        }
        *last = number;
    }
}

async fn let_in(visits: Visits, auth: Option<String>) -> Result<Stay, ConnectionRefused> {
    match auth.as_deref() {
        Some("Slow") => sleep(Duration::from_millis(2)).await,
        Some("Refused") => return Err("not you".into()),
        Some("Panic") => panic_any(Meant),
        _ => yield_now().await,
    }
    Ok(Stay {
        visit: visits.begin(),
        last: Mutex::new(0),
    })
}

struct Hall(Visits);

#[namespace("/hall", session = Stay)]
impl Hall {
    async fn on_connect(&self, auth: Option<String>) -> Result<Stay, ConnectionRefused> {
        let_in(self.0.clone(), auth).await
    }

    fn on_now(&self, stay: Session<Stay>, number: u64) -> u64 {
        let _handling = stay.visit.in_line("now");
        stay.comes(number);
        number
    }

    async fn on_wait(&self, stay: Session<Stay>, number: u64) -> u64 {
        let _handling = stay.visit.in_line("wait");
        stay.comes(number);
        for _ in 0..number % 4 {
            yield_now().await;
        }
        sleep(Duration::from_micros(100 * (number % 3))).await;
        number
    }

    async fn on_fail(&self, stay: Session<Stay>, number: u64) -> Result {
        let _handling = stay.visit.in_line("fail");
        stay.comes(number);
        yield_now().await;
        Err(Error::public("as it was meant to"))
    }

    async fn on_panic(&self, stay: Session<Stay>, number: u64) {
        let _handling = stay.visit.in_line("panic");
        stay.comes(number);
        yield_now().await;
        panic_any(Meant)
    }

    #[event("beside", concurrent)]
    async fn beside(&self, stay: Session<Stay>, number: u64) -> u64 {
        let _handling = stay.visit.beside("beside");
        sleep(Duration::from_micros(200 * (number % 3))).await;
        number
    }

    async fn on_join(&self, stay: Session<Stay>, client: Client, number: u64) -> Result<u64> {
        let _handling = stay.visit.in_line("join");
        stay.comes(number);
        client.join(ROOM)?;
        yield_now().await;
        Ok(number)
    }

    async fn on_shout(&self, stay: Session<Stay>, client: Client, number: u64) -> Result<u64> {
        let _handling = stay.visit.in_line("shout");
        stay.comes(number);
        client.to(ROOM).emit("shouted", number).await?;
        Ok(number)
    }

    async fn on_call(&self, stay: Session<Stay>, client: Client, number: u64) -> Result<u64> {
        let _handling = stay.visit.in_line("call");
        stay.comes(number);
        Ok(client.call("question", number).await?)
    }

    async fn on_bye(&self, stay: Session<Stay>, client: Client, number: u64) -> Result {
        let _handling = stay.visit.in_line("bye");
        stay.comes(number);
        client.disconnect()?;
        yield_now().await;
        Ok(())
    }

    async fn on_disconnect(&self, stay: Session<Stay>) {
        stay.visit.end();
        yield_now().await;
    }
}

/// Takes all events with one method, and answers errors itself.
struct Yard(Visits);

#[namespace("/yard", session = Stay)]
impl Yard {
    async fn on_connect(&self, auth: Option<String>) -> Result<Stay, ConnectionRefused> {
        let_in(self.0.clone(), auth).await
    }

    #[event("now", "wait", "join", "shout")]
    async fn take(
        &self,
        stay: Session<Stay>,
        client: Client,
        event: EventName,
        number: u64,
    ) -> Result<u64> {
        let _handling = stay.visit.in_line("one of several");
        stay.comes(number);
        match &*event {
            "wait" => yield_now().await,
            "join" => client.join(ROOM)?,
            "shout" => drop(client.broadcast().emit("shouted", number).await?),
            _ => {}
        }
        Ok(number)
    }

    fn on_bye(&self, stay: Session<Stay>, client: Client, number: u64) -> Result {
        let _handling = stay.visit.in_line("bye");
        stay.comes(number);
        Ok(client.disconnect()?)
    }

    async fn on_disconnect(&self, stay: Session<Stay>) {
        stay.visit.end();
        panic_any(Meant)
    }

    async fn on_error(&self, error: EventError) -> Value {
        yield_now().await;
        json!({ "error": error.to_string() })
    }
}

pub(crate) fn builder(visits: &Visits) -> SocketIoBuilder {
    let of_functions = visits.clone();
    SocketIo::builder()
        .unhandled(Unhandled::AnswerError)
        .namespace(Hall(visits.clone()))
        .namespace(Yard(visits.clone()))
        .on_connect("/talk", move |auth: Option<String>| {
            let_in(of_functions.clone(), auth)
        })
        .on("/talk", "now", |stay: Session<Stay>, number: u64| {
            let _handling = stay.visit.in_line("now");
            stay.comes(number);
            number
        })
        .on("/talk", "wait", async |stay: Session<Stay>, number: u64| {
            let _handling = stay.visit.in_line("wait");
            stay.comes(number);
            yield_now().await;
            number
        })
        .on(
            "/talk",
            "beside",
            concurrent(async |stay: Session<Stay>, number: u64| {
                let _handling = stay.visit.beside("beside");
                yield_now().await;
                number
            }),
        )
        .on(
            "/talk",
            "bye",
            |stay: Session<Stay>, client: Client, number: u64| -> Result {
                let _handling = stay.visit.in_line("bye");
                stay.comes(number);
                Ok(client.disconnect()?)
            },
        )
        .on_disconnect("/talk", |stay: Session<Stay>| stay.visit.end())
}
