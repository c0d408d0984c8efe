use hobnob::{
    middleware::{Next, Trigger},
    prelude::*,
};

async fn timing(trigger: Trigger, next: Next) {
    let _ = next.run(trigger).await;
}

fn main() {
    let _ = SocketIo::builder().middleware(timing);
}
