//! The macros of hobnob. They are documented here and used through the crate `hobnob`, which
//! generated code names.

#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod errors;
mod event;
mod name;
mod namespace;
mod private;

use proc_macro::TokenStream;

/// Makes the methods of an `impl` block the event handlers of a Socket.IO namespace.
///
/// The smallest program:
///
/// ```no_run
/// use hobnob::prelude::*;
///
/// struct Counter;
///
/// #[namespace("/counter")]
/// impl Counter {
///     /// Handles the event `add`; what it returns is the acknowledgement.
///     fn on_add(&self, a: i64, b: i64) -> i64 {
///         a + b
///     }
/// }
///
/// #[tokio::main]
/// async fn main() -> Result {
///     let socketio = SocketIo::builder().namespace(Counter).build().await?;
///     socketio.serve("127.0.0.1:5000", hobnob::axum::Router::new()).await
/// }
/// ```
///
/// In the page: `await io("/counter").emitWithAck("add", 1, 2)` is 3.
///
/// Flask-SocketIO: `class Counter(Namespace)`.
///
/// # Options
///
/// | | |
/// |---|---|
/// | `#[namespace]` | mounted at `/` |
/// | `#[namespace("/chat")]` | mounted at `/chat`, unless `namespace_at` mounts it elsewhere |
/// | `#[namespace("/chat", session = User)]` | `on_connect` returns a `User`, handlers can take `Session<User>` |
///
/// # Methods
///
/// | | handles |
/// |---|---|
/// | `fn on_join(&self, ..)` | the event `join` |
/// | `#[event("any name")] fn ..(&self, ..)` | the event `any name`, whatever the method is called |
/// | `#[event("one", "two")]` | both |
/// | `#[event("*")]` | every event no other method handles |
/// | `#[event(concurrent)] fn on_search(..)`, `#[event("search", concurrent)]` | the event, without waiting for earlier ones nor keeping later ones waiting |
/// | `fn on_connect(&self, ..)` | a client that wants to connect; returns the session, or refuses |
/// | `fn on_disconnect(&self, ..)` | a client that is leaving |
/// | `fn on_error(&self, ..)` | an event that went wrong; returns the answer |
///
/// Any other method is left alone. Handlers are `async fn` or plain `fn` and take `&self`: one value
/// of the class serves all clients. A plain `fn` runs where its event was read, without a future, and
/// must not take long; what waits is an `async fn`. A `#[cfg]` on a method is respected.
///
/// An event that is really called `error` is written `#[event("error")]`; the other names of the
/// protocol (`connect`, `disconnect`, `connect_error`, `disconnecting`, `newListener`,
/// `removeListener`) cannot be events. A method that is nearly a lifecycle method, as `on_conect`, is a
/// compile error, as are two methods for one event.
///
/// # Arguments
///
/// In any order and number. The type decides where an argument comes from:
///
/// | type | in | |
/// |---|---|---|
/// | `Client` | all | the client |
/// | `SocketIo` | all | the server |
/// | `Session<T>` | all but `on_connect` | what `on_connect` returned |
/// | `EventName` | events, `on_error` | the name of the event |
/// | `Args` | events, `on_error` | all arguments, undecoded |
/// | `DisconnectReason` | `on_disconnect` | why |
/// | `EventError` | `on_error` | what went wrong |
/// | any axum `FromRequestParts<()>` | `on_connect` | extracted from the handshake request |
/// | `Valid<T>`, with the feature `garde` | events | the next argument, checked |
/// | | `on_connect` | the auth object, checked |
/// | any other `Deserialize` | events | the next argument that the client sent |
/// | | `on_connect` | the auth object that the client sent |
///
/// A client that sends too few arguments gets an error for an answer, except where the type is an
/// `Option`; one that sends too many is not blamed.
///
/// # Answers
///
/// What a handler returns is the acknowledgement, if the client asked for one: `()` no value, a
/// tuple one for each element, everything else one. With a `Result` an `Err` goes to `on_error`.
///
/// | | returns |
/// |---|---|
/// | a handler of an event | any `Serialize`, or a `Result` of it whose error becomes a `hobnob::Error` |
/// | `on_connect` | the session, or `()` or `bool` where there is none, or a `Result` of that whose error becomes a `ConnectionRefused` |
/// | `on_error` | the answer, or `()` for [the usual one](struct.Error.html) |
/// | `on_disconnect` | nothing that anybody gets; an `Err` is logged |
///
/// # What it expands to
///
/// The block as it is, and beside it `impl Namespace for Counter`, which only names methods and types
/// and calls the runtime. In short:
///
/// ```text
/// impl Namespace for Counter {
///     const PATH: &'static str = "/counter";
///     type Session = ();
///     const EVENTS: &'static [EventDescription] = &[ /* add */ ];
///
///     fn dispatch_sync(&self, context: &mut EventContext<Self>) -> Result<Outcome, EventError> {
///         match context.event() {
///             "add" => {
///                 let a = argument::<i64, _, _>(context)?;
///                 let b = argument::<i64, _, _>(context)?;
///                 answer(context, Returned(Self::on_add(self, a, b)).into_result())
///             }
///             _ => Ok(Outcome::Unhandled),
///         }
///     }
///     // dispatch: the same for each `async fn`; connect, disconnect, error.
/// }
/// ```
///
/// So a connection costs the same however many events its class has, and the type of an argument
/// decides by the traits it has and never by how it is spelled.
///
/// # Limits
///
/// - The class owns its state: it has no lifetimes. It may have type parameters.
/// - Handlers have neither type parameters nor lifetimes, are not `unsafe`, and own their arguments:
///   `String`, not `&str`.
/// - It has one `#[namespace]` block, and any number of other `impl` blocks.
/// - A `#[cfg]` may be on a method, not on an argument.
/// - The names of events are known when it is compiled. Others are for `#[event("*")]`, or for
///   functions, which are added with `SocketIoBuilder::on`.
#[proc_macro_attribute]
pub fn namespace(options: TokenStream, item: TokenStream) -> TokenStream {
    namespace::expand(options.into(), item.into()).into()
}

/// Makes a type an event: its name is the event's, its fields are the arguments.
///
/// ```
/// use hobnob::prelude::*;
///
/// #[derive(Serialize, Event)]
/// #[event(rename_all = "camelCase")]
/// enum Board {
///     /// The event `pieceMoved`, with one object.
///     PieceMoved { from: String, to: String },
///     /// The event `check!`, without arguments.
///     #[event("check!")]
///     Check,
/// }
///
/// fn check(client: Client) -> Result {
///     client.send(Board::Check)?;
///     Ok(())
/// }
/// ```
///
/// See [`Event`](trait.Event.html) for what becomes of which type.
///
/// | | on | |
/// |---|---|---|
/// | nothing | | the name of the type or of the variant in snake case |
/// | `#[event("any name")]` | a struct, a variant | this name |
/// | `#[event(rename_all = "camelCase")]` | a struct, an enum | its name, or those of its variants, in this case. There are those of serde: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE` |
///
/// The type must be `Serialize` as well, in serde's default representation; serde's attributes on
/// fields work.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(item: TokenStream) -> TokenStream {
    event::expand(item.into()).into()
}
