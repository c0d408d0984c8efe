impl Chat {
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    async fn on_connect(&self, login: Login) -> Result<User, ConnectionRefused> {
        self.enter(login)
    }
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    async fn on_disconnect(&self, user: Session<User>, reason: DisconnectReason) {}
    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_async,
        clippy::unused_self,
        reason = "this is what a handler looks like"
    )]
    fn on_error(&self, error: EventError) -> String {
        error.to_string()
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
    impl ::hobnob::__private::Namespace for Chat
    where
        Chat: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        const PATH: &'static ::core::primitive::str = "/chat";
        type Session = User;
        const EVENTS: &'static [::hobnob::__private::EventDescription] = &[];
        const HAS_ON_ERROR: ::core::primitive::bool = true;
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
            let __argument_0 = ::hobnob::__private::connect_argument::<Login, _>(context)
                .await?;
            let __returned = ::hobnob::__private::sendable(
                    Self::on_connect(self, __argument_0),
                )
                .await;
            ::hobnob::__private::connected::<
                Self::Session,
                Result<User, ConnectionRefused>,
            >(__returned)
        }
        async fn disconnect(
            &self,
            context: &mut ::hobnob::__private::DisconnectContext<Self>,
        ) -> ::hobnob::__private::Result<(), ::hobnob::__private::EventError> {
            let __argument_0 = ::hobnob::__private::argument::<
                Session<User>,
                ::hobnob::__private::DisconnectContext<Self>,
                _,
            >(context)?;
            let __argument_1 = ::hobnob::__private::argument::<
                DisconnectReason,
                ::hobnob::__private::DisconnectContext<Self>,
                _,
            >(context)?;
            let __returned = ::hobnob::__private::sendable(
                    Self::on_disconnect(self, __argument_0, __argument_1),
                )
                .await;
            ::hobnob::__private::finish(
                ::hobnob::__private::Returned(__returned).__into_result(),
            )
        }
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
            let __returned = Self::on_error(self, __argument_0);
            ::hobnob::__private::answer_error(
                context,
                ::hobnob::__private::Returned(__returned).__into_result(),
            )
        }
    }
};
