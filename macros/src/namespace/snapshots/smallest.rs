impl Counter {
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    fn on_add(&self, a: i64, b: i64) -> i64 {
        a + b
    }
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
    impl ::hobnob::__private::Namespace for Counter
    where
        Counter: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        const PATH: &'static ::core::primitive::str = "/";
        type Session = ();
        const EVENTS: &'static [::hobnob::__private::EventDescription] = &[
            ::hobnob::__private::EventDescription {
                name: "add",
                concurrent: false,
            },
        ];
        const HAS_ON_ERROR: ::core::primitive::bool = false;
        fn dispatch_sync(
            &self,
            context: &mut ::hobnob::__private::EventContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            match ::hobnob::__private::EventContext::event(context) {
                "add" => {
                    let __argument_0 = ::hobnob::__private::argument::<
                        i64,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __argument_1 = ::hobnob::__private::argument::<
                        i64,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __returned = Self::on_add(self, __argument_0, __argument_1);
                    ::hobnob::__private::answer(
                        context,
                        ::hobnob::__private::Returned(__returned).__into_result(),
                    )
                }
                _ => ::hobnob::__private::Ok(::hobnob::__private::Outcome::Unhandled),
            }
        }
        async fn dispatch(
            &self,
            context: &mut ::hobnob::__private::EventContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            match ::hobnob::__private::EventContext::event(context) {
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
