impl Chat {
    async fn on_conect(&self, client: Client) {}
    async fn on_join(&mut self, room: &str) {}
}
::core::compile_error! {
    "the path of a namespace begins with `/`: `\"/chat\"`"
}
::core::compile_error! {
    "did you mean `on_connect`? if the event is really called `conect`, say so with `#[event(\"conect\")]`"
}
::core::compile_error! {
    "a handler takes `&self`: one value of the class serves all clients at the same time; what changes goes into a `Mutex` or an atomic"
}
::core::compile_error! {
    "a handler owns its arguments: write `String`"
}
const _: () = {
    #[automatically_derived]
    #[allow(trivial_bounds, reason = "the types are the user's")]
    impl ::hobnob::__private::Namespace for Chat
    where
        Chat: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        const PATH: &'static ::core::primitive::str = "chat";
        type Session = ();
        const EVENTS: &'static [::hobnob::__private::EventDescription] = &[];
        const HAS_ON_ERROR: ::core::primitive::bool = false;
        async fn dispatch(
            &self,
            _: &mut ::hobnob::__private::EventContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            ::core::unimplemented!()
        }
        async fn connect(
            &self,
            _: &mut ::hobnob::__private::ConnectContext,
        ) -> ::hobnob::__private::Result<
            Self::Session,
            ::hobnob::__private::ConnectionRefused,
        > {
            ::core::unimplemented!()
        }
        async fn disconnect(
            &self,
            _: &mut ::hobnob::__private::DisconnectContext<Self>,
        ) -> ::hobnob::__private::Result<(), ::hobnob::__private::EventError> {
            ::core::unimplemented!()
        }
        async fn error(
            &self,
            _: &mut ::hobnob::__private::ErrorContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            ::core::unimplemented!()
        }
    }
};
