//! The head of the request that a session begins with, which the engine keeps for as long as the session
//! lasts. As it comes from hyper it is a view of the buffer it was read into, all 16 KiB of it.

use http::{HeaderValue, Method, request::Parts};

/// Puts the head into memory of its own, as small as it is.
pub(super) fn own(head: &mut Parts) {
    for value in head.headers.values_mut() {
        if let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
    if let Ok(copy) = head.uri.to_string().parse() {
        head.uri = copy;
    }
}

/// Whether the request begins a session: it names none.
pub(super) fn begins_session(head: &Parts) -> bool {
    let mut pairs = head.uri.query().unwrap_or_default().split('&');
    head.method == Method::GET && !pairs.any(|pair| pair.starts_with("sid="))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::*;

    #[test]
    fn the_head_says_the_same_on_memory_of_its_own() {
        let buffer = Bytes::from_static(b"secret/socket.io/?EIO=4&t=%20");
        let mut value = HeaderValue::from_maybe_shared(buffer.slice(..6)).unwrap();
        value.set_sensitive(true);
        let request = Request::get("/socket.io/?EIO=4&t=%20").header("authorization", &value);
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        let before = (head.uri.clone(), head.headers.clone());

        own(&mut head);

        assert_eq!((head.uri, head.headers.clone()), before);
        let copy = &head.headers["authorization"];
        assert!(copy.is_sensitive());
        assert_ne!(copy.as_bytes().as_ptr(), value.as_bytes().as_ptr());
    }
}
