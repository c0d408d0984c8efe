impl Chat {
    #[cfg(feature = "rooms")]
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    async fn on_join(&self, room: String) {}
    #[cfg(feature = "history")]
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    async fn on_error(&self, error: EventError) {}
    #[cfg(debug_assertions)]
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    async fn anything(&self) {}
}
const _: () = {
    use ::hobnob::__private::ReturnedValue as _;
    #[automatically_derived]
    #[allow(
        deprecated,
        trivial_bounds,
        clippy::all,
        clippy::nursery,
        clippy::pedantic,
        clippy::restriction,
        reason = "the methods and the types are the user's"
    )]
    impl ::hobnob::__private::Namespace for Chat
    where
        Chat: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        const PATH: &'static ::core::primitive::str = "/chat";
        type Session = ();
        const EVENTS: &'static [::hobnob::__private::EventDescription] = &[
            #[cfg(feature = "rooms")]
            ::hobnob::__private::EventDescription {
                name: "join",
                concurrent: false,
            },
            #[cfg(debug_assertions)]
            ::hobnob::__private::EventDescription {
                name: "*",
                concurrent: false,
            },
        ];
        const HAS_ON_ERROR: ::core::primitive::bool = ::core::cfg!(
            any(all(feature = "history"))
        );
        async fn dispatch(
            &self,
            context: &mut ::hobnob::__private::EventContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            match ::hobnob::__private::EventContext::event(context) {
                #[cfg(feature = "rooms")]
                "join" => {
                    let __argument_0 = ::hobnob::__private::argument::<
                        String,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __returned = ::hobnob::__private::sendable(
                            Self::on_join(self, __argument_0),
                        )
                        .await;
                    ::hobnob::__private::answer(
                        context,
                        ::hobnob::__private::Returned(__returned).__into_result(),
                    )
                }
                #[cfg(debug_assertions)]
                _ => {
                    let __returned = ::hobnob::__private::sendable(Self::anything(self))
                        .await;
                    ::hobnob::__private::answer(
                        context,
                        ::hobnob::__private::Returned(__returned).__into_result(),
                    )
                }
                #[allow(
                    unreachable_patterns,
                    reason = "a catch-all may be configured in or out"
                )]
                _ => ::hobnob::__private::Ok(::hobnob::__private::Outcome::Unhandled),
            }
        }
        async fn connect(
            &self,
            context: &mut ::hobnob::__private::ConnectContext,
        ) -> ::hobnob::__private::Result<
            Self::Session,
            ::hobnob::__private::ConnectionRefused,
        > {
            ::hobnob::__private::connected::<Self::Session, _>(())
        }
        async fn disconnect(
            &self,
            context: &mut ::hobnob::__private::DisconnectContext<Self>,
        ) -> ::hobnob::__private::Result<(), ::hobnob::__private::EventError> {
            ::hobnob::__private::Ok(())
        }
        #[cfg(feature = "history")]
        async fn error(
            &self,
            context: &mut ::hobnob::__private::ErrorContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            let __argument_0 = ::hobnob::__private::argument::<
                EventError,
                ::hobnob::__private::ErrorContext<Self>,
                _,
            >(context)?;
            let __returned = ::hobnob::__private::sendable(
                    Self::on_error(self, __argument_0),
                )
                .await;
            ::hobnob::__private::answer_error(
                context,
                ::hobnob::__private::Returned(__returned).__into_result(),
            )
        }
        #[cfg(not(any(all(feature = "history"))))]
        async fn error(
            &self,
            context: &mut ::hobnob::__private::ErrorContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            ::hobnob::__private::Ok(::hobnob::__private::Outcome::Unhandled)
        }
    }
};
