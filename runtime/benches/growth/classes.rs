//! What a client takes of memory, by how many events its class has and by what its session is.

use axum::Router;
use hobnob::{Namespace, prelude::*};

use crate::{
    in_memory::{Client, runtime},
    measure::held,
    verdict::Verdict,
};

/// By how many bytes a client may grow with its class.
const MOST: isize = 64;

const SESSION: usize = 1000;

struct One;

#[namespace]
impl One {
    fn on_event(&self) {}
}

macro_rules! fifty {
    ($class:ident: $($handler:ident)*) => {
        struct $class;

        #[namespace]
        impl $class {
            $(fn $handler(&self, number: u32) -> u32 { number })*
        }
    };
}

fifty!(Fifty:
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

struct Large;

#[namespace(session = [u8; SESSION])]
impl Large {
    fn on_connect(&self) -> [u8; SESSION] {
        [7; SESSION]
    }
}

/// What each of so many clients takes, its own end of the connection included.
fn bytes_per_client<N: Namespace>(class: N, clients: usize) -> isize {
    let runtime = runtime();
    runtime.block_on(async {
        let built = SocketIo::builder().namespace(class).build().await;
        let socketio = built.expect("a server");
        let app = Router::new().layer(socketio.layer());
        let before = held().bytes;
        let mut all = Vec::with_capacity(clients);
        for _ in 0..clients {
            all.push(Client::connect(&app).await);
        }
        let bytes = (held().bytes - before) / isize::try_from(clients).expect("a small number");
        drop(all);
        let namespace = socketio.of("/");
        while namespace.clients().await.is_ok_and(|left| !left.is_empty()) {
            tokio::task::yield_now().await;
        }
        socketio.shutdown().await;
        bytes
    })
}

pub(crate) fn table(sizes: &[usize], verdict: &mut Verdict) {
    println!("\nclasses: bytes held for each client, both ends of its connection");
    println!(
        "{:>10} {:>14} {:>14} {:>20}",
        "clients", "1 event", "50 events", "session of 1000 B"
    );
    for &clients in sizes {
        let one = bytes_per_client(One, clients);
        let fifty = bytes_per_client(Fifty, clients);
        let large = bytes_per_client(Large, clients);
        println!("{clients:>10} {one:>14} {fifty:>14} {large:>20}");
        verdict.check(
            fifty - one < MOST,
            format_args!("a client of 50 events takes {} bytes more", fifty - one),
        );
        let session = isize::try_from(SESSION).expect("a small number");
        verdict.check(
            large - one < session + MOST,
            format_args!("a session of {SESSION} bytes takes {}", large - one),
        );
    }
}
