//! Bodies of long polling: several frames joined by `0x1e`, binary ones in base64 behind a `b`.

use bytes::Bytes;

use crate::packet::Frame;

/// What stands between two frames of a body.
const SEPARATOR: char = '\u{1e}';

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The body that carries `frames`.
pub(crate) fn join(frames: &[Frame]) -> String {
    let mut body = String::new();
    for frame in frames {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
        match frame {
            Frame::Text(text) => body.push_str(text),
            Frame::Binary(bytes) => {
                body.push('b');
                encode(bytes, &mut body);
            }
        }
    }
    body
}

/// How many bytes `frames` take in a body, with a separator in front of each.
pub(crate) fn size(frames: &[Frame]) -> usize {
    let sizes = frames.iter().map(|frame| match frame {
        Frame::Text(text) => text.len() + 1,
        Frame::Binary(bytes) => bytes.len().div_ceil(3) * 4 + 2,
    });
    sizes.sum()
}

/// The frames in `body`. An empty body holds none.
pub(crate) fn split(body: &str) -> Result<Vec<Frame>, String> {
    let packets = body.split(SEPARATOR).filter(|packet| !packet.is_empty());
    let frames = packets.map(|packet| match packet.strip_prefix('b') {
        None => Ok(Frame::Text(packet.to_owned())),
        Some(base64) => decode(base64).map(Frame::Binary),
    });
    frames.collect()
}

/// Appends `bytes` in base64, padded.
fn encode(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0, |group, byte| group << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (group >> (18 - 6 * place)) & 63;
            out.push(if place > chunk.len() {
                '='
            } else {
                ALPHABET[digit as usize].into()
            });
        }
    }
}

/// The bytes that padded or unpadded base64 stands for.
fn decode(base64: &str) -> Result<Bytes, String> {
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3);
    let (mut group, mut bits) = (0_u32, 0);
    for character in base64.trim_end_matches('=').bytes() {
        let digit = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(format!("{:?} in base64", char::from(character))),
        };
        group = group << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((group >> bits & 0xff) as u8);
        }
    }
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::{Frame, join, size, split};

    #[test]
    fn frames_survive_a_body() {
        for length in 0..50_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37) ^ 0xe5).collect();
            let frames = [Frame::Text("42[\"é\"]".into()), Frame::Binary(bytes.into())];
            let body = join(&frames);
            assert_eq!(body.len() + 1, size(&frames));
            assert_eq!(split(&body).expect("well-formed"), frames);
        }
        assert_eq!(join(&[Frame::Binary("ab".into())]), "bYWI=");
        assert!(split("").expect("well-formed").is_empty());
    }
}
