//! The tasks that belong to one client: concurrent events, and what it was given to run.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{runtime::Handle, task::JoinSet};

use super::ClientState;

/// Made with the first task, as most clients have none.
#[derive(Default)]
pub(super) struct Tasks {
    /// Handlers of concurrent events: they get the grace that other handlers get.
    events: JoinSet<()>,
    /// Tasks of `Client::spawn`: they end with the client.
    spawned: JoinSet<()>,
}

fn spawn_into<F>(set: &mut JoinSet<()>, runtime: &Handle, task: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    // Finished ones are let go here, so that the set is no larger than what has run at once.
    while set.try_join_next().is_some() {}
    set.spawn_on(task, runtime);
}

impl ClientState {
    pub(crate) fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.tasks.lock();
        if !self.lane.is_closed() {
            let spawned = &mut tasks.get_or_insert_default().spawned;
            spawn_into(spawned, self.socketio.runtime(), task);
        }
    }

    /// Runs the handler of an event that is out of the line; `false` if `most` are running already.
    pub(crate) fn spawn_event<F>(&self, event: F, most: usize) -> bool
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.tasks.lock();
        let events = &mut tasks.get_or_insert_default().events;
        let room = events.len() < most;
        if room {
            spawn_into(events, self.socketio.runtime(), event);
        }
        room
    }

    /// Ends the spawned tasks at once, and the concurrent handlers after the grace.
    pub(crate) async fn end_tasks(self: &Arc<Self>, grace: Duration) {
        let Some(mut tasks) = self.tasks.lock().take() else {
            return;
        };
        tasks.spawned.shutdown().await;
        let finished = async { while tasks.events.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, finished).await.is_err() {
            tracing::warn!(
                target: "hobnob::event",
                namespace = %self.namespace.path,
                sid = %self.sid,
                "a concurrent handler was dropped: it did not end when its client left",
            );
            tasks.events.shutdown().await;
        }
    }
}
