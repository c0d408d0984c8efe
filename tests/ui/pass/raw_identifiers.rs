//! Keywords as names: of methods, arguments, types, fields and variants.

#![deny(warnings)]

use hobnob::prelude::*;

#[allow(non_camel_case_types)]
#[derive(Deserialize)]
struct r#type {
    r#where: String,
}

#[derive(Serialize, Event)]
#[serde(rename_all = "snake_case")]
enum Notice {
    Loop { r#in: u32 },
    r#Break(u32),
}

#[derive(Serialize, Event)]
struct r#Match;

struct r#Struct;

#[namespace("/raw")]
impl r#Struct {
    #[event("match")]
    async fn r#match(&self, r#type: String) -> String {
        r#type
    }

    async fn r#on_move(&self, r#type { r#where }: r#type) -> String {
        r#where
    }

    fn on_loop(&self, client: Client, r#in: u32) -> Result {
        client.send(Notice::Loop { r#in })?;
        client.send(Notice::Break(r#in))?;
        Ok(client.send(r#Match)?)
    }
}

fn main() {
    assert_eq!(Notice::Loop { r#in: 1 }.name(), "loop");
    assert_eq!(Notice::r#Break(1).name(), "break");
    assert_eq!(r#Match.name(), "match");
    let _ = SocketIo::builder().namespace(r#Struct);
}
