//! What a program with namespaces needs, in one line: `use hobnob::prelude::*;`.

pub use serde::{Deserialize, Serialize};

pub use crate::{
    Args, Bytes, CallError, Client, ConnectionRefused, DisconnectReason, EmitError, Error, Event,
    EventError, EventName, Origins, Result, Session, Sid, SlowClientPolicy, SocketIo, Unhandled,
    namespace,
};
