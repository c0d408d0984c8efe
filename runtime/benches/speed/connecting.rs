//! A new client: HTTP request, upgrade, Engine.IO, namespace; and its leaving.

use divan::Bencher;

use crate::{
    dispatch::Handlers,
    in_memory::{Client, runtime},
};

#[divan::bench(args = Handlers::all())]
fn one_client(bencher: Bencher<'_, '_>, handlers: Handlers) {
    let runtime = runtime();
    let app = runtime.block_on(handlers.app());
    // It is there when the server has accepted it in the namespace.
    bencher.bench_local(|| runtime.block_on(Client::connect(&app)));
}
