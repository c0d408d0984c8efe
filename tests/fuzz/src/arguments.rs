//! Arguments of every type, over JSON and over msgpack. Whatever is sent is answered; what is decoded is
//! what a decoder of somebody else makes of it; what comes back, sent once more, is decoded to the same.

mod class;
mod client;
mod data;

use std::cell::RefCell;

use bytes::Bytes;
use hobnob::{Args, Parser};
use serde::{Deserialize as _, de::IgnoredAny};
use tokio::runtime::{self, Runtime};

use self::{
    class::{EVENTS, Taken},
    client::Client,
    data::Data,
};
use super::panics;

/// Separates the text of a packet from its attachments, and those from each other.
const SEPARATOR: u8 = 0x1e;

/// A nesting that is surely taken.
const DEEPEST: usize = 100;

/// Sends the arguments that the input is. Its first byte says which parser it is for and which event.
/// For JSON the arguments as text follow, without brackets, then the attachments; for msgpack how many
/// arguments there are, and their bytes.
///
/// # Panics
///
/// If something is not as it has to be.
pub fn run(input: &[u8]) {
    thread_local! {
        static BENCH: RefCell<Bench> = RefCell::new(Bench::new());
    }
    panics::watch();
    if let Some((first, rest)) = input.split_first() {
        BENCH.with_borrow_mut(|bench| bench.run(*first, rest));
    }
    panics::check();
}

/// The servers, and a client of each, which are there for as long as nothing goes wrong.
struct Bench {
    runtime: Runtime,
    json: Client,
    msgpack: Client,
}

impl Bench {
    fn new() -> Self {
        let runtime = runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let (json, msgpack) = runtime.block_on(async {
            let json = Client::of_new_server(Parser::Json).await;
            (json, Client::of_new_server(Parser::MsgPack).await)
        });
        Self {
            runtime,
            json,
            msgpack,
        }
    }

    fn run(&mut self, first: u8, rest: &[u8]) {
        let event = EVENTS[usize::from(first >> 1) % EVENTS.len()];
        let (client, packet) = if first & 1 == 0 {
            (&mut self.json, Packet::json(event, rest))
        } else {
            (&mut self.msgpack, Packet::msgpack(event, rest))
        };
        self.runtime.block_on(check(client, event, &packet));
    }
}

/// An event as it goes out.
struct Packet {
    /// The list of its name and its arguments, in JSON; its bytes in msgpack.
    list: Vec<u8>,
    attachments: Vec<Bytes>,
}

impl Packet {
    fn json(event: &str, input: &[u8]) -> Self {
        let mut parts = input.split(|byte| *byte == SEPARATOR);
        let arguments = String::from_utf8_lossy(parts.next().unwrap_or_default());
        let comma = if arguments.is_empty() { "" } else { "," };
        Self {
            list: format!(r#"["{event}"{comma}{arguments}]"#).into(),
            attachments: parts.map(Bytes::copy_from_slice).collect(),
        }
    }

    fn msgpack(event: &str, input: &[u8]) -> Self {
        let (count, arguments) = input.split_first().unwrap_or((&0, &[]));
        // A list in its longer form, so that there can be many.
        let mut list = vec![0xdc, 0, count.saturating_add(1)];
        list.extend(rmp_serde::to_vec(event).expect("text as msgpack"));
        list.extend(arguments);
        Self {
            list,
            attachments: Vec::new(),
        }
    }

    /// With these arguments.
    fn of(parser: Parser, event: &str, arguments: &[Data]) -> Self {
        let mut list = vec![Data::Text(event.to_owned())];
        list.extend(arguments.iter().cloned());
        let list = Data::List(list);
        let mut attachments = Vec::new();
        let list = match parser {
            Parser::Json => list.to_json(&mut attachments).to_string().into(),
            _ => rmp_serde::to_vec(&list).expect("msgpack"),
        };
        Self { list, attachments }
    }

    /// What a decoder of somebody else makes of the arguments, if it makes something of them.
    fn read(&self, parser: Parser) -> Option<Vec<Data>> {
        let mut values = match parser {
            Parser::Json => {
                let values: Vec<serde_json::Value> = serde_json::from_slice(&self.list).ok()?;
                let read = |value| Data::from_json(value, &self.attachments);
                values.iter().map(read).collect::<Option<_>>()?
            }
            _ => rmp_serde::from_slice::<Vec<Data>>(&self.list).ok()?,
        };
        values.remove(0);
        Some(values)
    }

    /// Whether nothing is wrong with it, its nesting included.
    fn is_sound(&self, parser: Parser) -> bool {
        if parser == Parser::Json {
            return serde_json::from_slice::<serde_json::Value>(&self.list).is_ok();
        }
        let mut list = rmp_serde::Deserializer::from_read_ref(&self.list);
        list.set_max_depth(DEEPEST);
        IgnoredAny::deserialize(&mut list).is_ok()
    }

    /// How many bytes of attachments there are, at most.
    fn bytes(&self, parser: Parser) -> usize {
        match parser {
            Parser::Json => self.attachments.iter().map(Bytes::len).sum(),
            _ => self.list.len(),
        }
    }
}

async fn check(client: &mut Client, event: &str, packet: &Packet) {
    let Some(answer) = client.ask(packet).await else {
        // The engine takes no packet that is broken, or nested too deeply.
        assert!(!packet.is_sound(client.parser()), "{event}: thrown out");
        return;
    };
    let taken = match client.taken() {
        Some(Taken::Value(taken)) => taken,
        Some(Taken::Args(args)) => return check_args(client.parser(), packet, &args),
        None => {
            let error = |data: &Data| matches!(data, Data::Map(map) if map.len() == 1 && map.contains_key("error"));
            assert!(
                matches!(&*answer, [only] if error(only)),
                "{event}: {answer:?}"
            );
            return;
        }
    };
    // What looks like the place of an attachment is one in JSON, as soon as there are some.
    if taken.contains("_placeholder") {
        return;
    }
    let second = client
        .ask(&Packet::of(client.parser(), event, &answer))
        .await;
    let second_taken = client.taken();
    assert!(
        matches!(&second_taken, Some(Taken::Value(second)) if *second == taken),
        "{event}: {taken} became {second_taken:?}, {answer:?} became {second:?}"
    );
    assert_eq!(second.as_ref(), Some(&answer), "{event}");
}

/// All arguments undecoded are what somebody else takes them for.
fn check_args(parser: Parser, packet: &Packet, args: &Args) {
    let decoded: Vec<_> = (0..args.len()).map(|i| args.get::<Data>(i)).collect();
    for data in decoded.iter().flatten() {
        assert!(
            data.bytes() <= packet.bytes(parser),
            "{data:?} has more bytes than were sent"
        );
    }
    let Some(expected) = packet.read(parser) else {
        return;
    };
    if parser != Parser::Json && args.is_empty() {
        // Others read text that is not UTF-8. There are no arguments where one cannot be read.
        return;
    }
    assert_eq!(decoded.len(), expected.len());
    for (decoded, expected) in decoded.iter().zip(&expected) {
        match decoded {
            Ok(decoded) => assert_eq!(decoded, expected),
            // Others take bytes for text, or go deeper.
            Err(error) => assert_eq!(parser, Parser::MsgPack, "{expected:?}: {error}"),
        }
    }
}
