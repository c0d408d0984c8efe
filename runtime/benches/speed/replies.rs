//! Answering: nothing, little, much, bytes.

use axum::Router;
use divan::Bencher;
use hobnob::{Bytes, namespace, prelude::*, socketioxide};
use socketioxide::extract::{AckSender, SocketRef};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    round::{Round, answer, event},
    sides::{BOTH, Side, engine, hobnob},
};

#[derive(Serialize)]
struct Point {
    x: f64,
    y: f64,
    label: &'static str,
}

const POINT: Point = Point {
    x: 1.5,
    y: -2.25,
    label: "a point",
};

/// As JSON.
const JSON: &str = r#"{"x":1.5,"y":-2.25,"label":"a point"}"#;

const PICTURE: Bytes = Bytes::from_static(&[7; 4096]);

struct Points;

#[namespace]
impl Points {
    fn on_nothing(&self) {}

    fn on_object(&self) -> Point {
        POINT
    }

    fn on_list(&self) -> Vec<Point> {
        Vec::from([POINT; 200])
    }

    fn on_picture(&self) -> Bytes {
        PICTURE
    }
}

fn closures(socket: &SocketRef) {
    // No values: a list of none.
    socket.on("nothing", async |ack: AckSender| {
        ack.send(&[(); 0]).ok();
    });
    socket.on("object", async |ack: AckSender| {
        ack.send(&POINT).ok();
    });
    socket.on("list", async |ack: AckSender| {
        ack.send(&Vec::from([POINT; 200])).ok();
    });
    socket.on("picture", async |ack: AckSender| {
        ack.send(&PICTURE).ok();
    });
}

async fn app(side: Side) -> Router {
    match side {
        Side::Hobnob => hobnob(Points).await.0,
        Side::Engine => engine(closures).0,
    }
}

#[divan::bench(args = BOTH)]
fn nothing(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    Round::new(app, event("nothing", "0"), answer("")).bench(bencher);
}

#[divan::bench(args = BOTH)]
fn small(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    Round::new(app, event("object", "0"), answer(JSON)).bench(bencher);
}

/// A list of 200 objects, 7.6 kB.
#[divan::bench(args = BOTH)]
fn large(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    let list = format!("[{}]", [JSON; 200].join(","));
    Round::new(app, event("list", "0"), answer(&list)).bench(bencher);
}

/// 4 kB as an attachment.
#[divan::bench(args = BOTH)]
fn binary(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    let answer = |id| {
        let text = format!(r#"461-{id}[{{"_placeholder":true,"num":0}}]"#);
        vec![Message::text(text), Message::Binary(PICTURE)]
    };
    Round::new(app, event("picture", "0"), answer).bench(bencher);
}
