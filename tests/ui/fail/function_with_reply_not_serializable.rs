use hobnob::prelude::*;

struct Answer;

fn main() {
    let _ = SocketIo::builder().on("/chat", "ask", |_question: String| Answer);
}
