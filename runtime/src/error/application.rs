//! The error a handler returns: anything that went wrong, and what of it the client may see.

use std::{error::Error as StdError, fmt};

use serde_json::{Value, json};

use super::{ArgumentError, EmitError, RoomError};
use crate::sid::InvalidSid;

/// What a handler returns: `Result<T>` with hobnob's own [`Error`], `Result` alone where there is
/// nothing to acknowledge.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Why a handler failed.
///
/// Every error of the standard kind becomes one with `?`. The client does not see it: the
/// acknowledgement is `{"error": "internal error"}` and the log has the rest. What the client
/// should see is said with [`Error::public`].
///
/// ```
/// use hobnob::prelude::*;
///
/// fn withdraw(balance: u32, amount: &str) -> Result<u32> {
///     let amount: u32 = amount.parse()?;                  // hidden from the client
///     balance
///         .checked_sub(amount)
///         .ok_or_else(|| Error::public("not enough money"))  // the client sees it
/// }
///
/// assert_eq!(withdraw(1, "x").unwrap_err().public_message(), None);
/// assert_eq!(withdraw(1, "2").unwrap_err().public_message(), Some("not enough money"));
/// ```
///
/// # Errors of your own
///
/// A type that is a [`std::error::Error`] is hidden, like all others of that kind: `?` cannot ask it
/// what of it is public, and `.map_err(Error::public)?` makes all of it public in one place. A type that
/// is to say so itself, in all places, is not a `std::error::Error` but has a `From`:
///
/// ```
/// use hobnob::prelude::*;
///
/// enum ShopError {
///     SoldOut { left: u32 },
///     /// Whatever else goes wrong.
///     Other(Error),
/// }
///
/// impl From<ShopError> for Error {
///     fn from(error: ShopError) -> Self {
///         match error {
///             ShopError::SoldOut { left } => Error::public("sold out").with_data(left),
///             ShopError::Other(error) => error,
///         }
///     }
/// }
///
/// /// With it `?` takes all errors in functions that return a `ShopError`.
/// impl<E: std::error::Error + Send + Sync + 'static> From<E> for ShopError {
///     fn from(error: E) -> Self {
///         Self::Other(error.into())
///     }
/// }
///
/// fn take(stock: &str, cups: u32) -> Result<u32, ShopError> {
///     let left: u32 = stock.parse()?;                     // hidden
///     left.checked_sub(cups).ok_or(ShopError::SoldOut { left })
/// }
///
/// struct Shop;
///
/// #[namespace]
/// impl Shop {
///     // As it is, or with `?` where the handler returns hobnob's `Result`.
///     fn on_take(&self, cups: u32) -> Result<u32, ShopError> {
///         take("3", cups)
///     }
/// }
///
/// let error = Error::from(take("3", 5).err().unwrap());
/// assert_eq!(error.public_message(), Some("sold out"));
/// let error = Error::from(take("three", 5).err().unwrap());
/// assert_eq!(error.public_message(), None);
/// ```
pub struct Error {
    /// Boxed, so that a `Result<(), Error>` is one pointer.
    inner: Box<Inner>,
}

struct Inner {
    public: Option<String>,
    data: Option<Value>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error whose text the client is to see: `{"error": text}` in the acknowledgement.
    pub fn public(message: impl fmt::Display) -> Self {
        Self {
            inner: Box::new(Inner {
                public: Some(message.to_string()),
                data: None,
                source: None,
            }),
        }
    }

    /// An error whose text only the log is to see. The same as `?` on an error of the standard
    /// kind, for when there is none.
    pub fn hidden(message: impl Into<String>) -> Self {
        Self::from_source(message.into().into())
    }

    fn from_source(source: Box<dyn StdError + Send + Sync>) -> Self {
        Self {
            inner: Box::new(Inner {
                public: None,
                data: None,
                source: Some(source),
            }),
        }
    }

    /// Adds what the client is to get beside the text: `{"error": text, "data": data}`.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Value>) -> Self {
        self.inner.data = Some(data.into());
        self
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// What the client sees, if it was made public.
    pub fn public_message(&self) -> Option<&str> {
        self.inner.public.as_deref()
    }

    /// What the client gets beside the text.
    pub(crate) fn public_data(&self) -> Option<&Value> {
        self.inner.data.as_ref()
    }

    /// The cause, as the type it was.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.inner.source.as_deref()?.downcast_ref()
    }

    /// The cause.
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }

    /// The acknowledgement of an event that failed this way.
    pub(crate) fn to_answer(&self) -> Value {
        let text = self.public_message().unwrap_or("internal error");
        match &self.inner.data {
            None => json!({ "error": text }),
            Some(data) => json!({ "error": text, "data": data }),
        }
    }
}

/// Hides the error from the client, unless it is one of hobnob's own about what the client sent: an
/// argument, or text that was made the name of a room.
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let error: Box<dyn StdError + Send + Sync> = Box::new(error);
        if is_about_input(&*error) {
            Self::public(error)
        } else {
            Self::from_source(error)
        }
    }
}

fn is_about_input(error: &(dyn StdError + Send + Sync + 'static)) -> bool {
    let room = error.downcast_ref::<RoomError>();
    let emit = error.downcast_ref::<EmitError>();
    matches!(room, Some(RoomError::InvalidRoom(_)))
        || matches!(
            emit,
            Some(EmitError::InvalidRoom(_) | EmitError::ReservedEvent(_))
        )
        || error.is::<ArgumentError>()
        || error.is::<InvalidSid>()
}

/// The text with all its causes, each after a colon.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        if let Some(public) = &self.inner.public {
            f.write_str(public)?;
            first = false;
        }
        let mut source = self.source();
        while let Some(error) = source {
            if !first {
                f.write_str(": ")?;
            }
            first = false;
            write!(f, "{error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// As [`Display`](fmt::Display): this is what `main` prints when it returns an error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Full;

    #[derive(Debug, thiserror::Error)]
    #[error("not saved")]
    struct NotSaved(#[source] Full);

    #[test]
    fn a_standard_error_is_hidden_from_the_client_and_whole_in_the_log() {
        let error = Error::from(NotSaved(Full));
        assert_eq!(error.to_answer(), json!({ "error": "internal error" }));
        assert_eq!(error.to_string(), "not saved: the disk is full");
        assert!(error.downcast_ref::<NotSaved>().is_some());
    }

    #[test]
    fn what_a_client_sent_is_named_to_it() {
        let error = Error::from(RoomError::InvalidRoom("~x".to_owned()));
        assert!(
            error
                .public_message()
                .is_some_and(|text| text.contains("`~x`"))
        );
        assert_eq!(Error::from(RoomError::Disconnected).public_message(), None);
    }

    #[test]
    fn a_public_error_shows_its_text_and_data_and_nothing_of_its_cause() {
        let error = Error::public("try later").with_data(5).with_source(Full);
        assert_eq!(
            error.to_answer(),
            json!({ "error": "try later", "data": 5 })
        );
        assert_eq!(error.to_string(), "try later: the disk is full");
    }
}
