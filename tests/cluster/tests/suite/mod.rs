//! What a cluster does, whatever is between its servers, and what one server alone does: written once.
//! Guests connect to three servers, which may be the same one three times.

mod calls;
mod members;
mod order;
mod reach;
mod servers;

use std::net::SocketAddr;

pub(crate) use calls::*;
pub(crate) use members::*;
pub(crate) use order::*;
pub(crate) use reach::*;
pub(crate) use servers::*;

/// Where the servers are, and what has to live as long as they do.
pub(crate) struct Servers<T> {
    pub(crate) addresses: [SocketAddr; 3],
    pub(crate) _kept: T,
}

/// Makes a test of each part of the suite.
macro_rules! suite {
    (@test [$($attributes:tt)*] $start:path, $part:ident) => {
        #[tokio::test]
        $($attributes)*
        async fn $part() {
            let servers = $start().await;
            $crate::suite::$part(servers.addresses).await;
        }
    };
    (@tests $attributes:tt $start:path: $($part:ident,)*) => {
        $($crate::suite::suite!(@test $attributes $start, $part);)*
    };
    ($(#[$($attribute:tt)*])* $start:path) => {
        $crate::suite::suite!(@tests [$(#[$($attribute)*])*] $start:
            everybody_in_the_rooms_is_reached_once,
            who_is_left_out_is_left_out,
            what_is_local_stays_on_the_server,
            bytes_and_long_messages_arrive,
            rooms_are_counted_and_closed,
            clients_are_moved_and_disconnected,
            a_client_is_called,
            a_call_ends_with_its_client,
            who_leaves_is_heard_of_everywhere,
            order_is_kept_for_each_sender,
            namespaces_come_and_go,
            servers_tell_and_ask_each_other,
        );
    };
}

pub(crate) use suite;
