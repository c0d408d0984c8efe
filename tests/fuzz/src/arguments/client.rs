//! A server and its client, which asks one thing after the other.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hobnob::{Parser, SocketIo};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::time;
use tokio_tungstenite::tungstenite::Message;

use super::{
    super::memory::{Memory, WebSocket},
    Packet,
    class::{Echo, Taken},
    data::Data,
};

/// More than fit into an input.
const MOST_ATTACHMENTS: usize = 1 << 16;

/// How long anything may take, of the time of the run.
const DEADLINE: Duration = Duration::from_mins(1);

pub(super) struct Client {
    parser: Parser,
    memory: Memory,
    echo: Echo,
    websocket: Option<WebSocket>,
}

/// A packet of msgpack.
#[derive(Serialize)]
struct Head<'a> {
    r#type: u8,
    nsp: &'a str,
    id: u8,
}

#[derive(Deserialize)]
struct Answer {
    r#type: u8,
    #[serde(default)]
    data: Option<Data>,
}

impl Client {
    pub(super) async fn of_new_server(parser: Parser) -> Self {
        let echo = Echo::default();
        let socketio = SocketIo::builder()
            .parser(parser)
            .max_attachments(MOST_ATTACHMENTS)
            .namespace(echo.clone())
            .build()
            .await
            .expect("a server");
        Self {
            parser,
            memory: Memory::new(&socketio),
            echo,
            websocket: None,
        }
    }

    pub(super) fn parser(&self) -> Parser {
        self.parser
    }

    /// What the handler got, if one ran.
    pub(super) fn taken(&self) -> Option<Taken> {
        self.echo.take()
    }

    /// The values that the server answers an event with; `None` if it ends the connection.
    ///
    /// # Panics
    ///
    /// If it does neither.
    pub(super) async fn ask(&mut self, packet: &Packet) -> Option<Vec<Data>> {
        let asking = time::timeout(DEADLINE, self.exchange(packet));
        let answer = asking.await.expect("an answer in time");
        if answer.is_none() {
            self.websocket = None;
        }
        answer
    }

    async fn exchange(&mut self, packet: &Packet) -> Option<Vec<Data>> {
        if self.websocket.is_none() {
            self.connect().await;
        }
        let parser = self.parser;
        let websocket = self.websocket.as_mut()?;
        for frame in frames(parser, packet) {
            websocket.feed(frame).await.ok()?;
        }
        websocket.flush().await.ok()?;
        loop {
            let frame = next(websocket).await?;
            if let Some(list) = answer(parser, frame, websocket).await {
                return list;
            }
        }
    }

    async fn connect(&mut self) {
        let opening = self.memory.websocket("EIO=4&transport=websocket");
        let mut websocket = opening.await.expect("a WebSocket");
        let connect = match self.parser {
            Parser::Json => Message::text("40"),
            _ => Message::binary(rmp_serde::to_vec_named(&head(0)).expect("msgpack")),
        };
        websocket.send(connect).await.expect("to be connected");
        // The head of the session, and the acceptance.
        for _ in 0..2 {
            let frame = next(&mut websocket).await;
            assert!(frame.is_some(), "the client was not let in");
        }
        self.websocket = Some(websocket);
    }
}

fn head(r#type: u8) -> Head<'static> {
    Head {
        r#type,
        nsp: "/",
        id: 1,
    }
}

/// The event, asking for an answer.
fn frames(parser: Parser, packet: &Packet) -> Vec<Message> {
    let Packet { list, attachments } = packet;
    if parser != Parser::Json {
        let mut bytes = rmp_serde::to_vec_named(&head(2)).expect("msgpack");
        // One more entry in the map.
        bytes[0] += 1;
        bytes.extend(rmp_serde::to_vec("data").expect("msgpack"));
        bytes.extend(list);
        return vec![Message::binary(bytes)];
    }
    let kind = match attachments.len() {
        0 => "42".to_owned(),
        announced => format!("45{announced}-"),
    };
    let list = String::from_utf8_lossy(list);
    let mut frames = vec![Message::text(format!("{kind}1{list}"))];
    frames.extend(attachments.iter().cloned().map(Message::Binary));
    frames
}

/// The next frame that is not of the heartbeat.
async fn next(websocket: &mut WebSocket) -> Option<Message> {
    loop {
        match websocket.next().await?.ok()? {
            Message::Text(text) if text == "2" => websocket.send(Message::text("3")).await.ok()?,
            // The engine says goodbye in this way, whatever the parser.
            Message::Text(text) if text == "1" => return None,
            Message::Close(_) => return None,
            frame @ (Message::Text(_) | Message::Binary(_)) => return Some(frame),
            _ => {}
        }
    }
}

/// The values of an answer, with the attachments behind it; `Some(None)` if the connection ends within,
/// `None` if it is none.
async fn answer(
    parser: Parser,
    frame: Message,
    websocket: &mut WebSocket,
) -> Option<Option<Vec<Data>>> {
    match frame {
        Message::Binary(bytes) if parser != Parser::Json => {
            let answer: Answer = rmp_serde::from_slice(&bytes).expect("a packet of msgpack");
            match (answer.r#type, answer.data) {
                (3 | 6, Some(Data::List(values))) => Some(Some(values)),
                (_, other) => panic!("no answer: {other:?}"),
            }
        }
        Message::Text(text) if parser == Parser::Json => {
            let rest = text.strip_prefix('4')?;
            let (announced, list) = match rest.strip_prefix('6') {
                Some(binary) => binary.split_once('-')?,
                None => ("0", rest.strip_prefix('3')?),
            };
            let announced: usize = announced.parse().expect("a number of attachments");
            let mut attachments: Vec<Bytes> = Vec::new();
            while attachments.len() < announced {
                match next(websocket).await {
                    Some(Message::Binary(bytes)) => attachments.push(bytes),
                    other => panic!("no attachment: {other:?}"),
                }
            }
            let list = list.strip_prefix('1').expect("the number of the answer");
            let values: Vec<Json> = serde_json::from_str(list).expect("a list in JSON");
            let read = |value| Data::from_json(value, &attachments);
            Some(Some(
                values
                    .iter()
                    .map(read)
                    .map(|data| data.expect("its attachments"))
                    .collect(),
            ))
        }
        other => panic!("no answer: {other:?}"),
    }
}
