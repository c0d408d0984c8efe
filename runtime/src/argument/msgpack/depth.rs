//! How deep the lists and maps of a packet are in one another.

use bytes::Bytes;

use super::{super::nesting::count, Item, Reader, Wrong};

/// Which value of a packet's list has lists and maps in one another deeper than `most`, counted from 0.
pub(in super::super) fn deeper_in_list(packet: &Bytes, most: usize) -> Option<usize> {
    if !may_be_deeper(packet, most) {
        return None;
    }
    let mut reader = Reader::new(packet);
    // What is wrong besides is left to whoever decodes it.
    let length = reader.list().ok()?;
    for element in 0..length {
        if reader.is_deeper(most).ok()? {
            return usize::try_from(element).ok();
        }
    }
    None
}

/// Whether the one value of a packet is deeper than that.
pub(in super::super) fn deeper(packet: &Bytes, most: usize) -> bool {
    may_be_deeper(packet, most) && Reader::new(packet).is_deeper(most) == Ok(true)
}

/// Each level takes a byte, of the few that a list or a map can begin with.
fn may_be_deeper(packet: &Bytes, most: usize) -> bool {
    let begins = |byte| matches!(byte, 0x80..=0x9f | 0xdc..=0xdf);
    packet.len() > most && count(packet, begins) > most
}

impl Reader<'_> {
    /// Whether the next value has lists and maps in one another deeper than `most`. It is not read to its
    /// end if so.
    fn is_deeper(&mut self, most: usize) -> Result<bool, Wrong> {
        // How many values are left of each that has begun.
        let mut open: Vec<u64> = Vec::new();
        loop {
            match self.item()? {
                Item::List(length) => open.push(length.into()),
                Item::Map(length) => open.push(2 * u64::from(length)),
                _ => {}
            }
            if open.len() > most {
                return Ok(true);
            }
            while open.pop_if(|left| *left == 0).is_some() {}
            match open.last_mut() {
                Some(left) => *left -= 1,
                None => return Ok(false),
            }
        }
    }
}
