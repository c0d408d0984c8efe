//! All that `#[event]` can say, and names that are near to special ones.

#![deny(warnings)]

use hobnob::prelude::*;

struct Chat;

#[namespace("/chat")]
impl Chat {
    #[event("*")]
    async fn on_anything_else(&self, event: EventName, args: Args) -> String {
        format!("{event} {args:?}")
    }

    #[event("search", "find", concurrent)]
    async fn look_for(&self, text: String) -> String {
        text
    }

    #[event(concurrent)]
    async fn on_wait(&self) {}

    #[event(concurrent, "wait longer")]
    async fn wait_longer(&self) {}

    #[event("error")]
    fn an_event_of_this_name(&self) {}

    #[event("conect")]
    fn on_conect(&self) {}

    #[event("disconnected")]
    fn disconnected(&self) {}

    #[event("with spaces, commas and ünïcödé: 'so'")]
    fn any_text(&self) {}

    #[event(r"raw", r#"raw too"#)]
    fn raw(&self) {}

    fn on_connections(&self) {}

    fn on_mirror(&self) {}

    fn connect(&self) -> bool {
        self.on_mirror();
        true
    }
}

struct Lifecycle;

#[namespace]
impl Lifecycle {
    fn on_connect(&self) {
        let _ = Chat.connect();
    }
}

fn main() {
    let _ = SocketIo::builder().namespace(Chat).namespace(Lifecycle);
}
