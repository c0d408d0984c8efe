use hobnob::prelude::*;

mod chat {
    use hobnob::prelude::*;

    pub struct Chat;

    struct User;

    #[namespace("/chat", session = User)]
    impl Chat {
        fn on_connect(&self) -> User {
            User
        }
    }
}

fn main() {
    let _ = SocketIo::builder().namespace(chat::Chat);
}
