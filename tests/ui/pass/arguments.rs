//! Arguments of all kinds, in any order, as patterns, behind aliases.

#![deny(warnings)]

use hobnob::{
    Bytes,
    axum::{
        extract::Query,
        http::{HeaderMap, Method, Uri},
    },
    prelude::*,
};
use std::{borrow::Cow, collections::HashMap};

#[derive(Deserialize)]
struct Point {
    x: i64,
    y: i64,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Clone)]
struct User(String);

type Me = Session<User>;
type Maybe<T> = Option<T>;

struct Kinds;

#[namespace("/kinds", session = User)]
impl Kinds {
    async fn on_connect(
        &self,
        headers: HeaderMap,
        Query(query): Query<HashMap<String, String>>,
        Token { token }: Token,
        client: Client,
        _: SocketIo,
        method: Method,
        uri: Uri,
    ) -> Result<User, &'static str> {
        let known = query.len() + headers.len() + uri.path().len() > 0 && method == "GET";
        if known && client.is_connected() {
            Ok(User(token))
        } else {
            Err("who are you?")
        }
    }

    async fn on_all(
        &self,
        first: u8,
        event: EventName,
        me: Me,
        mut second: Vec<String>,
        client: Client,
        (third, [fourth, _]): (char, [i8; 2]),
        args: Args,
        _server: SocketIo,
        Point { x, y }: Point,
        bytes: Bytes,
        (Either::Left(text) | Either::Right(text)): Either<Cow<'static, str>>,
        fifth: Maybe<f64>,
    ) -> usize {
        second.push(format!(
            "{first}{event}{}{third}{fourth}{x}{y}{fifth:?}",
            me.0
        ));
        let _ = (client, text);
        args.len() + bytes.len()
    }

    fn on_nothing(&self) {}

    fn on_hygiene(
        &self,
        context: Client,
        returned: u32,
        argument_0: u32,
        __argument_0: u32,
        __returned: u32,
    ) -> u32 {
        drop(context);
        returned + argument_0 + __argument_0 + __returned
    }

    async fn on_disconnect(&self, reason: DisconnectReason, _: Client, _: SocketIo, me: Me) {
        let _ = (reason, me);
    }

    async fn on_error(
        &self,
        name: EventName,
        error: EventError,
        args: Args,
        me: Me,
        _: Client,
    ) -> Result<String> {
        Ok(format!("{name} {error} {args:?} {}", me.0))
    }
}

#[derive(Deserialize)]
enum Either<T> {
    Left(T),
    Right(T),
}

fn main() {
    let _ = SocketIo::builder().namespace(Kinds);
}
