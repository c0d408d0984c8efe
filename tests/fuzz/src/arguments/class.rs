//! The server: an event for each kind of type, whose handler answers with what it got.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
};

use hobnob::prelude::*;
use serde_json::Value as Json;

use super::data::Data;

/// What there is to be sent.
pub(super) const EVENTS: [&str; 16] = [
    "args", "numbers", "texts", "lists", "message", "external", "internal", "adjacent", "untagged",
    "newtype", "maps", "json", "several", "flat", "tree", "units",
];

/// What a handler got.
#[derive(Debug)]
pub(super) enum Taken {
    Value(String),
    Args(Args),
}

/// Where the handlers put what they got.
#[derive(Clone, Default)]
pub(super) struct Echo(Arc<Mutex<Option<Taken>>>);

impl Echo {
    pub(super) fn take(&self) -> Option<Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn got(&self, taken: Taken) {
        let before = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(taken);
        assert!(before.is_none(), "one event was handled twice: {before:?}");
    }

    fn answer<T: Debug>(&self, value: T) -> T {
        self.got(Taken::Value(format!("{value:?}")));
        value
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Message {
    file: Option<Bytes>,
    raw: Vec<u8>,
    head: [u8; 2],
    id: Id,
    kinds: Vec<External>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent: Option<Box<Message>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Id(u64);

#[derive(Debug, Serialize, Deserialize)]
struct Wrapped(Option<Bytes>);

#[derive(Debug, Serialize, Deserialize)]
struct Pair(i8, Bytes);

#[derive(Debug, Serialize, Deserialize)]
enum External {
    Unit,
    Newtype(Bytes),
    Tuple(String, Option<Bytes>),
    Struct { part: Bytes, number: i32 },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Internal {
    Unit,
    Newtype(Message),
    Struct { part: Bytes, numbers: Vec<i16> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(Wrapped),
    Tuple(bool, Bytes),
    Struct { part: Option<Bytes> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    Pair(Bytes, u8),
    Struct { part: Bytes },
    List(Vec<Untagged>),
}

#[derive(Debug, Serialize, Deserialize)]
struct Flat {
    name: String,
    #[serde(flatten)]
    pair: Option<Named>,
    #[serde(flatten)]
    rest: BTreeMap<String, Rest>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Named {
    part: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Rest {
    Number(u32),
    Bytes(Bytes),
}

#[derive(Debug, Serialize, Deserialize)]
struct Tree {
    leaf: Option<Bytes>,
    #[serde(default)]
    branches: Vec<Tree>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Unit;

type Pairs = Vec<(u8, Pair)>;
type Numbers = BTreeMap<i8, Option<Bytes>>;
type Flags = BTreeMap<bool, Wrapped>;

#[namespace]
impl Echo {
    fn on_args(&self, args: Args) {
        self.got(Taken::Args(args));
    }

    fn on_numbers(&self, a: i64, b: Option<u8>, c: Option<f64>) -> (i64, Option<u8>, Option<f64>) {
        self.answer((a, b, c))
    }

    fn on_texts(&self, text: String, letter: Option<char>) -> (String, Option<char>) {
        self.answer((text, letter))
    }

    fn on_lists(
        &self,
        list: Vec<Option<Bytes>>,
        pairs: Option<Pairs>,
    ) -> (Vec<Option<Bytes>>, Option<Pairs>) {
        self.answer((list, pairs))
    }

    fn on_message(&self, message: Message) -> Message {
        self.answer(message)
    }

    fn on_external(&self, value: External) -> External {
        self.answer(value)
    }

    fn on_internal(&self, value: Internal) -> Internal {
        self.answer(value)
    }

    fn on_adjacent(&self, value: Adjacent) -> Adjacent {
        self.answer(value)
    }

    fn on_untagged(&self, value: Untagged) -> Untagged {
        self.answer(value)
    }

    fn on_newtype(&self, id: Id, wrapped: Wrapped) -> (Id, Wrapped) {
        self.answer((id, wrapped))
    }

    fn on_maps(&self, numbers: Numbers, flags: Option<Flags>) -> (Numbers, Option<Flags>) {
        self.answer((numbers, flags))
    }

    fn on_json(&self, value: Json) -> Json {
        self.answer(value)
    }

    fn on_several(
        &self,
        _: Client,
        data: Data,
        file: Option<Bytes>,
        args: Args,
        message: Option<Message>,
    ) -> (Data, Option<Bytes>, Option<Message>) {
        // It uses none of them up.
        let _ = (args.len(), args.get::<Data>(0));
        self.answer((data, file, message))
    }

    fn on_flat(&self, flat: Flat) -> Flat {
        self.answer(flat)
    }

    fn on_tree(&self, tree: Tree) -> Tree {
        self.answer(tree)
    }

    fn on_units(
        &self,
        unit: (),
        unit_struct: Option<Unit>,
        nested: Option<u8>,
    ) -> ((), Option<Unit>, Option<u8>) {
        self.answer((unit, unit_struct, nested))
    }
}
