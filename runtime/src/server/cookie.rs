//! The cookie by which a load balancer sends all requests of one session to the same server.
//!
//! It is written here and not by the crate `cookie`, which brings a calendar for this one header, would
//! be a part of our interface, and does not check what it writes.

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use http::HeaderValue;

use crate::error::BuildError;

/// A cookie that is set when a session begins over long polling: option
/// [`cookie`](crate::SocketIoBuilder::cookie).
///
/// Long polling is many requests, and only the server that began a session can answer them. Where
/// there are several servers behind one address, a load balancer that knows this cookie sends each
/// client to its own. Its value is the id that the engine gave the session; the client has to know it
/// anyway, nobody else may.
///
/// By itself it is `Path=/; HttpOnly; SameSite=Lax`, and gone when the browser is closed.
///
/// Flask-SocketIO: `cookie`, a name or a dictionary. There it is not `HttpOnly`.
///
/// ```
/// use hobnob::{Cookie, SameSite, SocketIo};
///
/// SocketIo::builder().cookie("io");
/// // for pages of other sites
/// SocketIo::builder().cookie(Cookie::new("io").same_site(SameSite::None).secure(true));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a cookie is given to the builder"]
pub struct Cookie {
    name: Cow<'static, str>,
    path: Cow<'static, str>,
    domain: Option<String>,
    max_age: Option<Duration>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

/// With which requests from other sites a browser sends a [`Cookie`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SameSite {
    /// With none.
    Strict,
    /// When a link is followed from there, and no others.
    #[default]
    Lax,
    /// With all. The cookie has to be [`secure`](Cookie::secure) for that.
    None,
}

impl Cookie {
    /// A cookie of this name, `io` for example.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            path: Cow::Borrowed("/"),
            domain: None,
            max_age: None,
            secure: false,
            http_only: true,
            same_site: SameSite::default(),
        }
    }

    /// Below which path of the server it is sent: `/`, which is everywhere.
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = path.into();
        self
    }

    /// The domain it is sent to, with all below it. By itself that is only the host that set it.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// After how many seconds it is forgotten; fractions are cut off. By itself it is when the browser
    /// is closed.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Whether it is sent over HTTPS only: it is not.
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Whether it is hidden from the scripts of a page: it is.
    pub fn http_only(mut self, hidden: bool) -> Self {
        self.http_only = hidden;
        self
    }

    /// With which requests from other sites it is sent: [`SameSite::Lax`].
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// What would end the header early, or make a browser throw the cookie away.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let wrong = |what: &str, value: &str, reason| {
            Err(BuildError::InvalidOption {
                option: "cookie",
                value: format!("one with the {what} `{}`", value.escape_debug()),
                reason,
            })
        };
        if self.name.is_empty() || !self.name.bytes().all(is_of_token) {
            let reason = "it is of letters, digits and ``!#$%&'*+-.^_`|~``, as `io`";
            return wrong("name", &self.name, reason);
        }
        if !self.path.starts_with('/') || !is_attribute(&self.path) {
            let reason = "it begins with `/` and is of ASCII characters without `;`";
            return wrong("path", &self.path, reason);
        }
        if let Some(domain) = &self.domain {
            let of_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
            if domain.is_empty() || !domain.bytes().all(of_host) {
                let reason = "it is the name of a host, as `example.com`";
                return wrong("domain", domain, reason);
            }
        }
        if self.max_age.is_some_and(|age| age.as_secs() == 0) {
            let reason = "it would be forgotten at once; it is at least one second";
            return wrong("max-age", "0", reason);
        }
        if self.same_site == SameSite::None && !self.secure {
            let reason = "browsers only take that with `secure(true)`";
            return wrong("attribute", "SameSite=None", reason);
        }
        let of_host = self.name.starts_with("__Host-");
        if (of_host || self.name.starts_with("__Secure-")) && !self.secure {
            let reason = "browsers only take that with `secure(true)`";
            return wrong("name", &self.name, reason);
        }
        if of_host && (self.path != "/" || self.domain.is_some()) {
            let reason = "browsers only take that with the path `/` and without a domain";
            return wrong("name", &self.name, reason);
        }
        Ok(())
    }

    /// The header that sets it. There is one for every value that the engine has for a session.
    pub(super) fn header(&self, value: &str) -> Option<HeaderValue> {
        let mut header = format!("{}={value}; Path={}", self.name, self.path);
        if let Some(domain) = &self.domain {
            let _ = write!(header, "; Domain={domain}");
        }
        if let Some(age) = self.max_age {
            let _ = write!(header, "; Max-Age={}", age.as_secs());
        }
        if self.secure {
            header.push_str("; Secure");
        }
        if self.http_only {
            header.push_str("; HttpOnly");
        }
        header.push_str(match self.same_site {
            SameSite::Strict => "; SameSite=Strict",
            SameSite::Lax => "; SameSite=Lax",
            SameSite::None => "; SameSite=None",
        });
        header.try_into().ok()
    }
}

impl From<&'static str> for Cookie {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Cookie {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

/// What RFC 6265 lets the name of a cookie be made of.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_attribute(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| (b' '..=b'~').contains(&byte) && byte != b';')
}
