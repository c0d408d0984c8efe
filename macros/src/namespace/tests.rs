//! Expansions as they are, in `snapshots/`. After a change of what is generated, `UPDATE_EXPECT=1`
//! writes them anew; then read them.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::quote;

fn check(expansion: TokenStream, expected: &ExpectFile) {
    let file = syn::parse2(expansion).expect("an expansion is Rust");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn the_smallest_namespace() {
    let block = quote! {
        impl Counter {
            fn on_add(&self, a: i64, b: i64) -> i64 {
                a + b
            }
        }
    };
    check(
        super::expand(quote!(), block),
        &expect_file!["snapshots/smallest.rs"],
    );
}

#[test]
fn every_step_in_the_life_of_a_client() {
    let options = quote!("/chat", session = User);
    let block = quote! {
        impl Chat {
            async fn on_connect(&self, login: Login) -> Result<User, ConnectionRefused> {
                self.enter(login)
            }
            async fn on_disconnect(&self, user: Session<User>, reason: DisconnectReason) {}
            fn on_error(&self, error: EventError) -> String {
                error.to_string()
            }
        }
    };
    check(
        super::expand(options, block),
        &expect_file!["snapshots/steps.rs"],
    );
}

#[test]
fn arguments_concurrency_and_the_catch_all() {
    let options = quote!(session = User);
    let block = quote! {
        impl<S: Store> Library<S> {
            /// An ordinary method.
            fn open(&self) {}

            fn on_connect(&self) -> User {
                User
            }

            /// Any name, and another.
            #[event("look up", "find", concurrent)]
            async fn look_up(
                &self,
                client: Client,
                user: Session<User>,
                (shelf, board): (u32, u32),
                title: Option<String>,
            ) -> Result<Book> {
                self.store.get(shelf, board, title).await
            }

            #[event("*")]
            fn anything(&self, event: EventName, args: Args) {}
        }
    };
    check(
        super::expand(options, block),
        &expect_file!["snapshots/arguments.rs"],
    );
}

#[test]
fn conditions_on_methods() {
    let block = quote! {
        impl Chat {
            #[cfg(feature = "rooms")]
            async fn on_join(&self, room: String) {}
            #[cfg(feature = "history")]
            async fn on_error(&self, error: EventError) {}
            #[cfg(debug_assertions)]
            #[event("*")]
            async fn anything(&self) {}
        }
    };
    check(
        super::expand(quote!("/chat"), block),
        &expect_file!["snapshots/conditions.rs"],
    );
}

#[test]
fn mistakes_leave_the_block_and_a_stub() {
    let block = quote! {
        impl Chat {
            async fn on_conect(&self, client: Client) {}
            async fn on_join(&mut self, room: &str) {}
        }
    };
    check(
        super::expand(quote!("chat"), block),
        &expect_file!["snapshots/mistakes.rs"],
    );
}

#[test]
fn an_enum_of_events() {
    let events = quote! {
        enum Board<'a, T> {
            Opened,
            Moved(i32, i32),
            #[event("piece taken")]
            Taken { piece: &'a T },
        }
    };
    check(
        crate::event::expand(events),
        &expect_file!["snapshots/event.rs"],
    );
}
