//! The public id of a client in a namespace: safe to show to other clients, unlike the engine's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use socketioxide_core::Sid as EngineSid;

/// The first character of every [`Sid`], which no room may have: a client cannot be made to join
/// the room of another by sending its sid as a room name.
pub(crate) const PREFIX: char = '~';

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH: usize = 17;

/// The id of one client in one namespace.
///
/// It names the client's own room: [`client.to(sid)`](crate::Client::to) reaches that client alone.
/// It may be sent to other clients. It is *not* the `socket.id` that the JavaScript client shows:
/// that one is the key to the connection, and whoever knows it can speak as that client over long
/// polling. A `Sid` is made from it by a one-way function, differs in each namespace, and stays the
/// same for as long as the connection lasts.
///
/// As text it is a `~` followed by 16 characters of `A-Z a-z 0-9 - _`. It can be an argument of a
/// handler, or a field of one.
///
/// Flask-SocketIO: `request.sid`.
///
/// ```
/// use hobnob::Sid;
///
/// let sid: Sid = "~AbCdEfGhIjKlMnOp".parse()?;
/// assert_eq!(sid.to_string(), "~AbCdEfGhIjKlMnOp");
/// assert!("a room".parse::<Sid>().is_err());
/// # Ok::<(), hobnob::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sid([u8; LENGTH]);

impl Sid {
    /// 96 bits of SHA-256 over the engine's id, itself 96 random bits: nobody gets from one back to
    /// the other, and every server of a cluster comes to the same result.
    pub(crate) fn of(engine: EngineSid, namespace: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(engine.as_str())
            .chain_update(namespace)
            .finalize();
        let mut text = [PREFIX as u8; LENGTH];
        for (character, byte) in text[1..].iter_mut().zip(digest) {
            *character = ALPHABET[usize::from(byte & 63)];
        }
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Always ASCII: both constructors see to it.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl AsRef<str> for Sid {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sid({})", self.as_str())
    }
}

/// The text is not a [`Sid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sid: a sid is `~` and 16 characters")]
pub struct InvalidSid;

impl FromStr for Sid {
    type Err = InvalidSid;

    fn from_str(text: &str) -> Result<Self, InvalidSid> {
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| InvalidSid)?;
        let known = bytes[1..].iter().all(|byte| ALPHABET.contains(byte));
        if bytes[0] == PREFIX as u8 && known {
            Ok(Self(bytes))
        } else {
            Err(InvalidSid)
        }
    }
}

impl Serialize for Sid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Sid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Sid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sid")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Sid, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_is_steady_and_differs_by_namespace() {
        let engine = EngineSid::new();
        assert_eq!(Sid::of(engine, "/chat"), Sid::of(engine, "/chat"));
        assert_ne!(Sid::of(engine, "/chat"), Sid::of(engine, "/news"));
        assert!(!Sid::of(engine, "/chat").as_str().contains(engine.as_str()));
    }

    #[test]
    fn text_comes_back_as_the_same_sid() {
        let sid = Sid::of(EngineSid::new(), "/");
        assert_eq!(sid.to_string().parse(), Ok(sid));
        assert_eq!(serde_json::to_value(sid).unwrap(), sid.as_str());
        for wrong in ["", "~", "abc", "AAbCdEfGhIjKlMnOp", "~AbCdEfGhIjKlMnO!"] {
            assert_eq!(wrong.parse::<Sid>(), Err(InvalidSid), "{wrong}");
        }
    }
}
