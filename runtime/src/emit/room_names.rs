//! What can be given where a room is asked for: text, a sid, or several of them.

use std::borrow::Cow;

use smallvec::SmallVec;
use socketioxide_core::adapter::Room;

use crate::sid::{PREFIX, Sid};

/// The room every client of a namespace is in. No client can name it.
pub(crate) const EVERYONE: Room = Cow::Borrowed("~");

pub(crate) type RoomNames = SmallVec<[Room; 4]>;

/// A room's name: text, a [`Sid`] for a client's own room, or a type of your own.
///
/// ```
/// use std::borrow::Cow;
/// use hobnob::IntoRoom;
///
/// enum Place { Document(u64), Lobby }
///
/// impl IntoRoom for Place {
///     fn into_room(self) -> Cow<'static, str> {
///         match self {
///             Place::Document(id) => format!("document-{id}").into(),
///             Place::Lobby => "lobby".into(),
///         }
///     }
/// }
///
/// # assert_eq!(Place::Document(7).into_room(), "document-7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a room",
    label = "not the name of a room",
    note = "a room is text or a `Sid`, or a type of yours that implements `hobnob::IntoRoom`; a number becomes text with `.to_string()`"
)]
pub trait IntoRoom {
    /// The name.
    fn into_room(self) -> Cow<'static, str>;
}

/// One room or several: anything that is [`IntoRoom`], or an array, slice or `Vec` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a room nor several",
    label = "not the name of a room",
    note = "a room is text or a `Sid`, or a type of yours that implements `hobnob::IntoRoom`; several are an array, a slice or a `Vec` of them",
    note = "a number becomes text with `.to_string()`"
)]
pub trait IntoRooms {
    #[doc(hidden)]
    fn into_rooms(self) -> SmallVec<[Room; 4]>;
}

impl IntoRoom for &str {
    fn into_room(self) -> Cow<'static, str> {
        Cow::Owned(self.to_owned())
    }
}

impl IntoRoom for String {
    fn into_room(self) -> Cow<'static, str> {
        Cow::Owned(self)
    }
}

impl IntoRoom for &String {
    fn into_room(self) -> Cow<'static, str> {
        Cow::Owned(self.clone())
    }
}

impl IntoRoom for Cow<'static, str> {
    fn into_room(self) -> Cow<'static, str> {
        self
    }
}

impl IntoRoom for Sid {
    fn into_room(self) -> Cow<'static, str> {
        Cow::Owned(self.as_str().to_owned())
    }
}

impl IntoRoom for &&str {
    fn into_room(self) -> Cow<'static, str> {
        (*self).into_room()
    }
}

impl IntoRoom for &Sid {
    fn into_room(self) -> Cow<'static, str> {
        (*self).into_room()
    }
}

#[diagnostic::do_not_recommend]
impl<R: IntoRoom> IntoRooms for R {
    fn into_rooms(self) -> RoomNames {
        smallvec::smallvec![self.into_room()]
    }
}

#[diagnostic::do_not_recommend]
impl<R: IntoRoom, const N: usize> IntoRooms for [R; N] {
    fn into_rooms(self) -> RoomNames {
        self.into_iter().map(R::into_room).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<R: IntoRoom> IntoRooms for Vec<R> {
    fn into_rooms(self) -> RoomNames {
        self.into_iter().map(R::into_room).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, R> IntoRooms for &'a [R]
where
    &'a R: IntoRoom,
{
    fn into_rooms(self) -> RoomNames {
        self.iter().map(IntoRoom::into_room).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, R> IntoRooms for &'a Vec<R>
where
    &'a R: IntoRoom,
{
    fn into_rooms(self) -> RoomNames {
        self.as_slice().into_rooms()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, R, const N: usize> IntoRooms for &'a [R; N]
where
    &'a R: IntoRoom,
{
    fn into_rooms(self) -> RoomNames {
        self.as_slice().into_rooms()
    }
}

/// The first name that no client may join: the own rooms of the clients are not for others.
pub(crate) fn not_joinable(rooms: &[Room]) -> Option<&Room> {
    rooms.iter().find(|room| room.starts_with(PREFIX))
}

/// The first name that cannot be emitted to: only whole sids are known among the reserved names.
pub(crate) fn not_a_target(rooms: &[Room]) -> Option<&Room> {
    rooms
        .iter()
        .find(|room| room.starts_with(PREFIX) && room.parse::<Sid>().is_err())
}
