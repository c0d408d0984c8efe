//! Blocks and events that a `macro_rules!` makes, some names from inside of it, some from outside.

#![deny(warnings)]

use hobnob::prelude::*;

macro_rules! counter {
    ($class:ident, $path:literal, $session:ty, $method:ident($argument:ident: $type:ty) -> $reply:ty, $event:ident $name:literal) => {
        struct $class;

        #[derive(Serialize, Event)]
        #[event($name)]
        struct $event {
            argument: $type,
        }

        #[namespace($path, session = $session)]
        impl $class {
            async fn on_connect(&self, number: $session) -> Result<$session, ConnectionRefused> {
                Ok(number)
            }

            async fn $method(&self, client: Client, $argument: $type, more: $type) -> $reply {
                let _ = client.send($event {
                    argument: $argument,
                });
                $argument + more
            }

            #[event($name)]
            fn inside(&self, number: Session<$session>) -> $session {
                *number
            }
        }
    };
}

counter!(Adder, "/adder", u32, on_add(context: i64) -> i64, Added "added");

fn main() {
    let _ = SocketIo::builder().namespace(Adder);
}
