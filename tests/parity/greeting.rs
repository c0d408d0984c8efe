//! What the application greets its clients with: what it knows of the request that opened the connection.

use std::collections::BTreeMap;

use hobnob::{Received, prelude::*};

/// Three messages: a text, the query and the headers, both as JSON, without what the protocol has there.
pub(crate) fn greet(client: &Client, text: &str) -> Result {
    const OF_THE_PROTOCOL: [&str; 3] = ["host", "connection", "upgrade"];

    client.send(text)?;
    client.send(serde_json::to_string(&query(client)?)?)?;
    let request = client.request().ok_or_else(gone)?;
    let mut headers = BTreeMap::new();
    for (name, value) in request.headers() {
        let name = name.as_str();
        if !OF_THE_PROTOCOL.contains(&name) && !name.starts_with("sec-websocket-") {
            headers.insert(name, value.to_str()?);
        }
    }
    client.send(serde_json::to_string(&headers)?)?;
    Ok(())
}

pub(crate) fn query(client: &Client) -> Result<BTreeMap<String, Vec<String>>> {
    let request = client.request().ok_or_else(gone)?;
    let mut query = BTreeMap::<_, Vec<_>>::new();
    for (key, value) in request.query::<Vec<(String, String)>>()? {
        if !["EIO", "transport"].contains(&&*key) {
            query.entry(key).or_default().push(value);
        }
    }
    Ok(query)
}

fn gone() -> Error {
    Error::hidden("the client has left")
}

/// What a client receives that is greeted.
pub(crate) fn greeting(text: &str, query: &str, headers: &str) -> [Received; 3] {
    [text, query, headers].map(Received::of)
}
