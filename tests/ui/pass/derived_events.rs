//! `#[derive(Event)]` on types of every shape.

#![deny(warnings)]

use hobnob::prelude::*;
use std::{borrow::Cow, fmt::Debug};

#[derive(Serialize, Event)]
struct Unit;

#[derive(Serialize, Event)]
struct Empty();

#[derive(Serialize, Event)]
struct EmptyToo {}

#[derive(Serialize, Event)]
struct Newtype(u8);

#[derive(Serialize, Event)]
struct Borrowed<'a, 'b: 'a> {
    from: &'a str,
    text: Cow<'b, str>,
}

#[derive(Serialize, Event)]
struct Generic<T, const N: usize>(T, [T; 2])
where
    T: Debug;

#[derive(Serialize, Event)]
enum Nothing {}

/// Two ways to say one event.
#[derive(Serialize, Event)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Notice<'a, T: ?Sized> {
    /// As text.
    #[event("notice")]
    Text(&'a T),
    #[event("notice")]
    #[serde(rename = "whatever")]
    Object {
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        kind: Option<u8>,
    },
    #[event("*")]
    Anything,
}

#[derive(Serialize, Event)]
#[event(rename_all = "SCREAMING-KEBAB-CASE")]
struct InCapitals;

#[derive(Serialize, Event)]
#[event(rename_all = "camelCase",)]
enum OfThePage {
    UserJoined,
    #[event("user left")]
    UserLeft,
}

type Numbers = Notice<'static, u8>;

fn main() {
    let _: fn(&Nothing) -> &str = Event::name;
    let names = [
        Unit.name(),
        Empty().name(),
        EmptyToo {}.name(),
        Newtype(1).name(),
        Borrowed {
            from: "",
            text: Cow::Borrowed(""),
        }
        .name(),
        Generic::<u8, 5>(1, [2, 3]).name(),
        Notice::Text("text").name(),
        Numbers::Object { kind: None }.name(),
        Numbers::Anything.name(),
        InCapitals.name(),
        OfThePage::UserJoined.name(),
        OfThePage::UserLeft.name(),
    ]
    .map(str::to_owned);
    let expected = [
        "unit",
        "empty",
        "empty_too",
        "newtype",
        "borrowed",
        "generic",
        "notice",
        "notice",
        "*",
        "IN-CAPITALS",
        "userJoined",
        "user left",
    ];
    assert_eq!(names, expected);
}
