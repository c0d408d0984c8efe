//! Names of events: which cannot be one, which are alike, and how a type's name becomes one.

use syn::{Ident, LitStr, ext::IdentExt};

/// Names that mean something to the protocol or to the JavaScript client.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// Why a text cannot be the name of an event that is sent, if it cannot.
pub(crate) fn not_to_send(name: &LitStr) -> Option<String> {
    let text = name.value();
    if text.is_empty() {
        Some("an event has a name: `#[event(\"name\")]`".to_owned())
    } else if is_reserved(&text) {
        Some(format!(
            "`{text}` is a reserved name, no client would take it for an event: name the event \
             otherwise, with `#[event(\"name\")]`"
        ))
    } else {
        None
    }
}

/// Why a text cannot be the name of an event that is handled, if it cannot.
pub(crate) fn not_an_event(name: &LitStr) -> Option<String> {
    let text = name.value();
    if text.is_empty() {
        return Some("an event has a name: `#[event(\"name\")]`".to_owned());
    }
    if is_reserved(&text) {
        return Some(reserved(&text));
    }
    if text
        .chars()
        .any(|c| c == '"' || c == '\\' || c.is_control())
    {
        return Some(
            "no client can send this name: leave out quotation marks, backslashes and control \
             characters"
                .to_owned(),
        );
    }
    None
}

/// What to say about a reserved name.
pub(crate) fn reserved(name: &str) -> String {
    let instead = match name {
        "connect" => "; a client that connects is handled by a method named `on_connect`",
        "disconnect" | "disconnecting" => {
            "; a client that leaves is handled by a method named `on_disconnect`"
        }
        _ => "; name the event otherwise",
    };
    format!("`{name}` is a reserved name, no client can send it as an event{instead}")
}

pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The lifecycle method that `on_<name>` is probably meant to be.
pub(crate) fn near_miss(name: &str) -> Option<&'static str> {
    match name {
        "connected" | "connection" | "connecting" => return Some("on_connect"),
        "disconnected" | "disconnection" => return Some("on_disconnect"),
        "errors" => return Some("on_error"),
        _ => {}
    }
    let hooks = [
        ("connect", "on_connect"),
        ("disconnect", "on_disconnect"),
        ("error", "on_error"),
    ];
    let near = hooks.into_iter().find(|(hook, _)| is_one_slip(name, hook));
    near.map(|(_, method)| method)
}

/// Whether one letter is missing, too much, wrong, or swapped with its neighbour.
pub(crate) fn is_one_slip(given: &str, meant: &str) -> bool {
    let (given, meant): (Vec<char>, Vec<char>) = (given.chars().collect(), meant.chars().collect());
    let same_start = given.iter().zip(&meant).take_while(|(x, y)| x == y).count();
    let given = given.get(same_start..).unwrap_or_default();
    let meant = meant.get(same_start..).unwrap_or_default();
    let swapped = match (given, meant) {
        ([x, y, given @ ..], [second, first, meant @ ..]) => {
            x == first && y == second && given == meant
        }
        _ => false,
    };
    let wrong = given.get(1..) == meant.get(1..);
    let too_much = given.get(1..) == Some(meant);
    let missing = Some(given) == meant.get(1..);
    !(given.is_empty() && meant.is_empty()) && (swapped || wrong || too_much || missing)
}

/// `UserJoined` becomes `user_joined`.
pub(crate) fn snake_case(ident: &Ident) -> String {
    let name = ident.unraw().to_string();
    let mut snake = String::with_capacity(name.len() + 4);
    let mut previous = None;
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let next_is_small = characters.peek().is_some_and(|next| next.is_lowercase());
        let starts_word = match previous {
            None | Some('_') => false,
            Some(previous) if c.is_uppercase() => !previous.is_uppercase() || next_is_small,
            Some(_) => false,
        };
        if starts_word {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        previous = Some(c);
    }
    snake
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    #[test]
    fn a_type_name_becomes_snake_case() {
        let snake = |name: &str| snake_case(&format_ident!("{name}"));
        assert_eq!(snake("Said"), "said");
        assert_eq!(snake("UserJoined"), "user_joined");
        assert_eq!(snake("HTTPError"), "http_error");
        assert_eq!(snake("Room2Closed"), "room2_closed");
        assert_eq!(snake("Already_Snake"), "already_snake");
        assert_eq!(snake("ABC"), "abc");
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed_and_another_word_is_not() {
        for slip in [
            "conect",
            "connet",
            "conncet",
            "connecct",
            "connectt",
            "onnect",
            "connected",
        ] {
            assert_eq!(near_miss(slip), Some("on_connect"), "{slip}");
        }
        for slip in ["disconect", "dissconnect", "disconnet", "disconnected"] {
            assert_eq!(near_miss(slip), Some("on_disconnect"), "{slip}");
        }
        assert_eq!(near_miss("eror"), Some("on_error"));
        for word in [
            "correct",
            "collect",
            "mirror",
            "join",
            "connections",
            "c",
            "connect",
        ] {
            assert_eq!(near_miss(word), None, "{word}");
        }
    }
}
