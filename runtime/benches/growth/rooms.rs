//! What it costs to get into a room and out of it for a client that is in many, and to come and to go
//! with them.

use crate::{
    measure::{Cost, cost, least},
    server::{ROOM, Server, rooms},
    verdict::Verdict,
};

/// How often each call is made at a time.
const TIMES: usize = 50;

pub(crate) fn table(sizes: &[usize], verdict: &mut Verdict) {
    println!(
        "\nrooms: a client in so many rooms; ns, blocks in brackets, for each call or each room"
    );
    let heads = [
        "rooms",
        "join",
        "leave",
        "emit to another",
        "rooms()/n",
        "connect/n",
        "gone/n",
    ];
    println!("{}", heads.map(|head| format!("{head:>17}")).concat());
    let mut flat = [const { Vec::new() }; 3];
    for &rooms in sizes {
        let costs = least(|| calls(rooms, verdict));
        println!(
            "{rooms:>17}{}",
            costs.map(|cost| format!("{cost:>17}")).concat()
        );
        for (blocks, cost) in flat.iter_mut().zip(costs) {
            blocks.push(cost.blocks);
        }
    }
    for (what, blocks) in heads[1..].iter().zip(flat) {
        verdict.check_flat(what, &blocks);
    }
}

/// In the order of the columns.
fn calls(many: usize, verdict: &mut Verdict) -> [Cost; 6] {
    let mut server = Server::start();
    let (_other, other) = server.connect();
    other.join(ROOM).expect("a connected client");

    server.join_on_connect(many);
    let (connect, (client, member)) = cost(many, || server.connect());
    let (listing, listed) = cost(many, || member.rooms().len());
    verdict.check(
        listed == many,
        format_args!("{listed} rooms and not {many}"),
    );

    let more: Vec<_> = rooms(many + TIMES).skip(many).collect();
    let (join, ()) = cost(TIMES, || {
        for room in &more {
            member.join(room).expect("a connected client");
        }
    });
    let (leave, ()) = cost(TIMES, || {
        for room in &more {
            member.leave(room).expect("a connected client");
        }
    });
    let room = server.socketio.of("/").room(ROOM);
    let (emit, ()) = cost(TIMES, || {
        for number in 0..TIMES {
            let sent = server.runtime.block_on(room.emit("said", number));
            assert_eq!(sent.expect("a room").missed(), 0);
        }
    });
    let (gone, ()) = cost(many, || server.leave(client, &member));
    let left = server.socketio.of("/").room("room 0");
    let empty = server.runtime.block_on(left.is_empty()).expect("a room");
    verdict.check(empty, "a client that has gone is still in its room");
    [join, leave, emit, listing, connect, gone]
}
