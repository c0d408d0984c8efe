//! The server that is attacked: a class with a handler of every kind, at several paths, and functions
//! behind a middleware.

use std::{future::pending, panic::panic_any, time::Duration};

use hobnob::{
    Unhandled,
    middleware::{Answer, Next, Trigger},
    prelude::*,
};
use serde_json::Value;
use tokio::{task::yield_now, time::sleep};

use super::super::{
    panics::Meant,
    visits::{Visit, Visits},
};

/// The room that the witness is in.
pub(super) const ROOM: &str = "room";

#[derive(Clone)]
pub(super) struct Target {
    visits: Visits,
}

/// What the auth object says `on_connect` is to do.
#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Way {
    Refuse,
    Panic,
    Slow,
    Never,
    Greet,
    Leave,
    Spawn,
    Call,
}

#[derive(Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Unit,
    Newtype(Bytes),
    Tuple(u8, Option<Bytes>),
    Struct { part: Option<Bytes> },
}

#[namespace("/chat", session = Visit)]
impl Target {
    async fn on_connect(&self, client: Client, way: Option<Way>) -> Result<Visit> {
        match way {
            None => {}
            Some(Way::Refuse) => return Err(Error::public("not you")),
            Some(Way::Panic) => panic_any(Meant),
            Some(Way::Slow) => sleep(Duration::from_secs(1)).await,
            Some(Way::Never) => pending().await,
            Some(Way::Greet) => {
                client.join(ROOM)?;
                client.emit("welcome", Bytes::from_static(b"hello"))?;
            }
            Some(Way::Leave) => client.disconnect()?,
            Some(Way::Spawn) => client.spawn(pending()),
            Some(Way::Call) => drop(client.call::<()>("question", ()).await),
        }
        Ok(self.visits.begin())
    }

    fn on_fence(&self, visit: Session<Visit>) {
        let _handling = visit.in_line("fence");
    }

    fn on_add(&self, visit: Session<Visit>, point: Point, more: Option<i32>) -> i64 {
        let _handling = visit.in_line("add");
        i64::from(point.x) + i64::from(point.y) + i64::from(more.unwrap_or(0))
    }

    fn on_any(&self, visit: Session<Visit>, value: Value, args: Args) -> (Value, usize) {
        let _handling = visit.in_line("any");
        (value, args.len() + args.attachments().len())
    }

    fn on_file(
        &self,
        visit: Session<Visit>,
        name: String,
        files: Vec<Bytes>,
    ) -> (Vec<Bytes>, String) {
        let _handling = visit.in_line("file");
        (files, name)
    }

    fn on_kind(&self, visit: Session<Visit>, kind: Kind) -> Kind {
        let _handling = visit.in_line("kind");
        kind
    }

    async fn on_join(&self, visit: Session<Visit>, client: Client, room: String) -> Result<usize> {
        let _handling = visit.in_line("join");
        client.join(&room)?;
        yield_now().await;
        Ok(client.namespace().room(&room).len().await?)
    }

    fn on_leave(&self, visit: Session<Visit>, client: Client, room: String) -> Result<Vec<String>> {
        let _handling = visit.in_line("leave");
        client.leave(&room)?;
        Ok(client.rooms())
    }

    async fn on_shout(&self, visit: Session<Visit>, client: Client, file: Option<Bytes>) -> Result {
        let _handling = visit.in_line("shout");
        client
            .to(ROOM)
            .include_self(false)
            .emit("shouted", file)
            .await?;
        Ok(())
    }

    async fn on_ask(&self, visit: Session<Visit>, client: Client, times: u8) -> usize {
        let _handling = visit.in_line("ask");
        let mut answered = 0;
        for number in 0..times % 4 {
            let answer = client.call::<(Option<Bytes>, Vec<Value>)>("question", number);
            answered += usize::from(answer.await.is_ok());
        }
        answered
    }

    async fn on_sleep(&self, visit: Session<Visit>, millis: u16) -> u16 {
        let _handling = visit.in_line("sleep");
        sleep(Duration::from_millis(millis.into())).await;
        millis
    }

    async fn on_never(&self, visit: Session<Visit>) {
        let _handling = visit.in_line("never");
        pending::<()>().await;
    }

    fn on_fail(&self, visit: Session<Visit>) -> Result {
        let _handling = visit.in_line("fail");
        Err(Error::public("as it was meant to"))
    }

    #[event("panic")]
    async fn panics(&self, visit: Session<Visit>) {
        let _handling = visit.in_line("panic");
        yield_now().await;
        panic_any(Meant)
    }

    fn on_bye(&self, visit: Session<Visit>, client: Client) -> Result<&'static str> {
        let _handling = visit.in_line("bye");
        client.disconnect()?;
        Ok("bye")
    }

    #[event("beside", concurrent)]
    async fn beside(&self, visit: Session<Visit>, client: Client, millis: Option<u16>) -> bool {
        let _handling = visit.beside("beside");
        match millis {
            Some(millis) => sleep(Duration::from_millis(millis.into())).await,
            None => client.disconnected().await,
        }
        client.is_connected()
    }

    #[event("never beside", concurrent)]
    async fn never_beside(&self, visit: Session<Visit>) {
        let _handling = visit.beside("never beside");
        pending::<()>().await;
    }

    fn on_spawn(&self, visit: Session<Visit>, client: Client) {
        let _handling = visit.in_line("spawn");
        client.spawn(pending());
    }

    async fn on_disconnect(&self, visit: Session<Visit>, client: Client, reason: DisconnectReason) {
        visit.end();
        // Nobody hears it, and nothing comes of it.
        let _ = client.emit("farewell", reason.to_string());
        let _ = client.to(ROOM).emit("left", reason.to_string()).await;
        yield_now().await;
        if reason == DisconnectReason::ClientDisconnect {
            panic_any(Meant);
        }
    }
}

async fn passing(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    if trigger
        .args()
        .get::<Option<u8>>(0)
        .is_ok_and(|n| n == Some(7))
    {
        return Answer::new("by the middleware");
    }
    yield_now().await;
    next.run(trigger).await
}

/// The class at `/` and `/chat`, functions at `/functions`, and the class wherever a client asks for it
/// if `anywhere`.
pub(super) async fn server(visits: &Visits, anywhere: bool) -> SocketIo {
    let target = Target {
        visits: visits.clone(),
    };
    let of_functions = visits.clone();
    let mut builder = SocketIo::builder()
        .max_message_size(10_000)
        .max_waiting_events(64)
        .max_namespaces(4)
        .unhandled(Unhandled::AnswerError)
        .namespace_at("/", target.clone())
        .namespace(target.clone())
        .middleware_at("/functions", passing)
        .on_connect("/functions", move |auth: Option<u8>| {
            let visits = of_functions.clone();
            async move {
                yield_now().await;
                let let_in = auth != Some(0);
                let visit = let_in.then(|| visits.begin());
                visit.ok_or_else(|| ConnectionRefused::new("not you"))
            }
        })
        .on(
            "/functions",
            "add",
            |visit: Session<Visit>, a: i32, b: i32| {
                let _handling = visit.in_line("add");
                a.wrapping_add(b)
            },
        )
        .on("/functions", "wait", async |visit: Session<Visit>| {
            let _handling = visit.in_line("wait");
            pending::<()>().await;
        })
        .on_disconnect("/functions", |visit: Session<Visit>| visit.end());
    if anywhere {
        builder = builder.namespace_at("*", target);
    }
    builder.build().await.expect("a server")
}
