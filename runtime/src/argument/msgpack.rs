//! Reads msgpack as the JSON it stands for, with the binary parts taken out as attachments. So an
//! argument decodes by the same rules whichever parser brought it.
//!
//! Not through `rmp-serde`: it has no place for `undefined` and for dates as the JavaScript client
//! sends them, and takes the keys of objects for no numbers.

mod depth;
#[cfg(test)]
mod tests;

pub(super) use self::depth::{deeper, deeper_in_list};

use std::collections::VecDeque;

use bytes::Bytes;
use rmp::Marker;
use serde_json::{Map, Value as Json, json};

/// As deep as the engine lets through, and as `serde_json` goes.
const DEEPEST: usize = 128;

/// `undefined`, as the JavaScript client writes it: an extension of its own.
const UNDEFINED: [u8; 3] = [0xd4, 0, 0];

/// What is wrong with a packet.
type Wrong = &'static str;

const TOO_SHORT: Wrong = "the packet ends too early";
const NO_LIST: Wrong = "not a list of values";

/// A value, and the binary parts that its numbers refer to, if it has some.
pub(super) type Tree = (Json, Option<VecDeque<Bytes>>);

/// How far the arguments of an event are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments {
    left: u32,
    /// Where the next one begins.
    offset: usize,
}

impl Arguments {
    /// All of a packet, without the event's name if there is one.
    pub(super) fn new(packet: &Bytes, has_event: bool) -> Result<Self, Wrong> {
        let mut reader = Reader::new(packet);
        let mut length = reader.list()?;
        if has_event {
            reader.item()?;
            length = length.saturating_sub(1);
        }
        Ok(Self {
            left: length,
            offset: packet.len() - reader.rest.len(),
        })
    }

    /// The next one, if there is one more.
    pub(super) fn next(&mut self, packet: &Bytes) -> Option<Result<Tree, Wrong>> {
        self.left.checked_sub(1).map(|left| {
            let mut reader = Reader::new(packet);
            reader.rest = packet.get(self.offset..).unwrap_or_default();
            let value = reader.value(DEEPEST)?;
            self.left = left;
            self.offset = packet.len() - reader.rest.len();
            Ok((value, reader.attachments()))
        })
    }
}

/// The name of an event. The engine has made sure that it is there.
pub(super) fn event_name(packet: &Bytes) -> &str {
    let mut reader = Reader::new(packet);
    match (reader.list(), reader.item()) {
        (Ok(_), Ok(Item::Text(name))) => name,
        _ => "",
    }
}

/// A packet of an event with one argument, from a packet of that alone.
pub(super) fn event(name: &str, argument: &Bytes) -> Bytes {
    let mut packet = Vec::with_capacity(name.len() + argument.len() + 8);
    // Writing to memory cannot fail.
    let _ = rmp::encode::write_array_len(&mut packet, 2);
    let _ = rmp::encode::write_str(&mut packet, name);
    packet.extend_from_slice(argument);
    packet.into()
}

/// The one value of a packet, such as the auth object.
pub(super) fn value(packet: &Bytes) -> Result<Tree, Wrong> {
    let mut reader = Reader::new(packet);
    let value = reader.value(DEEPEST)?;
    Ok((value, reader.attachments()))
}

/// All values of a packet, without the event's name if there is one, and the binary parts of all.
pub(super) fn values(
    packet: &Bytes,
    has_event: bool,
) -> Result<(Vec<Json>, Option<VecDeque<Bytes>>), Wrong> {
    let mut reader = Reader::new(packet);
    let mut length = reader.list()?;
    if has_event && length > 0 {
        reader.item()?;
        length -= 1;
    }
    let values = (0..length).map(|_| reader.value(DEEPEST));
    let values = values.collect::<Result<_, _>>()?;
    Ok((values, reader.attachments()))
}

/// A packet on its way from the first byte to the last.
struct Reader<'a> {
    packet: &'a Bytes,
    rest: &'a [u8],
    attachments: VecDeque<Bytes>,
}

