//! The transport over WebSocket: one message per frame.

use std::pin::pin;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::client::{Client, Handshake, OpenError};
use crate::http;
use crate::link::{Closed, Link, Order};
use crate::packet::Frame;

/// An open WebSocket.
pub(crate) type WebSocket = WebSocketStream<TcpStream>;

/// Opens a WebSocket and reads the Engine.IO handshake from it.
pub(crate) async fn open(client: &Client) -> Result<(WebSocket, Handshake), OpenError> {
    let mut websocket = dial(client, None).await?;
    match websocket.next().await {
        Some(Ok(Message::Text(text))) => Ok((websocket, Handshake::parse(&text)?)),
        other => Err(OpenError::Broken(format!(
            "instead of an open packet: {other:?}"
        ))),
    }
}

/// Opens a WebSocket, for the session `sid` if there is one already.
pub(crate) async fn dial(client: &Client, sid: Option<&str>) -> Result<WebSocket, OpenError> {
    let broken = |e: Error| OpenError::Broken(e.to_string());
    let stream = http::connect(client.addr)
        .await
        .map_err(OpenError::Broken)?;
    let url = format!("ws://{}{}", client.addr, client.target("websocket", sid));
    let mut request = url.into_client_request().map_err(broken)?;
    for name in client.headers.keys() {
        request.headers_mut().remove(name);
    }
    for (name, value) in &client.headers {
        request.headers_mut().append(name, value.clone());
    }
    match client_async(request, stream).await {
        Ok((websocket, _)) => Ok(websocket),
        Err(Error::Http(response)) => {
            let body = |bytes: Option<Vec<u8>>| {
                String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
            };
            Err(OpenError::Refused(Box::new(response.map(body).into())))
        }
        Err(e) => Err(broken(e)),
    }
}

/// Carries frames both ways until the WebSocket ends.
pub(crate) async fn pump(
    websocket: &mut WebSocket,
    link: &Link,
    orders: &mut UnboundedReceiver<Order>,
) -> Closed {
    let (sink, stream) = websocket.split();
    let mut reading = pin!(read(stream, link));
    tokio::select! {
        closed = &mut reading => closed,
        left = write(sink, link, orders) => {
            let closed = reading.await;
            if left { Closed::Here } else { closed }
        }
    }
}

/// Takes in frames until the stream ends.
async fn read(mut stream: SplitStream<&mut WebSocket>, link: &Link) -> Closed {
    let mut allowed = link.reading.subscribe();
    let mut close_frame = None;
    loop {
        let _ = allowed.wait_for(|reading| *reading).await;
        match stream.next().await {
            Some(Ok(Message::Text(text))) => link.receive(Frame::Text(text.as_str().to_owned())),
            Some(Ok(Message::Binary(bytes))) => link.receive(Frame::Binary(bytes)),
            Some(Ok(Message::Close(frame))) => {
                close_frame = Some(Closed::Frame(frame.map(|frame| frame.code.into())));
            }
            Some(Ok(_)) => {}
            Some(Err(e)) => return close_frame.unwrap_or(Closed::Dropped(e.to_string())),
            None => return close_frame.unwrap_or(Closed::Dropped("end of stream".to_owned())),
        }
    }
}

/// Carries out orders until told to close, which is `true`, or until writing fails.
async fn write(
    mut sink: SplitSink<&mut WebSocket, Message>,
    link: &Link,
    orders: &mut UnboundedReceiver<Order>,
) -> bool {
    while let Some(order) = orders.recv().await {
        let written = match order {
            Order::Send(frames) => send(&mut sink, frames).await,
            Order::Flush(done) => {
                let _ = done.send(());
                Ok(())
            }
            // The one who ordered it sees `done` dropped.
            Order::Upgrade(_, _) => Ok(()),
            Order::Close => {
                link.reading.send_replace(true);
                return sink.close().await.is_ok();
            }
        };
        if written.is_err() {
            return false;
        }
    }
    true
}

/// Sends `frames` back to back.
async fn send(
    sink: &mut SplitSink<&mut WebSocket, Message>,
    frames: Vec<Frame>,
) -> Result<(), Error> {
    for frame in frames {
        sink.feed(message(frame)).await?;
    }
    sink.flush().await
}

/// The WebSocket message that carries `frame`.
pub(crate) fn message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::Binary(bytes),
    }
}
