//! What a test waits for on a socket.

use std::panic::Location;

use futures_util::FutureExt as _;
use serde_json::Value;

use crate::packet::{Kind, Packet};
use crate::{Ack, Closed, Received, Socket};

impl Socket {
    /// The next event.
    ///
    /// # Panics
    ///
    /// If none comes in time.
    #[track_caller]
    pub fn next_event(&self) -> impl Future<Output = Received> {
        self.wait_for("the next event", |p| p.kind == Kind::Event)
            .map(Received::from)
    }

    /// The arguments of the next event, which must be `event`.
    ///
    /// # Panics
    ///
    /// If the next event is another, or none comes in time.
    #[track_caller]
    pub fn expect(&self, event: &str) -> impl Future<Output = Vec<Value>> {
        let caller = Location::caller();
        let next = self.wait_for(&format!("event {event:?}"), |p| p.kind == Kind::Event);
        async move {
            let next = Received::from(next.await);
            assert!(
                next.event == event,
                "{caller}: expected event {event:?}, got {}",
                next.raw
            );
            next.args
        }
    }

    /// The ack with this id.
    ///
    /// # Panics
    ///
    /// If it does not come in time.
    #[track_caller]
    pub fn expect_ack(&self, id: u64) -> impl Future<Output = Ack> {
        self.wait_for_ack(id, &format!("ack {id}"))
    }

    /// Waits for the ack of a `fence` emitted now and checks that the ack with this id, of an
    /// earlier event, has not come until then.
    ///
    /// # Panics
    ///
    /// If it has, or the fence is not acknowledged in time.
    #[track_caller]
    pub fn expect_no_ack(&self, id: u64, fence: &str) -> impl Future<Output = ()> + use<'_> {
        let caller = Location::caller();
        let fence = self.call(fence, ());
        async move {
            fence.await;
            let early = self
                .connection()
                .link()
                .mail()
                .take(self.namespace(), |p| p.is_ack_of(id));
            assert!(early.is_none(), "{caller}: ack {id} came: {early:?}");
        }
    }

    /// Emits `fence`, which the server must acknowledge, and returns every event that came before
    /// that ack and was not taken. The order on one connection makes this exact: no need to wait
    /// and see.
    ///
    /// # Panics
    ///
    /// If the fence is not acknowledged in time.
    #[track_caller]
    pub fn drain_until_ack(&self, fence: &str) -> impl Future<Output = Vec<Received>> + use<'_> {
        let id = self.emit_with_id(fence, ());
        let what = format!("the ack of {fence:?} in {}", self.namespace());
        self.connection().link().wait(what, move |mail| {
            let packets = mail.namespaces.get_mut(self.namespace())?;
            let end = packets.iter().position(|p| p.is_ack_of(id))?;
            let after = packets.split_off(end + 1);
            packets.pop_back();
            let (events, mut rest): (Vec<_>, Vec<_>) =
                packets.drain(..).partition(|p| p.kind == Kind::Event);
            rest.extend(after);
            packets.extend(rest);
            Some(events.into_iter().map(Received::from).collect())
        })
    }

    /// Like [`drain_until_ack`](Self::drain_until_ack), but there must be no event.
    ///
    /// # Panics
    ///
    /// If there is one, or the fence is not acknowledged in time.
    #[track_caller]
    pub fn expect_nothing_until_ack(&self, fence: &str) -> impl Future<Output = ()> + use<'_> {
        let caller = Location::caller();
        let drained = self.drain_until_ack(fence);
        async move {
            let drained = drained.await;
            let events: Vec<_> = drained.iter().map(|event| event.raw.as_str()).collect();
            assert!(
                events.is_empty(),
                "{caller}: expected no event, got {events:#?}"
            );
        }
    }

    /// Waits until the server has thrown the client out of the namespace.
    ///
    /// # Panics
    ///
    /// If it does not do so in time.
    #[track_caller]
    pub fn expect_disconnect(&self) -> impl Future<Output = ()> {
        self.wait_for("the server's disconnect", |p| p.kind == Kind::Disconnect)
            .map(drop)
    }

    /// Waits until the [transport has ended](crate::Connection::expect_closed).
    ///
    /// # Panics
    ///
    /// If it does not end in time.
    #[track_caller]
    pub fn expect_closed(&self) -> impl Future<Output = Closed> {
        self.connection().expect_closed()
    }

    /// Takes the ack with this id, which a failing test calls `what`.
    #[track_caller]
    pub(crate) fn wait_for_ack(&self, id: u64, what: &str) -> impl Future<Output = Ack> + use<'_> {
        self.wait_for(what, move |p| p.is_ack_of(id)).map(Ack::from)
    }

    /// Takes the first packet of this namespace that is `wanted`.
    #[track_caller]
    fn wait_for<W: Fn(&Packet) -> bool>(
        &self,
        what: &str,
        wanted: W,
    ) -> impl Future<Output = Packet> + use<'_, W> {
        let what = format!("{what} in {}", self.namespace());
        self.connection()
            .link()
            .wait(what, move |mail| mail.take(self.namespace(), &wanted))
    }
}
