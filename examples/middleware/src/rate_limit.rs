//! How often each client may send an event: a middleware that keeps something, and answers with how long
//! to wait.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc};

use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use hobnob::{
    Middleware,
    middleware::{Answer, Next, Trigger, TriggerKind},
    prelude::*,
};
use parking_lot::Mutex;
use serde_json::json;

/// A limit for each client: to some events each, and to all the others together, unknown ones too.
pub(crate) struct RateLimit {
    others: Quota,
    events: HashMap<&'static str, Quota>,
    /// From a client's connecting to its leaving.
    clients: Mutex<HashMap<Sid, Arc<Limiters>>>,
}

struct Limiters {
    others: DefaultDirectRateLimiter,
    events: HashMap<&'static str, DefaultDirectRateLimiter>,
}

impl RateLimit {
    /// `others` is how many of the events that have no limit of their own, each second.
    pub(crate) fn new(others: u32) -> Self {
        Self {
            others: per_second(others),
            events: HashMap::new(),
            clients: Mutex::default(),
        }
    }

    pub(crate) fn event(mut self, event: &'static str, times: u32) -> Self {
        self.events.insert(event, per_second(times));
        self
    }

    fn limiters(&self) -> Limiters {
        let events = self.events.iter();
        Limiters {
            others: DefaultDirectRateLimiter::direct(self.others),
            events: events
                .map(|(event, quota)| (*event, DefaultDirectRateLimiter::direct(*quota)))
                .collect(),
        }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), EventError> {
        let limiters = self.clients.lock().get(&trigger.client().sid()).cloned();
        let Some(limiters) = limiters else {
            return Ok(());
        };
        let limiter = limiters
            .events
            .get(&*trigger.event())
            .unwrap_or(&limiters.others);
        limiter.check().map_err(|too_early| {
            let wait = too_early.wait_time_from(DefaultClock::default().now());
            Error::public("too many requests")
                .with_data(json!({ "retry_after": wait.as_secs_f64() }))
                .into()
        })
    }
}

impl Middleware for RateLimit {
    async fn handle(&self, trigger: Trigger, next: Next) -> Result<Answer, EventError> {
        let sid = trigger.client().sid();
        match trigger.kind() {
            TriggerKind::Connect => {
                let connected = next.run(trigger).await?;
                self.clients.lock().insert(sid, Arc::new(self.limiters()));
                Ok(connected)
            }
            TriggerKind::Disconnect(_) => {
                self.clients.lock().remove(&sid);
                next.run(trigger).await
            }
            _ => {
                self.check(&trigger)?;
                next.run(trigger).await
            }
        }
    }
}

/// So many times a second, at least once.
fn per_second(times: u32) -> Quota {
    Quota::per_second(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN))
}
