//! The tasks that belong to one client: concurrent events, and what it was given to run.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::ClientState;

/// The tasks of one client. The sets are made with the first task, as most clients have none.
#[derive(Default)]
pub(super) struct Tasks {
    sets: Option<Box<Sets>>,
    /// Nothing starts any more.
    ended: bool,
}

#[derive(Default)]
struct Sets {
    /// Handlers of concurrent events: they get the grace that other handlers get.
    events: JoinSet<()>,
    /// Tasks of `Client::spawn`: they end with the client.
    spawned: JoinSet<()>,
}

/// Lets go of the tasks that have ended: a set is no larger than what has run at once.
fn forget_ended(set: &mut JoinSet<()>) {
    while set.try_join_next().is_some() {}
}

impl ClientState {
    pub(crate) fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.tasks.lock();
        if !self.lane.is_closed() {
            let spawned = &mut tasks.sets.get_or_insert_default().spawned;
            forget_ended(spawned);
            spawned.spawn_on(task, self.socketio.runtime());
        }
    }

    /// Ends what [`spawn`](Self::spawn) has started.
    pub(super) fn abort_spawned(&self) {
        if let Some(sets) = &mut self.tasks.lock().sets {
            sets.spawned.abort_all();
        }
    }

    /// Runs the handler of an event that is out of the line; `false` if `most` are running already.
    pub(crate) fn spawn_event<F>(&self, event: F, most: usize) -> bool
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.tasks.lock();
        if tasks.ended {
            // `on_disconnect` is next, or over.
            return true;
        }
        let events = &mut tasks.sets.get_or_insert_default().events;
        forget_ended(events);
        let room = events.len() < most;
        if room {
            events.spawn_on(event, self.socketio.runtime());
        }
        room
    }

    /// Waits for the concurrent handlers, no longer than the grace, and lets none start any more.
    pub(crate) async fn end_tasks(self: &Arc<Self>, grace: Duration) {
        let sets = {
            let mut tasks = self.tasks.lock();
            tasks.ended = true;
            tasks.sets.take()
        };
        let Some(mut sets) = sets else { return };
        sets.spawned.shutdown().await;
        let finished = async { while sets.events.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, finished).await.is_err() {
            tracing::warn!(
                target: "hobnob::event",
                namespace = %self.namespace.path,
                sid = %self.sid,
                "a concurrent handler was dropped: it did not end when its client left",
            );
            sets.events.shutdown().await;
        }
    }
}
