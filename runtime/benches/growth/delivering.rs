//! A broadcast: what each delivered message costs, from the call to the frame that is back with a client.

use tokio_tungstenite::tungstenite::Message;

use crate::{
    in_memory::Client,
    measure::{Cost, cost},
    server::{ROOM, Server},
    verdict::Verdict,
};

/// About how many messages are delivered for each line of the table.
const DELIVERED: usize = 100_000;

pub(crate) fn table(sizes: &[usize], verdict: &mut Verdict) {
    println!("\ndelivering: a broadcast to a room, for each message that arrives");
    println!("{:>15}{:>15}{:>15}", "members", "ns", "blocks");
    let mut blocks = Vec::new();
    for &members in sizes {
        let cost = deliver(members, DELIVERED.div_ceil(members).max(10));
        println!(
            "{members:>15}{:>15.0}{:>15.2}",
            cost.nanoseconds, cost.blocks
        );
        blocks.push(cost.blocks);
    }
    verdict.check_flat("a delivered message", &blocks);
}

/// The cheapest of so many broadcasts.
fn deliver(members: usize, broadcasts: usize) -> Cost {
    let mut server = Server::start();
    let (mut clients, _members): (Vec<_>, Vec<_>) = server.fill(members).into_iter().unzip();
    // The first ones make room for what the others need.
    broadcast(&server, &mut clients, 0);
    broadcast(&server, &mut clients, 1);
    let costs = (2..broadcasts + 2).map(|number| {
        let (cost, ()) = cost(members, || broadcast(&server, &mut clients, number));
        cost
    });
    costs.reduce(Cost::least).expect("broadcasts")
}

/// A number to everybody, who must get each of them, once and in order. (It is not inlined for those who
/// look for it in a profile.)
#[inline(never)]
fn broadcast(server: &Server, clients: &mut [Client], number: usize) {
    server.runtime.block_on(async {
        let room = server.socketio.of("/").room(ROOM);
        let sent = room.emit("said", number).await.expect("a room");
        assert_eq!(sent.missed(), 0);
        let said = Message::text(format!(r#"42["said",{number}]"#));
        for client in clients {
            assert_eq!(client.receive().await, said);
        }
    });
}
