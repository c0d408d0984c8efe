use hobnob::prelude::*;

fn main() {
    let names = vec!["anna".to_owned()];
    let _ = SocketIo::builder().on("/chat", "names", async move |_client: Client| names.len());
}
