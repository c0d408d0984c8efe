impl<S: Store> Library<S> {
    /// An ordinary method.
    fn open(&self) {}
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    fn on_connect(&self) -> User {
        User
    }
    /// Any name, and another.
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    async fn look_up(
        &self,
        client: Client,
        user: Session<User>,
        (shelf, board): (u32, u32),
        title: Option<String>,
    ) -> Result<Book> {
        self.store.get(shelf, board, title).await
    }
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    fn anything(&self, event: EventName, args: Args) {}
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
    impl<S: Store> ::hobnob::__private::Namespace for Library<S>
    where
        Library<S>: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        const PATH: &'static ::core::primitive::str = "/";
        type Session = User;
        const EVENTS: &'static [::hobnob::__private::EventDescription] = &[
            ::hobnob::__private::EventDescription {
                name: "look up",
                concurrent: true,
            },
            ::hobnob::__private::EventDescription {
                name: "find",
                concurrent: true,
            },
            ::hobnob::__private::EventDescription {
                name: "*",
                concurrent: false,
            },
        ];
        const HAS_ON_ERROR: ::core::primitive::bool = false;
        async fn dispatch(
            &self,
            context: &mut ::hobnob::__private::EventContext<Self>,
        ) -> ::hobnob::__private::Result<
            ::hobnob::__private::Outcome,
            ::hobnob::__private::EventError,
        > {
            match ::hobnob::__private::EventContext::event(context) {
                "look up" | "find" => {
                    let __argument_0 = ::hobnob::__private::argument::<
                        Client,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __argument_1 = ::hobnob::__private::argument::<
                        Session<User>,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __argument_2 = ::hobnob::__private::argument::<
                        (u32, u32),
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __argument_3 = ::hobnob::__private::argument::<
                        Option<String>,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __returned = ::hobnob::__private::sendable(
                            Self::look_up(
                                self,
                                __argument_0,
                                __argument_1,
                                __argument_2,
                                __argument_3,
                            ),
                        )
                        .await;
                    ::hobnob::__private::answer(
                        context,
                        ::hobnob::__private::Returned(__returned).__into_result(),
                    )
                }
                _ => {
                    let __argument_0 = ::hobnob::__private::argument::<
                        EventName,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __argument_1 = ::hobnob::__private::argument::<
                        Args,
                        ::hobnob::__private::EventContext<Self>,
                        _,
                    >(context)?;
                    let __returned = Self::anything(self, __argument_0, __argument_1);
                    ::hobnob::__private::answer(
                        context,
                        ::hobnob::__private::Returned(__returned).__into_result(),
                    )
                }
            }
        }
        async fn connect(
            &self,
            context: &mut ::hobnob::__private::ConnectContext,
        ) -> ::hobnob::__private::Result<
            Self::Session,
            ::hobnob::__private::ConnectionRefused,
        > {
            let __returned = Self::on_connect(self);
            ::hobnob::__private::connected::<Self::Session, User>(__returned)
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