/// What begins at a byte.
enum Item<'a> {
    /// All there is of it: `null`, `true`, a number, a date.
    Whole(Json),
    Undefined,
    Text(&'a str),
    Bytes(&'a [u8]),
    /// So many values follow.
    List(u32),
    /// So many pairs of key and value follow.
    Map(u32),
}

impl<'a> Reader<'a> {
    fn new(packet: &'a Bytes) -> Self {
        Self {
            packet,
            rest: packet,
            attachments: VecDeque::new(),
        }
    }

    fn attachments(self) -> Option<VecDeque<Bytes>> {
        (!self.attachments.is_empty()).then_some(self.attachments)
    }

    /// The length of the list that begins here.
    fn list(&mut self) -> Result<u32, Wrong> {
        match self.item()? {
            Item::List(length) => Ok(length),
            _ => Err(NO_LIST),
        }
    }

    /// A value with all that is in it, no deeper than `depth`.
    fn value(&mut self, depth: usize) -> Result<Json, Wrong> {
        let deeper = || depth.checked_sub(1).ok_or("nested too deeply");
        Ok(match self.item()? {
            Item::Whole(value) => value,
            Item::Undefined => Json::Null,
            Item::Text(text) => text.into(),
            Item::Bytes(part) => {
                let number = self.attachments.len();
                self.attachments.push_back(self.packet.slice_ref(part));
                json!({ "_placeholder": true, "num": number })
            }
            Item::List(length) => {
                let depth = deeper()?;
                let values = (0..length).map(|_| self.value(depth));
                Json::Array(values.collect::<Result<_, _>>()?)
            }
            Item::Map(length) => {
                let depth = deeper()?;
                let mut object = Map::new();
                for _ in 0..length {
                    let key = self.key()?;
                    // JSON leaves out what is undefined.
                    if let Some(rest) = self.rest.strip_prefix(&UNDEFINED) {
                        self.rest = rest;
                    } else {
                        object.insert(key, self.value(depth)?);
                    }
                }
                Json::Object(object)
            }
        })
    }

    /// A key is text in JSON, whatever it is here.
    fn key(&mut self) -> Result<String, Wrong> {
        match self.item()? {
            Item::Text(text) => Ok(text.to_owned()),
            Item::Whole(value) => Ok(value.to_string()),
            _ => Err("a key that is not text"),
        }
    }

    fn item(&mut self) -> Result<Item<'a>, Wrong> {
        let [marker] = self.chunk()?;
        match Marker::from_u8(marker) {
            Marker::Null => Ok(Item::Whole(Json::Null)),
            Marker::False => Ok(Item::Whole(false.into())),
            Marker::True => Ok(Item::Whole(true.into())),
            Marker::FixPos(value) => Ok(Item::Whole(value.into())),
            Marker::FixNeg(value) => Ok(Item::Whole(value.into())),
            Marker::U8 => Ok(Item::Whole(self.byte()?.into())),
            Marker::U16 => Ok(Item::Whole(u16::from_be_bytes(self.chunk()?).into())),
            Marker::U32 => Ok(Item::Whole(u32::from_be_bytes(self.chunk()?).into())),
            Marker::U64 => Ok(Item::Whole(u64::from_be_bytes(self.chunk()?).into())),
            Marker::I8 => Ok(Item::Whole(i8::from_be_bytes(self.chunk()?).into())),
            Marker::I16 => Ok(Item::Whole(i16::from_be_bytes(self.chunk()?).into())),
            Marker::I32 => Ok(Item::Whole(i32::from_be_bytes(self.chunk()?).into())),
            Marker::I64 => Ok(Item::Whole(i64::from_be_bytes(self.chunk()?).into())),
            // One that is not finite is `null`, as in JSON.
            Marker::F32 => Ok(Item::Whole(f32::from_be_bytes(self.chunk()?).into())),
            Marker::F64 => Ok(Item::Whole(f64::from_be_bytes(self.chunk()?).into())),
            Marker::FixStr(length) => self.text(length.into()),
            Marker::Str8 => self.byte().and_then(|length| self.text(length.into())),
            Marker::Str16 => self.short().and_then(|length| self.text(length.into())),
            Marker::Str32 => self.long().and_then(|length| self.text(length)),
            Marker::Bin8 => self.byte().and_then(|length| self.bytes(length.into())),
            Marker::Bin16 => self.short().and_then(|length| self.bytes(length.into())),
            Marker::Bin32 => self.long().and_then(|length| self.bytes(length)),
            Marker::FixArray(length) => Ok(Item::List(length.into())),
            Marker::Array16 => Ok(Item::List(self.short()?.into())),
            Marker::Array32 => Ok(Item::List(self.long()?)),
            Marker::FixMap(length) => Ok(Item::Map(length.into())),
            Marker::Map16 => Ok(Item::Map(self.short()?.into())),
            Marker::Map32 => Ok(Item::Map(self.long()?)),
            Marker::FixExt1 => self.extension(1),
            Marker::FixExt2 => self.extension(2),
            Marker::FixExt4 => self.extension(4),
            Marker::FixExt8 => self.extension(8),
            Marker::FixExt16 => self.extension(16),
            Marker::Ext8 => self.byte().and_then(|length| self.extension(length.into())),
            Marker::Ext16 => self
                .short()
                .and_then(|length| self.extension(length.into())),
            Marker::Ext32 => self.long().and_then(|length| self.extension(length)),
            Marker::Reserved => Err("a byte that means nothing in msgpack"),
        }
    }

    fn byte(&mut self) -> Result<u8, Wrong> {
        self.chunk().map(u8::from_be_bytes)
    }

    fn short(&mut self) -> Result<u16, Wrong> {
        self.chunk().map(u16::from_be_bytes)
    }

    fn long(&mut self) -> Result<u32, Wrong> {
        self.chunk().map(u32::from_be_bytes)
    }

    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Wrong> {
        let (chunk, rest) = self.rest.split_first_chunk().ok_or(TOO_SHORT)?;
        self.rest = rest;
        Ok(*chunk)
    }

    fn take(&mut self, length: u32) -> Result<&'a [u8], Wrong> {
        let length = usize::try_from(length).map_err(|_| TOO_SHORT)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(TOO_SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    fn text(&mut self, length: u32) -> Result<Item<'a>, Wrong> {
        let text = std::str::from_utf8(self.take(length)?);
        text.map(Item::Text).map_err(|_| "text that is not UTF-8")
    }

    fn bytes(&mut self, length: u32) -> Result<Item<'a>, Wrong> {
        self.take(length).map(Item::Bytes)
    }

    /// What the JavaScript client has extensions for.
    fn extension(&mut self, length: u32) -> Result<Item<'a>, Wrong> {
        let kind = self.byte()?;
        let data = self.take(length)?;
        match (kind, data, <[u8; 8]>::try_from(data)) {
            (0, [0], _) => Ok(Item::Undefined),
            (0, _, Ok(time)) => Ok(Item::Whole(date(i64::from_be_bytes(time)).into())),
            _ => Err("an extension of msgpack that nobody knows"),
        }
    }
}

/// A date as JavaScript writes it in JSON: `2026-11-22T09:05:00.123Z`. It is given in milliseconds
/// since 1970.
fn date(time: i64) -> String {
    const DAY: i64 = 86_400_000;
    let (days, time) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    // Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is their last.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let year = if (0..10_000).contains(&year) {
        format!("{year:04}")
    } else {
        format!("{year:+07}")
    };
    let (seconds, millis) = (time / 1000, time % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
}
