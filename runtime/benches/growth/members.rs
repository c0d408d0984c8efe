//! What it costs to get into a room, to get out of it and to ask who is there, with many there already.

use crate::{
    measure::{Cost, cost, least},
    server::{ROOM, Server},
    verdict::Verdict,
};

/// How often each call is made at a time.
const TIMES: usize = 50;

pub(crate) fn table(sizes: &[usize], verdict: &mut Verdict) {
    println!("\nmembers: a room with so many members; ns for each call, blocks in brackets");
    let heads = ["members", "join", "leave", "len", "is_empty", "clients"];
    println!("{}", heads.map(|head| format!("{head:>15}")).concat());
    let mut flat = [const { Vec::new() }; 5];
    for &members in sizes {
        let costs = calls(members, verdict);
        println!(
            "{members:>15}{}",
            costs.map(|cost| format!("{cost:>15}")).concat()
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
fn calls(members: usize, verdict: &mut Verdict) -> [Cost; 5] {
    let mut server = Server::start();
    let _members = server.fill(members);
    let newcomers: Vec<_> = (0..TIMES).map(|_| server.connect()).collect();
    let room = server.socketio.of("/").room(ROOM);
    let mut is = |number: usize, expected: usize, what: &str| {
        verdict.check(
            number == expected,
            format_args!("{what} is {number} and not {expected}"),
        );
    };
    least(|| {
        let (join, ()) = cost(TIMES, || {
            for (_, newcomer) in &newcomers {
                newcomer.join(ROOM).expect("a connected client");
            }
        });
        let all = server.runtime.block_on(room.len()).expect("a room");
        is(all, members + TIMES, "len() with newcomers");
        let (leave, ()) = cost(TIMES, || {
            for (_, newcomer) in &newcomers {
                newcomer.leave(ROOM).expect("a connected client");
            }
        });
        let (len, all) = cost(TIMES, || {
            let len = || server.runtime.block_on(room.len()).expect("a room");
            (0..TIMES).map(|_| len()).sum::<usize>()
        });
        is(all, members * TIMES, "the sum of len()");
        let (is_empty, empty) = cost(TIMES, || {
            let is_empty = || server.runtime.block_on(room.is_empty()).expect("a room");
            (0..TIMES).filter(|_| is_empty()).count()
        });
        is(empty, 0, "the number of times it is empty");
        let (clients, all) = cost(TIMES, || {
            let clients = || server.runtime.block_on(room.clients()).expect("a room");
            (0..TIMES).map(|_| clients().len()).sum()
        });
        is(all, members * TIMES, "the sum of clients()");
        [join, leave, len, is_empty, clients]
    })
}
