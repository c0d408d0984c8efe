//! Who may connect, who leaves, and events under names of the protocol.

use hobnob::{SocketIoBuilder, prelude::*};
use serde_json::{Value, json};

pub(super) fn mount(builder: SocketIoBuilder) -> SocketIoBuilder {
    builder
        .namespace(Refuse)
        .namespace(Auth)
        .namespace(Leave)
        .namespace(Wire)
}

#[derive(Deserialize)]
struct Knock {
    how: String,
    #[serde(default)]
    emit: bool,
}

fn prepare(client: &Client, knock: &Knock) -> Result {
    if knock.emit {
        client.emit("early", &knock.how)?;
        client.join("in")?;
    }
    if knock.how == "watch" {
        client.join("watchers")?;
    }
    Ok(())
}

struct Refuse;

#[namespace("/refuse")]
impl Refuse {
    fn on_connect(&self, client: Client, knock: Knock) -> Result<bool, ConnectionRefused> {
        prepare(&client, &knock)?;
        match knock.how.as_str() {
            "refused" => Err(ConnectionRefused::default()),
            "refused with a text" => Err("no entry".into()),
            "refused with an object" => {
                Err(ConnectionRefused::new("no entry").with_data(json!({ "code": 7 })))
            }
            "refused with several" => {
                Err(ConnectionRefused::new("no entry").with_data(json!([1, "two"])))
            }
            "refused with a number" => Err(ConnectionRefused::new(5)),
            "crash" => std::panic::resume_unwind(Box::new("on purpose")),
            how => Ok(how != "false"),
        }
    }

    async fn on_disconnect(&self, client: Client, reason: DisconnectReason) -> Result {
        let watchers = client.to("watchers");
        watchers.emit("left", reason.as_str()).await?;
        Ok(())
    }

    #[event("to those in")]
    async fn to_those_in(&self, client: Client) -> Result {
        client.to("in").emit("hello", ()).await?;
        Ok(())
    }

    async fn on_answer(&self, client: Client) -> Result<&'static str> {
        client.to("watchers").emit("handled", ()).await?;
        Ok("handled")
    }
}

struct Auth;

#[namespace("/auth", session = Option<Value>)]
impl Auth {
    fn on_connect(&self, auth: Option<Value>) -> Option<Value> {
        auth
    }

    fn on_auth(&self, auth: Session<Option<Value>>) -> Value {
        json!([*auth])
    }
}

struct Name(String);

#[derive(Deserialize)]
struct Login {
    name: String,
}

struct Leave;

#[namespace("/leave", session = Name)]
impl Leave {
    fn on_connect(&self, client: Client, login: Login) -> Result<Name> {
        client.join(["home".to_owned(), format!("of {}", login.name)])?;
        Ok(Name(login.name))
    }

    async fn on_disconnect(
        &self,
        client: Client,
        name: Session<Name>,
        reason: DisconnectReason,
    ) -> Result {
        let mut mine = client.rooms();
        mine.sort();
        let left = (&name.0, reason.as_str(), mine);
        client.to("home").emit("left", left).await?;
        // Whether it is still possible depends on how the client leaves.
        let _ = client.emit("goodbye", &name.0);
        Ok(())
    }

    async fn on_go(&self, client: Client) -> Result<&'static str> {
        client.emit("before", ())?;
        client.disconnect()?;
        let _ = client.emit("after", ());
        client.to("home").emit("after, to all", ()).await?;
        Ok("gone")
    }
}

struct Wire;

#[namespace("/wire")]
impl Wire {
    async fn on_connect(&self, client: Client, auth: Value) -> Result {
        client.to("watchers").emit("on_connect", auth).await?;
        Ok(())
    }

    async fn on_disconnect(&self, client: Client, reason: DisconnectReason) -> Result {
        let watchers = client.to("watchers");
        watchers.emit("on_disconnect", reason.as_str()).await?;
        Ok(())
    }

    fn on_watch(&self, client: Client) -> Result {
        Ok(client.join("watchers")?)
    }
}
