//! Decoding what a client sends.

use axum::Router;
use divan::Bencher;
use hobnob::{Bytes, namespace, prelude::*, socketioxide};
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    round::{Round, answer, event},
    sides::{BOTH, Side, engine, hobnob},
};

#[derive(Deserialize)]
struct Point {
    x: f64,
    y: f64,
    label: String,
}

/// As JSON.
const POINT: &str = r#"{"x":1.5,"y":-2.25,"label":"a point"}"#;

/// The answer to all events: something that has to have been decoded.
const SUM: &str = "-0.75";

fn sum(points: &[Point]) -> f64 {
    let labelled = points.iter().filter(|point| point.label == "a point");
    labelled.map(|point| point.x + point.y).sum()
}

struct Points;

#[namespace]
impl Points {
    fn on_point(&self, point: Point) -> f64 {
        sum(&[point])
    }

    fn on_points(&self, points: Vec<Point>) -> f64 {
        sum(&points)
    }

    fn on_picture(&self, at: Point, picture: Bytes) -> (f64, usize) {
        (sum(&[at]), picture.len())
    }
}

fn closures(socket: &SocketRef) {
    socket.on("point", async |Data(point): Data<Point>, ack: AckSender| {
        ack.send(&sum(&[point])).ok();
    });
    socket.on(
        "points",
        async |Data(points): Data<Vec<Point>>, ack: AckSender| {
            ack.send(&sum(&points)).ok();
        },
    );
    socket.on(
        "picture",
        async |Data((at, picture)): Data<(Point, Bytes)>, ack: AckSender| {
            ack.send(&(sum(&[at]), picture.len())).ok();
        },
    );
}

async fn app(side: Side) -> Router {
    match side {
        Side::Hobnob => hobnob(Points).await.0,
        Side::Engine => engine(closures).0,
    }
}

#[divan::bench(args = BOTH)]
fn small(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    Round::new(app, event("point", POINT), answer(SUM)).bench(bencher);
}

/// A list of 200 objects, 7.6 kB.
#[divan::bench(args = BOTH)]
fn large(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    let points = format!("[{}]", [POINT; 200].join(","));
    Round::new(app, event("points", &points), answer("-150.0")).bench(bencher);
}

/// An object, and 4 kB as an attachment.
#[divan::bench(args = BOTH)]
fn binary(bencher: Bencher<'_, '_>, side: Side) {
    let app = async || app(side).await;
    let picture = Bytes::from_static(&[7; 4096]);
    let event = |id| {
        let placeholder = r#"{"_placeholder":true,"num":0}"#;
        let text = format!(r#"451-{id}["picture",{POINT},{placeholder}]"#);
        vec![Message::text(text), Message::Binary(picture.clone())]
    };
    Round::new(app, event, answer(&format!("{SUM},4096"))).bench(bencher);
}
