//! A program in which no name means what it usually does: without the prelude, with types of its own
//! called `Result`, `Option`, `Client`, `Event` and so on, and with modules called as crates are. What
//! the macros generate must not notice.

use serde_json::json;
use tests::Client as Browser;

mod program {
    #![no_implicit_prelude]

    /// Names that hide those of the prelude and of hobnob, in types and in values.
    #[expect(dead_code, reason = "they only have to be in sight")]
    mod user {
        #[derive(::hobnob::prelude::Serialize, ::hobnob::prelude::Deserialize)]
        pub(super) struct Result(pub(super) ::std::string::String);

        #[derive(::hobnob::prelude::Deserialize)]
        pub(super) struct Option {
            pub(super) some: ::std::primitive::bool,
        }

        #[derive(::hobnob::prelude::Deserialize)]
        pub(super) struct Client(pub(super) ::std::primitive::u8);

        #[derive(::hobnob::prelude::Serialize)]
        pub(super) struct String;

        pub(crate) struct Session;

        // Their values are tuple structs, as `Ok(..)` and `Some(..)` are.
        pub(super) struct Ok(());
        pub(super) struct Err(());
        pub(super) struct Some(());
        pub(super) struct None;

        pub(super) trait Send {}
        pub(super) trait Sync {}
        pub(super) trait Sized {}
        pub(super) trait Clone {}
        pub(super) trait Future {}
        pub(super) trait From {}
        pub(super) trait Into {}
        pub(super) trait Namespace {}
        pub(super) trait Serialize {}
        pub(super) trait Serializer {}
        pub(super) trait Default {}

        pub(super) mod std {}
        pub(super) mod alloc {}
        pub(super) mod hobnob {}
        pub(super) mod serde {}
        pub(super) mod axum {}
        pub(super) mod result {}
        pub(super) mod option {}
        pub(super) mod __private {}
    }

    use self::user::*;

    #[expect(dead_code, non_camel_case_types, reason = "it only has to be in sight")]
    type str = ();
    #[expect(dead_code, non_camel_case_types, reason = "it only has to be in sight")]
    type bool = ();

    /// An event of the user's own, so that the derive macro is not the only `Event` in sight.
    #[derive(::hobnob::prelude::Serialize, ::hobnob::Event)]
    enum Event {
        Said {
            text: ::std::string::String,
        },
        #[event("counted down")]
        Counted(::std::primitive::u8, ::std::primitive::u8),
        Gone,
    }

    pub(super) struct Chat<T> {
        pub(super) greeting: T,
    }

    #[::hobnob::namespace("/chat", session = Session)]
    impl<T> Chat<T>
    where
        T: ::std::fmt::Display + ::std::marker::Send + ::std::marker::Sync + 'static,
    {
        async fn on_connect(
            &self,
            Option { some }: Option,
        ) -> ::std::result::Result<Session, ::std::string::String> {
            if some {
                ::std::result::Result::Ok(Session)
            } else {
                ::std::result::Result::Err(::std::string::ToString::to_string("none"))
            }
        }

        async fn on_say(
            &self,
            client: ::hobnob::Client,
            text: ::std::string::String,
            _: ::hobnob::Session<Session>,
        ) -> ::hobnob::Result {
            client.send(Event::Said { text })?;
            client.send(Event::Counted(2, 1))?;
            client.send(Event::Gone)?;
            ::std::result::Result::Ok(())
        }

        fn on_greet(&self, result: Result, Client(number): Client) -> Result {
            Result(::std::format!("{} {} {number}", self.greeting, result.0))
        }

        #[event("empty", concurrent)]
        async fn returns_a_unit_struct(&self) -> String {
            String
        }

        #[event("*")]
        fn anything(
            &self,
            event: ::hobnob::EventName,
        ) -> ::std::result::Result<(), ::hobnob::Error> {
            ::std::result::Result::Err(::hobnob::Error::public(event))
        }

        fn on_disconnect(&self) {}

        async fn on_error(&self, error: ::hobnob::EventError) -> ::std::string::String {
            ::std::string::ToString::to_string(&error)
        }
    }
}

#[tokio::test]
async fn a_program_in_which_no_name_means_what_it_usually_does_works() -> hobnob::Result {
    let chat = program::Chat { greeting: "hello" };
    let socketio = hobnob::SocketIo::builder().namespace(chat).build().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let browser = Browser::websocket(listener.local_addr()?);
    let server = tokio::spawn({
        let socketio = socketio.clone();
        async move { socketio.serve_on(listener, axum::Router::new()).await }
    });

    let refused = browser
        .connect_refused("/chat", json!({ "some": false }))
        .await;
    assert_eq!(refused.message, "none");

    let anna = browser.connect("/chat", json!({ "some": true })).await;
    assert_eq!(anna.call("say", ("hi",)).await.args.len(), 0);
    assert_eq!(anna.expect("said").await, [json!({ "text": "hi" })]);
    assert_eq!(anna.expect("counted down").await, [json!(2), json!(1)]);
    assert_eq!(anna.expect("gone").await.len(), 0);

    assert_eq!(anna.call("greet", ("you", 7)).await.only(), "hello you 7");
    assert_eq!(anna.call("empty", ()).await.only(), json!(null));
    assert_eq!(
        anna.call("greet", ("you",)).await.only(),
        "argument 2: missing"
    );
    assert_eq!(anna.call("whatever", ()).await.only(), "whatever");

    socketio.shutdown().await;
    server.await??;
    Ok(())
}
