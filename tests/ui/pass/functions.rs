//! Functions of all shapes that handlers can have.

use std::sync::{Arc, Mutex};

use hobnob::{
    concurrent,
    middleware::{Answer, Next, Trigger},
    prelude::*,
};

async fn named(_client: Client, _: (i32, i32)) -> Result<Vec<u8>> {
    Ok(Vec::new())
}

fn plain() {}

async fn pass(trigger: Trigger, next: Next) -> Result<Answer, EventError> {
    next.run(trigger).await
}

fn main() {
    let names = Arc::new(Mutex::new(Vec::<String>::new()));
    let kept = Arc::clone(&names);
    let _ = SocketIo::builder()
        .on("/", "named", named)
        .on("/", "plain", plain)
        .on("/", "boxed", Box::new(|n: u8| n))
        .on("/", "concurrent", concurrent(named))
        .on("/", "captures", move || names.lock().unwrap().clone())
        .on("/", "captures later", move |name: String| {
            let kept = Arc::clone(&kept);
            async move { kept.lock().unwrap().push(name) }
        })
        .on("/", "maybe", async |name: Option<String>| name)
        .on("/", "fails", async || Err::<(), _>(std::io::Error::other("no")))
        .on(String::from("/"), String::from("never returns"), || -> Result<()> {
            std::process::abort()
        })
        .on_connect("/", async |_: SocketIo| Ok::<_, ConnectionRefused>("a session"))
        .on_disconnect("/", async |_: Session<&'static str>| Ok::<_, Error>(()))
        .on_error_at("/", async |_, _, error: EventError| error.to_string())
        .middleware(pass)
        .middleware_at("/", |trigger: Trigger, next: Next| next.run(trigger));
}
