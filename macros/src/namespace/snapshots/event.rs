#[automatically_derived]
impl<'a, T> ::hobnob::__private::Event for Board<'a, T>
where
    Board<'a, T>: ::hobnob::__private::Serialize,
{
    fn name(&self) -> &::core::primitive::str {
        match *self {
            Self::Opened { .. } => "opened",
            Self::Moved { .. } => "moved",
            Self::Taken { .. } => "piece taken",
        }
    }
    fn serialize_arguments<__S: ::hobnob::__private::Serializer>(
        &self,
        serializer: __S,
    ) -> ::hobnob::__private::Result<__S::Ok, __S::Error> {
        match *self {
            Self::Opened { .. } => ::hobnob::__private::none(serializer),
            Self::Moved { .. } => ::hobnob::__private::fields(self, serializer),
            Self::Taken { .. } => ::hobnob::__private::object(self, serializer),
        }
    }
}
