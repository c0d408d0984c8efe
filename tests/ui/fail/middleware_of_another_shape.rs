use hobnob::{middleware::Trigger, prelude::*};

async fn timing(_trigger: Trigger) {}

fn main() {
    let _ = SocketIo::builder().middleware(timing);
}
