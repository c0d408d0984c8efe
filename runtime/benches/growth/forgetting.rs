//! What happens and leaves nothing behind: what is held after many times, against ten times as many.

use std::time::Duration;

use hobnob::{CallError, Client as Member};
use tokio_tungstenite::tungstenite::Message;

use crate::{in_memory::Client, measure::held, server::Server, verdict::Verdict};

/// Something that happens, the how many-th time it does.
type Happening = fn(&mut Server, &mut Witness, usize);

/// A client that stays, and one that has gone.
struct Witness {
    client: Client,
    member: Member,
    gone: Member,
}

const HAPPENINGS: [(&str, Happening); 8] = [
    ("a client comes and goes", |server, _, _| {
        let (client, member) = server.connect();
        server.leave(client, &member);
    }),
    ("an event is answered", |server, witness, number| {
        answered(
            server,
            witness,
            &format!(r#"["echo",{number}]"#),
            &format!("[{number}]"),
        );
    }),
    ("an event cannot be decoded", |server, witness, _| {
        let answer = r#"[{"error":"argument 1: invalid type: string \"x\", expected usize"}]"#;
        answered(server, witness, r#"["echo","x"]"#, answer);
    }),
    ("an unknown event", |server, witness, number| {
        let unknown = Message::text(format!(r#"42["event {number}"]"#));
        server.runtime.block_on(witness.client.send(&[unknown]));
        answered(server, witness, r#"["echo",1]"#, "[1]");
    }),
    ("a room is joined and left", |_, witness, number| {
        let room = format!("of number {number}");
        witness.member.join(&room).expect("a connected client");
        witness.member.leave(&room).expect("a connected client");
    }),
    (
        "one who has gone is put into a room",
        |server, witness, number| {
            let gone = server.socketio.of("/").client(witness.gone.sid());
            let joining = gone.join(format!("of number {number}"));
            server.runtime.block_on(joining).expect("no error");
        },
    ),
    (
        "a room that nobody is in is sent to",
        |server, _, number| {
            let room = server.socketio.of("/").room(format!("of number {number}"));
            let sent = server.runtime.block_on(room.emit("said", number));
            assert_eq!(sent.expect("no error").missed(), 0);
        },
    ),
    ("a call is not answered", |server, witness, number| {
        let asked = server.runtime.block_on(async {
            let call = witness.member.call::<()>("ask", number);
            let asked = call.timeout(Duration::from_micros(1)).await;
            witness.client.receive().await;
            asked
        });
        assert!(matches!(asked, Err(CallError::Timeout)), "{asked:?}");
    }),
];

/// Sends an event and waits for its answer.
fn answered(server: &Server, witness: &mut Witness, event: &str, answer: &str) {
    let event = Message::text(format!("421{event}"));
    server.runtime.block_on(async {
        witness.client.send(&[event]).await;
        let came = witness.client.receive().await;
        assert_eq!(came, Message::text(format!("431{answer}")));
    });
}

pub(crate) fn table(sizes: &[usize], verdict: &mut Verdict) {
    println!("\nforgetting: what is held after so many times, and after ten times as many");
    println!("{:>38} {:>8} {:>12} {:>12}", "", "times", "bytes", "10 x");
    for &times in sizes {
        for (what, happens) in HAPPENINGS {
            let mut server = Server::start();
            let (client, gone) = server.connect();
            server.leave(client, &gone);
            let (client, member) = server.connect();
            let mut witness = Witness {
                client,
                member,
                gone,
            };
            let before = held().bytes;
            (0..times).for_each(|time| happens(&mut server, &mut witness, time));
            let after = held().bytes - before;
            (times..10 * times).for_each(|time| happens(&mut server, &mut witness, time));
            let later = held().bytes - before;
            println!("{what:>38} {times:>8} {after:>12} {later:>12}");
            verdict.check_held(what, later - after);
        }
    }
}
