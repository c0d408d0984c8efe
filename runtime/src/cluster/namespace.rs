//! The rooms of one namespace in the whole cluster: those of this server, and what the others are asked
//! and told. What is for the clients of this server does not wait for anybody.

use std::{
    collections::HashSet,
    fmt,
    future::Future,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use futures_core::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use socketioxide::adapter::Emitter;
use socketioxide_core::{
    Sid, Uid,
    adapter::{
        BroadcastOptions, CoreLocalAdapter, RemoteSocketData, Room,
        errors::{AdapterError, BroadcastError},
        remote_packet::{RequestOut, RequestTypeOut, Response, ResponseType},
        request::RemoteRequestHandler,
    },
    packet::Packet,
};
use tokio::time::Instant;

use super::{acks::Acks, message::Message, node::Node, question::Answers};
use crate::{
    adapter::{AckStream, ClusterAdapter, ClusterError, Found, Initialized},
    emit::{NamespaceState, deliver_here},
    server::FOREVER,
};

pub(crate) struct SharedNamespace {
    node: Arc<Node>,
    local: CoreLocalAdapter<Emitter>,
    /// Set as soon as it is mounted.
    state: OnceLock<Weak<NamespaceState>>,
}

impl SharedNamespace {
    pub(super) fn new(node: &Arc<Node>, local: CoreLocalAdapter<Emitter>) -> Self {
        Self {
            node: Arc::clone(node),
            local,
            state: OnceLock::new(),
        }
    }

    pub(super) fn path(&self) -> &str {
        self.local.path()
    }

    pub(super) fn state(&self) -> Option<Arc<NamespaceState>> {
        self.state.get()?.upgrade()
    }

    /// Whether only this server is meant.
    fn is_local(&self, to: &BroadcastOptions) -> bool {
        to.is_local(self.local.server_id())
    }

    fn request<'a>(&self, request: RequestTypeOut<'a>, to: &'a BroadcastOptions) -> RequestOut<'a> {
        RequestOut::new(self.node.uid, request, to)
    }

    fn message<'a>(&self, request: RequestOut<'a>) -> Message<RequestOut<'a>> {
        let namespace = self.path().to_owned();
        Message::Request { namespace, request }
    }

    /// Encodes what the others are told, and tells them when awaited.
    fn tell(
        &self,
        request: RequestTypeOut<'_>,
        to: &BroadcastOptions,
    ) -> BoxFuture<'_, Result<(), ClusterError>> {
        if self.is_local(to) {
            return Box::pin(std::future::ready(Ok(())));
        }
        let message = self.message(self.request(request, to));
        let message = self.node.encode(message);
        Box::pin(async move { self.node.publish(message?).await })
    }

    async fn ask<D: DeserializeOwned>(
        &self,
        request: RequestTypeOut<'_>,
        of: &BroadcastOptions,
    ) -> Result<Answers<D>, ClusterError> {
        let asked = self.node.peers_to_ask()?;
        let request = self.request(request, of);
        let question = self.node.questions.ask(request.id);
        self.node.tell_all(self.message(request)).await?;
        Ok(question.answers(&self.node, asked).await)
    }

    /// To the receivers of this server, those that are too slow seen to.
    pub(super) fn deliver(&self, packet: Packet, to: BroadcastOptions) {
        if let Some(state) = self.state() {
            deliver_here(&state, &self.local, packet, to);
        }
    }

    pub(super) fn close_here(&self, members: BroadcastOptions, room: Room) {
        self.local.del_sockets(members, room);
    }

    /// The engine would remember a room of nobody for ever where none of the sockets is.
    pub(super) fn add_here(&self, to: BroadcastOptions, rooms: Vec<Room>) {
        if !self.local.sockets(to.clone()).is_empty() {
            self.local.add_sockets(to, rooms);
        }
    }
}

impl ClusterAdapter for SharedNamespace {
    fn init(self: Arc<Self>, ready: Box<dyn FnOnce() + Send>) -> Initialized {
        self.node.enter(&self);
        ready();
        Initialized(Box::pin(std::future::ready(Ok(()))))
    }

    fn mounted(&self, namespace: Weak<NamespaceState>) {
        // A namespace is mounted once.
        let _ = self.state.set(namespace);
    }

