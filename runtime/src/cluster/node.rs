//! This server as one of several: it says that it is there, hears what the others say, and hands it on.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use parking_lot::{Mutex, RwLock};
use serde::Serialize;
use socketioxide_core::{
    Sid, Uid,
    adapter::{
        remote_packet::{RequestIn, RequestTypeIn, Response, ResponseType},
        request::RemoteRequestHandler,
    },
};
use tokio::{
    sync::mpsc::Receiver,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

use super::{
    Settings,
    message::{Message, Plain, decode, encode, pack},
    namespace::SharedNamespace,
    peers::Peers,
    pubsub::{AnyPubSub, Inbox, Incoming},
    python,
    question::{Answer, Questions},
    server_side::Handlers,
};
use crate::adapter::ClusterError;

pub(crate) struct Node {
    pub(super) uid: Uid,
    pub(super) settings: Settings,
    pub(super) peers: Peers,
    pub(super) questions: Questions,
    pubsub: Arc<dyn AnyPubSub>,
    namespaces: RwLock<HashMap<String, Weak<SharedNamespace>>>,
    /// What is there for the events of others.
    pub(super) handlers: Handlers,
    /// Whether nothing is heard at the moment.
    deaf: AtomicBool,
    /// They end with the node.
    tasks: Mutex<JoinSet<()>>,
}

/// Between two attempts to be heard again.
const GREETING_PAUSE: Duration = Duration::from_millis(100);

/// The channel that all servers listen to.
pub(super) fn channel_of_all(prefix: &str) -> String {
    format!("{prefix}:all")
}

fn channel_of(prefix: &str, server: Uid) -> String {
    format!("{prefix}:{server}")
}

impl Node {
    /// Begins to listen, and says so.
    pub(super) async fn join(
        pubsub: Arc<dyn AnyPubSub>,
        settings: Settings,
    ) -> Result<Arc<Self>, ClusterError> {
        let uid = Uid::new();
        let mut channels = vec![
            channel_of_all(&settings.prefix),
            channel_of(&settings.prefix, uid),
        ];
        channels.extend(settings.python_workers.iter().cloned());
        let (inbox, incoming) = Inbox::new(&settings);
        pubsub.subscribe(channels, inbox).await?;

        let node = Arc::new(Self {
            uid,
            peers: Peers::new(settings.heartbeat_timeout),
            settings,
            questions: Questions::default(),
            pubsub,
            namespaces: RwLock::default(),
            handlers: Handlers::new(),
            deaf: AtomicBool::new(false),
            tasks: Mutex::default(),
        });
        node.spawn(listen(Arc::downgrade(&node), incoming));
        node.spawn(beat(Arc::downgrade(&node)));
        node.greet().await?;
        Ok(node)
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Says goodbye. Nothing is heard and nothing is answered any more.
    pub(super) async fn leave(&self) {
        self.tasks.lock().abort_all();
        if let Err(error) = self.tell_all(Plain::Bye).await {
            tracing::debug!(target: "hobnob::cluster", %error, "no goodbye");
        }
    }

    /// Says that this server is there, and asks who else is.
    async fn greet(&self) -> Result<(), ClusterError> {
        self.peers.unsettle();
        self.tell_all(Plain::Hello).await
    }

    /// Whom to ask. An error while no answer would be heard.
    pub(super) fn peers_to_ask(&self) -> Result<Vec<Sid>, ClusterError> {
        if self.deaf.load(Ordering::Relaxed) {
            return Err(ClusterError::unreachable("nothing is heard of the others"));
        }
        Ok(self.peers.alive())
    }

    pub(super) fn encode<R: Serialize>(&self, message: Message<R>) -> Result<Bytes, ClusterError> {
        encode(self.uid, message)
    }

    pub(super) async fn tell_all<R: Serialize>(
        &self,
        message: Message<R>,
    ) -> Result<(), ClusterError> {
        let message = self.encode(message)?;
        self.publish(message).await
    }

    /// To all servers, what has been encoded before.
    pub(super) async fn publish(&self, message: Bytes) -> Result<(), ClusterError> {
        let channel = channel_of_all(&self.settings.prefix);
        self.pubsub.publish(&channel, message).await
    }

    /// To one server.
    pub(super) fn tell(
        &self,
        server: Uid,
        message: Plain,
    ) -> impl Future<Output = Result<(), ClusterError>> + Send + use<> {
        let message = self.encode(message);
        let channel = channel_of(&self.settings.prefix, server);
        let pubsub = Arc::clone(&self.pubsub);
        async move { pubsub.publish(&channel, message?).await }
    }

    /// To tell one server something later on.
    pub(super) fn speaker(
        &self,
        server: Uid,
    ) -> impl FnOnce(Plain) -> BoxFuture<'static, Result<(), ClusterError>> + Send + use<> {
        let (uid, pubsub) = (self.uid, Arc::clone(&self.pubsub));
        let channel = channel_of(&self.settings.prefix, server);
        move |message| {
            Box::pin(async move { pubsub.publish(&channel, encode(uid, message)?).await })
        }
    }

    fn tell_later(&self, server: Uid, message: Plain) {
        let telling = self.tell(server, message);
        tokio::spawn(async move {
            if let Err(error) = telling.await {
                tracing::warn!(target: "hobnob::cluster", %error, "an answer was lost");
            }
        });
    }

    /// Makes a namespace known to the others: the later one, if there are two at one path.
    pub(super) fn enter(&self, namespace: &Arc<SharedNamespace>) {
        let (path, entered) = (namespace.path(), Arc::downgrade(namespace));
        self.namespaces.write().insert(path.to_owned(), entered);
    }

    pub(super) fn remove(&self, namespace: &SharedNamespace) {
        let mut namespaces = self.namespaces.write();
        let found = namespaces.get(namespace.path());
        if found.is_some_and(|found| std::ptr::eq(found.as_ptr(), namespace)) {
            namespaces.remove(namespace.path());
        }
    }

    pub(super) fn namespace(&self, path: &str) -> Option<Arc<SharedNamespace>> {
        self.namespaces.read().get(path)?.upgrade()
    }

    fn receive(&self, channel: &str, message: &Bytes) {
        if self.settings.python_workers.iter().any(|of| of == channel) {
            python::receive(self, message);
            return;
        }
        let envelope = match decode::<RequestIn>(message) {
            Ok(Some(envelope)) => envelope,
            Ok(None) => {
                tracing::warn!(target: "hobnob::cluster", channel, "a message of another version");
                return;
            }
            Err(error) => {
                tracing::warn!(target: "hobnob::cluster", channel, %error, "not a message");
                return;
            }
        };
        let from = envelope.from;
        if from == self.uid {
            return;
        }
        self.peers.has_spoken(from);
        match envelope.message {
            Message::Hello => {
                self.peers.is_here(from);
                self.tell_later(from, Plain::Here);
            }
            Message::Here => self.peers.is_here(from),
            Message::Bye => self.peers.is_gone(from),
            Message::Request { namespace, request } => match self.namespace(&namespace) {
                Some(namespace) => namespace.recv_req(request),
                None => self.answer_for_nobody(from, &request),
            },
            Message::Answer { question, answer } => {
                self.questions.answered(question, Answer { from, answer });
            }
            Message::Event {
                name,
                data,
                question,
            } => self.handle(from, &name, data, question),
        }
    }

    /// A namespace that is not here has no clients, and whoever counts them wants to know.
    fn answer_for_nobody(&self, from: Uid, request: &RequestIn) {
        let nobody = match request.r#type {
            RequestTypeIn::BroadcastWithAck(_) => ResponseType::<()>::BroadcastAckCount(0),
            RequestTypeIn::AllRooms => ResponseType::AllRooms([].into()),
            RequestTypeIn::FetchSockets => ResponseType::FetchSockets(Vec::new()),
            _ => return,
        };
        if let Ok(answer) = self.response(nobody) {
            let question = request.id;
            self.tell_later(from, Plain::Answer { question, answer });
        }
    }

    fn response<D: Serialize>(&self, r#type: ResponseType<D>) -> Result<Bytes, ClusterError> {
        let node_id = self.uid;
        pack(&Response { node_id, r#type })
    }

    pub(super) fn answer<D: Serialize>(
        &self,
        question: Sid,
        to: Uid,
        response: &Response<D>,
    ) -> impl Future<Output = Result<(), ClusterError>> + Send + use<D> {
        let answer = pack(response);
        let telling = answer.map(|answer| self.tell(to, Plain::Answer { question, answer }));
        async move { telling?.await }
    }
}

async fn listen(node: Weak<Node>, mut incoming: Receiver<Incoming>) {
    while let (Some(next), Some(node)) = (incoming.recv().await, node.upgrade()) {
        match next {
            Incoming::Message { channel, message } => node.receive(&channel, &message),
            Incoming::Interrupted => node.deaf.store(true, Ordering::Relaxed),
            Incoming::Resubscribed => node.spawn(greet_again(Arc::downgrade(&node))),
        }
    }
}

/// Messages come again: the others are to know, and to say who they are. Till then none is asked.
async fn greet_again(node: Weak<Node>) {
    while let Some(node) = node.upgrade() {
        match node.greet().await {
            Ok(()) => return node.deaf.store(false, Ordering::Relaxed),
            Err(error) => tracing::debug!(target: "hobnob::cluster", %error, "no greeting"),
        }
        sleep(GREETING_PAUSE).await;
    }
}

/// Goes on whatever becomes of each heartbeat: the next may get through.
async fn beat(node: Weak<Node>) {
    let Some(mut beats) = node.upgrade().map(|node| {
        let mut beats = interval(node.settings.heartbeat_interval);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats
    }) else {
        return;
    };
    let mut last = Instant::now();
    loop {
        beats.tick().await;
        let Some(node) = node.upgrade() else { return };
        // A process that has been stopped knows nobody any more, and nobody knows it.
        let late = last.elapsed() > node.settings.heartbeat_timeout;
        last = Instant::now();
        node.peers.forget_silent();
        let beat = if late {
            node.greet().await
        } else {
            node.tell_all(Plain::Here).await
        };
        if let Err(error) = beat {
            tracing::debug!(target: "hobnob::cluster", %error, "no heartbeat");
        }
    }
}
