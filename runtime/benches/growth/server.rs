//! The server of all tables, and the clients that are in it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hobnob::{Client as Member, prelude::*};
use tokio::{runtime::Runtime, sync::mpsc};

use crate::in_memory::{Client, runtime};

/// The one room that has many members.
pub(crate) const ROOM: &str = "room";

const FOR_LONG: Duration = Duration::from_hours(1);

struct Hall {
    /// Whoever connects, as the server sees it.
    connected: mpsc::UnboundedSender<Member>,
    /// How many rooms one is put into that connects.
    joins: Arc<AtomicUsize>,
}

#[namespace]
impl Hall {
    fn on_connect(&self, client: Member) -> Result {
        for room in rooms(self.joins.load(Ordering::Relaxed)) {
            client.join(room)?;
        }
        self.connected.send(client)?;
        Ok(())
    }

    fn on_echo(&self, number: usize) -> usize {
        number
    }
}

/// The names of so many rooms.
pub(crate) fn rooms(many: usize) -> impl Iterator<Item = String> {
    (0..many).map(|number| format!("room {number}"))
}

/// A server in memory, on a runtime of its own.
pub(crate) struct Server {
    pub(crate) runtime: Runtime,
    pub(crate) socketio: SocketIo,
    app: Router,
    connected: mpsc::UnboundedReceiver<Member>,
    joins: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = runtime();
        let (sender, connected) = mpsc::unbounded_channel();
        let joins = Arc::<AtomicUsize>::default();
        let hall = Hall {
            connected: sender,
            joins: Arc::clone(&joins),
        };
        // No heartbeat comes in between.
        let builder = SocketIo::builder()
            .ping_interval(FOR_LONG)
            .ping_timeout(FOR_LONG);
        let built = runtime.block_on(builder.namespace(hall).build());
        let socketio = built.expect("a server");
        Self {
            app: Router::new().layer(socketio.layer()),
            runtime,
            socketio,
            connected,
            joins,
        }
    }

    /// Puts whoever connects from now on into so many rooms.
    pub(crate) fn join_on_connect(&self, rooms: usize) {
        self.joins.store(rooms, Ordering::Relaxed);
    }

    /// A client, and the same one as the server sees it.
    pub(crate) fn connect(&mut self) -> (Client, Member) {
        self.runtime.block_on(async {
            let client = Client::connect(&self.app).await;
            let member = self.connected.recv().await.expect("a server");
            (client, member)
        })
    }

    /// Fills [`ROOM`] with so many members.
    pub(crate) fn fill(&mut self, members: usize) -> Vec<(Client, Member)> {
        let mut all = Vec::with_capacity(members);
        for _ in 0..members {
            let (client, member) = self.connect();
            member.join(ROOM).expect("a connected client");
            all.push((client, member));
        }
        all
    }

    /// Lets a client go, and returns when the server has forgotten it.
    pub(crate) fn leave(&self, client: Client, member: &Member) {
        let namespace = member.namespace();
        self.runtime.block_on(async {
            drop(client);
            while namespace.local_client(member.sid()).is_some() {
                tokio::task::yield_now().await;
            }
        });
    }
}

impl Drop for Server {
    /// Waits until those have left who have gone: they would be in the way of what is measured next.
    fn drop(&mut self) {
        let namespace = self.socketio.of("/");
        self.runtime.block_on(async {
            while namespace.clients().await.is_ok_and(|left| !left.is_empty()) {
                tokio::task::yield_now().await;
            }
            self.socketio.shutdown().await;
        });
    }
}