    fn close(&self) -> BoxFuture<'_, Result<(), ClusterError>> {
        self.node.remove(self);
        Box::pin(std::future::ready(Ok(())))
    }

    fn server_count(&self) -> BoxFuture<'_, Result<u16, ClusterError>> {
        let others = u16::try_from(self.node.peers.alive().len()).unwrap_or(u16::MAX);
        Box::pin(std::future::ready(Ok(others.saturating_add(1))))
    }

    fn broadcast_elsewhere(
        &self,
        packet: &Packet,
        to: &BroadcastOptions,
    ) -> Option<BoxFuture<'_, Result<(), ClusterError>>> {
        Some(self.tell(RequestTypeOut::Broadcast(packet), to))
    }

    fn broadcast(
        &self,
        packet: Packet,
        to: BroadcastOptions,
    ) -> BoxFuture<'_, Result<(), BroadcastError>> {
        let telling = self.tell(RequestTypeOut::Broadcast(&packet), &to);
        let here = self.local.broadcast(packet, to);
        Box::pin(async move {
            telling.await.map_err(AdapterError::from)?;
            Ok(here?)
        })
    }

    fn broadcast_with_ack(
        &self,
        packet: Packet,
        to: BroadcastOptions,
        timeout: Option<Duration>,
    ) -> BoxFuture<'_, Result<AckStream, ClusterError>> {
        Box::pin(async move {
            if self.is_local(&to) {
                let (here, _) = self.local.broadcast_with_ack(packet, to, timeout);
                return Ok(Box::pin(here) as AckStream);
            }
            let asked = self.node.peers_to_ask()?;
            let request = self
                .request(RequestTypeOut::BroadcastWithAck(&packet), &to)
                .with_ack_timeout(timeout);
            let question = self.node.questions.ask(request.id);
            let message = self.node.encode(self.message(request));
            let (here, _) = self.local.broadcast_with_ack(packet, to, timeout);
            let timeout = timeout.unwrap_or_else(|| self.local.ack_timeout());
            let timeout = timeout.min(FOREVER) + self.node.settings.request_timeout;
            let deadline = Instant::now() + timeout;
            self.node.publish(message?).await?;
            let acks = Acks::new(&self.node, Box::pin(here), question, &asked, deadline);
            Ok(acks.into_stream())
        })
    }

    fn add_sockets(
        &self,
        to: BroadcastOptions,
        rooms: Vec<Room>,
    ) -> BoxFuture<'_, Result<(), ClusterError>> {
        let telling = self.tell(RequestTypeOut::AddSockets(&rooms), &to);
        self.add_here(to, rooms);
        telling
    }

    fn del_sockets(
        &self,
        to: BroadcastOptions,
        rooms: Vec<Room>,
    ) -> BoxFuture<'_, Result<(), ClusterError>> {
        let telling = self.tell(RequestTypeOut::DelSockets(&rooms), &to);
        self.local.del_sockets(to, rooms);
        telling
    }

    fn disconnect_socket(&self, to: BroadcastOptions) -> BoxFuture<'_, Result<(), BroadcastError>> {
        let telling = self.tell(RequestTypeOut::DisconnectSockets, &to);
        let here = self.local.disconnect_socket(to);
        Box::pin(async move {
            telling.await.map_err(AdapterError::from)?;
            here.map_err(BroadcastError::Socket)
        })
    }

    fn rooms(&self, of: BroadcastOptions) -> BoxFuture<'_, Result<Vec<Room>, ClusterError>> {
        Box::pin(async move {
            let mut rooms = self.local.rooms(of.clone());
            if !self.is_local(&of) {
                let found = self.ask::<()>(RequestTypeOut::AllRooms, &of).await?;
                complete(found.unanswered)?;
                for answer in found.answers {
                    if let ResponseType::AllRooms(of_server) = answer {
                        rooms.extend(of_server);
                    }
                }
            }
            Ok(HashSet::into_iter(rooms).collect())
        })
    }

    fn fetch_sockets(&self, of: BroadcastOptions) -> BoxFuture<'_, Result<Found, ClusterError>> {
        Box::pin(async move {
            let mut found = Found {
                sockets: self.local.fetch_sockets(of.clone()),
                unanswered: 0,
            };
            if !self.is_local(&of) {
                let request = RequestTypeOut::FetchSockets;
                let elsewhere = self.ask::<RemoteSocketData>(request, &of).await?;
                found.unanswered = elsewhere.unanswered;
                for answer in elsewhere.answers {
                    if let ResponseType::FetchSockets(of_server) = answer {
                        found.sockets.extend(of_server);
                    }
                }
            }
            Ok(found)
        })
    }

    fn local(&self) -> &CoreLocalAdapter<Emitter> {
        &self.local
    }
}

fn complete(unanswered: usize) -> Result<(), ClusterError> {
    match unanswered {
        0 => Ok(()),
        servers => Err(ClusterError::Unanswered { servers }),
    }
}

/// What the engine does with the requests of others, but for what it does wrong.
impl RemoteRequestHandler<Emitter> for SharedNamespace {
    type Error = ClusterError;

    fn local(&self) -> &CoreLocalAdapter<Emitter> {
        &self.local
    }

    fn send_res<T: Serialize + fmt::Debug + Send + 'static>(
        &self,
        question: Sid,
        to: Uid,
        response: Response<T>,
    ) -> impl Future<Output = Result<(), ClusterError>> + Send + 'static {
        self.node.answer(question, to, &response)
    }

    fn recv_broadcast(&self, to: BroadcastOptions, packet: Packet) {
        self.deliver(packet, to);
    }

    fn recv_add_sockets(&self, to: BroadcastOptions, rooms: Vec<Room>) {
        self.add_here(to, rooms);
    }
}
