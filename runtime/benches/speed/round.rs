//! A round: one client sends some events at once and waits until all answers are there.

use axum::Router;
use divan::{Bencher, counter::ItemsCount};
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    ROUND,
    in_memory::{Client, runtime},
};

pub(crate) struct Round {
    runtime: Runtime,
    client: Client,
    frames: Vec<Message>,
    answers: usize,
}

impl Round {
    /// `app` is made, a client connected, and the round played once: with `event` and `answer` for the id
    /// of each acknowledgement. All answers must come; the engine alone does not keep them in order.
    pub(crate) fn new(
        app: impl AsyncFnOnce() -> Router,
        event: impl Fn(usize) -> Vec<Message>,
        answer: impl Fn(usize) -> Vec<Message>,
    ) -> Self {
        let runtime = runtime();
        let client = runtime.block_on(async { Client::connect(&app().await).await });
        let mut expected: Vec<_> = (0..ROUND).flat_map(answer).collect();
        let mut round = Self {
            runtime,
            client,
            frames: (0..ROUND).flat_map(event).collect(),
            answers: expected.len(),
        };
        let mut came = round.play();
        came.sort_by_key(|frame| frame.clone().into_data());
        expected.sort_by_key(|frame| frame.clone().into_data());
        assert!(came == expected, "{came:?}\nand not\n{expected:?}");
        round
    }

    /// (It is not inlined for those who look for it in a profile.)
    #[inline(never)]
    fn play(&mut self) -> Vec<Message> {
        self.runtime.block_on(async {
            self.client.send(&self.frames).await;
            let mut came = Vec::with_capacity(self.answers);
            while came.len() < self.answers {
                came.push(self.client.receive().await);
            }
            came
        })
    }

    /// Plays it against the clock.
    pub(crate) fn bench(mut self, bencher: Bencher<'_, '_>) {
        bencher
            .counter(ItemsCount::new(ROUND))
            .bench_local(|| self.play());
    }
}

/// An event that wants an answer: its name and its arguments as JSON.
pub(crate) fn event(name: &str, arguments: &str) -> impl Fn(usize) -> Vec<Message> {
    move |id| vec![Message::text(format!(r#"42{id}["{name}",{arguments}]"#))]
}

/// An answer: its values as JSON.
pub(crate) fn answer(values: &str) -> impl Fn(usize) -> Vec<Message> {
    move |id| vec![Message::text(format!("43{id}[{values}]"))]
}
