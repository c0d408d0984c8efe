//! Where JSON is written to. Most of it is short, and gets memory only when its length is known.

use std::{io, str::Utf8Error};

use socketioxide_core::Str;

/// How much there is room for before there is memory.
const ROOM: usize = 256;

pub(super) struct Text {
    room: [u8; ROOM],
    length: usize,
    /// All of it, once it is longer than the room.
    long: Vec<u8>,
}

impl Text {
    pub(super) fn new() -> Self {
        Self {
            room: [0; ROOM],
            length: 0,
            long: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    /// Makes one list of `["event"` and the list that begins at `start`.
    pub(super) fn join(&mut self, start: usize) {
        let written = self.written_mut();
        if written.get(start + 1) == Some(&b']') {
            // It was `[]`: its second half ends the other one.
            written[start] = b']';
            self.length = start + 1;
            self.long.truncate(start + 1);
        } else if let Some(bracket) = written.get_mut(start) {
            *bracket = b',';
        }
    }

    pub(super) fn into_str(self) -> Result<Str, Utf8Error> {
        if self.is_long() {
            let text = String::from_utf8(self.long);
            return text.map(Str::from).map_err(|error| error.utf8_error());
        }
        str::from_utf8(&self.room[..self.length]).map(Str::copy_from_slice)
    }

    fn is_long(&self) -> bool {
        !self.long.is_empty()
    }

    fn written_mut(&mut self) -> &mut [u8] {
        if self.is_long() {
            &mut self.long
        } else {
            &mut self.room[..self.length]
        }
    }

    #[inline]
    fn extend(&mut self, more: &[u8]) {
        let length = self.length + more.len();
        match self.room.get_mut(self.length..length) {
            Some(room) => room.copy_from_slice(more),
            None => self.extend_long(more),
        }
        self.length = length;
    }

    #[cold]
    fn extend_long(&mut self, more: &[u8]) {
        if !self.is_long() {
            self.long.reserve(2 * ROOM + more.len());
            self.long.extend_from_slice(&self.room[..self.length]);
        }
        self.long.extend_from_slice(more);
    }
}

impl io::Write for Text {
    #[inline]
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.extend(more);
        Ok(more.len())
    }

    #[inline]
    fn write_all(&mut self, more: &[u8]) -> io::Result<()> {
        self.extend(more);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn it_says_what_was_written_however_long_it_is() {
        for pieces in [0, 1, 9, 10, 11, 25, 26, 27, 1000] {
            for piece in ["0123456789", "0123456789012345678901234", "\u{e9}"] {
                let mut text = Text::new();
                for _ in 0..pieces {
                    text.write_all(piece.as_bytes()).unwrap();
                }
                assert_eq!(text.len(), pieces * piece.len());
                assert_eq!(text.into_str().unwrap().as_str(), piece.repeat(pieces));
            }
        }
    }

    #[test]
    fn two_lists_become_one_on_either_side_of_the_room() {
        for length in [1, ROOM - 4, ROOM - 3, ROOM - 2, ROOM - 1, ROOM, 3 * ROOM] {
            let name = "n".repeat(length);
            for (list, joined) in [("[]", "]"), ("[1]", ",1]")] {
                let mut text = Text::new();
                text.write_all(name.as_bytes()).unwrap();
                let start = text.len();
                text.write_all(list.as_bytes()).unwrap();
                text.join(start);
                assert_eq!(text.into_str().unwrap().as_str(), name.clone() + joined);
            }
        }
    }

    #[test]
    fn what_is_no_text_is_an_error() {
        let mut text = Text::new();
        text.write_all(&[0xff]).unwrap();
        assert!(text.into_str().is_err());
    }
}
