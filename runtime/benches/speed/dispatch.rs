//! From an event's name to its handler, in a class of one event, of ten and of fifty.

use std::fmt;

use axum::Router;
use divan::Bencher;
use hobnob::{namespace, socketioxide};
use socketioxide::extract::{AckSender, Data, SocketRef};

use crate::{
    ROUND,
    round::{Round, answer, event},
    sides::{BOTH, Side, engine, hobnob},
};

/// The handlers `on_<event>` as methods of a class, and as closures.
macro_rules! handlers {
    ($class:ident, $closures:ident: $($handler:ident)*) => {
        struct $class;

        #[namespace]
        impl $class {
            $(fn $handler(&self, number: u32) -> u32 { number })*
        }

        fn $closures(socket: &SocketRef) {
            $(socket.on(
                stringify!($handler).trim_start_matches("on_"),
                async |Data(number): Data<u32>, ack: AckSender| {
                    ack.send(&number).ok();
                },
            );)*
        }
    };
}

handlers!(One, one: on_event_1);
handlers!(Ten, ten:
    on_event_1 on_event_2 on_event_3 on_event_4 on_event_5
    on_event_6 on_event_7 on_event_8 on_event_9 on_event_10
);
handlers!(Fifty, fifty:
    on_event_1 on_event_2 on_event_3 on_event_4 on_event_5
    on_event_6 on_event_7 on_event_8 on_event_9 on_event_10
    on_event_11 on_event_12 on_event_13 on_event_14 on_event_15
    on_event_16 on_event_17 on_event_18 on_event_19 on_event_20
    on_event_21 on_event_22 on_event_23 on_event_24 on_event_25
    on_event_26 on_event_27 on_event_28 on_event_29 on_event_30
    on_event_31 on_event_32 on_event_33 on_event_34 on_event_35
    on_event_36 on_event_37 on_event_38 on_event_39 on_event_40
    on_event_41 on_event_42 on_event_43 on_event_44 on_event_45
    on_event_46 on_event_47 on_event_48 on_event_49 on_event_50
);

/// A class of so many events, or as many closures.
#[derive(Clone, Copy)]
pub(crate) struct Handlers {
    events: usize,
    side: Side,
}

impl Handlers {
    pub(crate) async fn app(self) -> Router {
        match (self.side, self.events) {
            (Side::Hobnob, 1) => hobnob(One).await.0,
            (Side::Hobnob, 10) => hobnob(Ten).await.0,
            (Side::Hobnob, _) => hobnob(Fifty).await.0,
            (Side::Engine, 1) => engine(one).0,
            (Side::Engine, 10) => engine(ten).0,
            (Side::Engine, _) => engine(fifty).0,
        }
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let sizes = [1, 10, 50].into_iter();
        sizes.flat_map(|events| BOTH.map(|side| Self { events, side }))
    }
}

impl fmt::Display for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "of {:>2}, {:?}", self.events, self.side)
    }
}

#[divan::bench(args = Handlers::all())]
fn first_event(bencher: Bencher<'_, '_>, handlers: Handlers) {
    let app = async || handlers.app().await;
    Round::new(app, event("event_1", "7"), answer("7")).bench(bencher);
}

#[divan::bench(args = Handlers::all())]
fn last_event(bencher: Bencher<'_, '_>, handlers: Handlers) {
    let app = async || handlers.app().await;
    let last = format!("event_{}", handlers.events);
    Round::new(app, event(&last, "7"), answer("7")).bench(bencher);
}

/// Nobody answers it, on neither side: the last event of the round is a known one that ends it.
#[divan::bench(args = Handlers::all())]
fn unknown_event(bencher: Bencher<'_, '_>, handlers: Handlers) {
    let app = async || handlers.app().await;
    let (unknown, known) = (event("nobody", "7"), event("event_1", "7"));
    let last = ROUND - 1;
    let event = move |id| if id == last { known(id) } else { unknown(id) };
    let known = answer("7");
    let answer = move |id| if id == last { known(id) } else { Vec::new() };
    Round::new(app, event, answer).bench(bencher);
}
