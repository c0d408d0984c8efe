//! Which web pages may connect. The browser says where a page is from; nobody else asks.

use std::{fmt, sync::Arc};

use http::{HeaderMap, Uri, header, request::Parts};

/// Which web pages may connect: option [`origins`](crate::SocketIoBuilder::origins).
///
/// A browser tells with every request which site the page is from that makes it, and lets a page of
/// any site open a WebSocket to yours, with the cookies of your users. Without this check any site
/// could act as they. Programs that are not browsers send no origin and are let through.
///
/// It is checked on both transports. A refused request is answered with status 400; one that is not
/// gets the CORS headers that a page of another origin needs for long polling.
///
/// ```
/// use hobnob::{Origins, SocketIo};
///
/// // a list
/// SocketIo::builder().origins(["https://example.com", "http://localhost:3000"]);
/// // any site: for public data only
/// SocketIo::builder().origins(Origins::Any);
/// // a rule
/// SocketIo::builder().origins(Origins::when(|origin, _request| origin.ends_with(".example.com")));
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Origins {
    /// Pages that this server serves itself: the `Origin` is the `Host`, or the `X-Forwarded-Host`
    /// that a proxy says it was.
    #[default]
    Same,
    /// Pages of any site.
    Any,
    /// Pages of these sites, each as `https://example.com` or `http://localhost:3000`.
    List(Vec<String>),
    /// Pages for which a function says so: see [`Origins::when`].
    When(Arc<Rule>),
    /// There is no check; something in front of the server does it.
    Off,
}

type Rule = dyn Fn(&str, &Parts) -> bool + Send + Sync;

impl Origins {
    /// Pages for whose origin and request `rule` is true.
    pub fn when(rule: impl Fn(&str, &Parts) -> bool + Send + Sync + 'static) -> Self {
        Self::When(Arc::new(rule))
    }

    pub(super) fn allow(&self, request: &Parts) -> bool {
        let Some(origin) = request.headers.get(header::ORIGIN) else {
            return true;
        };
        let origin = origin.to_str().unwrap_or("null");
        match self {
            Self::Same => is_same(origin, &request.headers),
            Self::Any | Self::Off => true,
            Self::List(list) => list
                .iter()
                .any(|listed| listed.trim_end_matches('/') == origin),
            Self::When(rule) => rule(origin, request),
        }
    }
}

impl From<&str> for Origins {
    fn from(origin: &str) -> Self {
        Self::List(vec![origin.to_owned()])
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Origins {
    fn from(origins: [S; N]) -> Self {
        Self::List(origins.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>> From<Vec<S>> for Origins {
    fn from(origins: Vec<S>) -> Self {
        Self::List(origins.into_iter().map(Into::into).collect())
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("Same"),
            Self::Any => f.write_str("Any"),
            Self::List(list) => f.debug_tuple("List").field(list).finish(),
            Self::When(_) => f.write_str("When(..)"),
            Self::Off => f.write_str("Off"),
        }
    }
}

/// Compares host and port. The scheme is left alone unless a proxy tells which it was: behind one
/// that ends TLS the server cannot know.
fn is_same(origin: &str, headers: &HeaderMap) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(host)) = (origin.scheme_str(), origin.host()) else {
        return false;
    };
    let default_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let port = origin.port_u16().unwrap_or(default_port);

    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        // Every proxy appends; the first is the one the browser talked to.
        value.split(',').next().map(str::trim)
    };
    if text("x-forwarded-proto").is_some_and(|forwarded| forwarded != scheme) {
        return false;
    }
    let matches = |authority: &str| {
        let Ok(authority) = authority.parse::<http::uri::Authority>() else {
            return false;
        };
        let same_port = authority.port_u16().unwrap_or(default_port) == port;
        same_port && authority.host().eq_ignore_ascii_case(host)
    };
    text("host").is_some_and(matches) || text("x-forwarded-host").is_some_and(matches)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn allowed(origins: &Origins, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        origins.allow(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_same_origin_is_the_same_host_and_port() {
        let same = |origin, host| allowed(&Origins::Same, &[("origin", origin), ("host", host)]);
        assert!(same("http://a.com", "a.com"));
        assert!(same("http://a.com", "A.com:80"));
        assert!(same("https://a.com", "a.com"));
        assert!(same("http://127.0.0.1:5000", "127.0.0.1:5000"));
        assert!(same("http://[::1]:5000", "[::1]:5000"));
        assert!(!same("http://a.com", "b.com"));
        assert!(!same("http://a.com:81", "a.com"));
        assert!(!same("http://a.com.evil.com", "a.com"));
        assert!(!same("null", "a.com"));
        assert!(!same("ftp://a.com", "a.com"));
    }

    #[test]
    fn a_proxy_may_say_which_host_it_was() {
        let forwarded = |origin, proto| {
            let proxy = [("host", "inner:80"), ("x-forwarded-host", "a.com")];
            let headers = [
                &proxy[..],
                &[("origin", origin), ("x-forwarded-proto", proto)],
            ];
            allowed(&Origins::Same, &headers.concat())
        };
        assert!(forwarded("https://a.com", "https"));
        assert!(!forwarded("http://a.com", "https"));
        assert!(!forwarded("https://b.com", "https"));
    }

    #[test]
    fn who_sends_no_origin_is_no_browser() {
        assert!(allowed(&Origins::Same, &[("host", "a.com")]));
        assert!(allowed(&Origins::List(vec![]), &[("host", "a.com")]));
    }

    #[test]
    fn a_list_a_rule_any_and_off() {
        let from = |origins: &Origins| allowed(origins, &[("origin", "http://a.com")]);
        assert!(from(&["http://a.com"].into()));
        assert!(from(&"http://a.com/".into()));
        assert!(!from(&["https://a.com"].into()));
        assert!(from(&Origins::when(|origin, _| origin.contains("a.c"))));
        assert!(!from(&Origins::when(|_, _| false)));
        assert!(from(&Origins::Any));
        assert!(from(&Origins::Off));
    }
}
