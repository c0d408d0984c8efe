//! What a block says, as facts: which methods handle what. It borrows the block and holds no
//! generated tokens, so that every later stage can point at what the user wrote.

use syn::{
    Attribute, FnArg, Generics, ImplItem, ImplItemFn, ItemImpl, LitStr, Type, ext::IdentExt,
};

use super::{attribute::EventAttribute, options::Options};
use crate::{
    errors::Errors,
    name::{is_reserved, near_miss, reserved},
};

pub(super) struct Class<'a> {
    pub(super) block: &'a ItemImpl,
    pub(super) path: Option<&'a LitStr>,
    pub(super) session: Option<&'a Type>,
    pub(super) hooks: Vec<Hook<'a>>,
    pub(super) handlers: Vec<Handler<'a>>,
}

/// A method that handles events.
pub(super) struct Handler<'a> {
    pub(super) method: Method<'a>,
    /// Empty for the catch-all.
    pub(super) events: Vec<LitStr>,
    pub(super) concurrent: bool,
}

/// A method that handles a step in a client's life.
pub(super) struct Hook<'a> {
    pub(super) kind: HookKind,
    pub(super) method: Method<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HookKind {
    Connect,
    Disconnect,
    Error,
}

#[derive(Clone, Copy)]
pub(super) struct Method<'a> {
    pub(super) item: &'a ImplItemFn,
}

impl<'a> Class<'a> {
    pub(super) fn new(
        block: &'a ItemImpl,
        options: &'a Options,
        attributes: &[EventAttribute],
        errors: &mut Errors,
    ) -> Self {
        let mut class = Self {
            block,
            path: options.path.as_ref(),
            session: options.session.as_ref(),
            hooks: Vec::new(),
            handlers: Vec::new(),
        };
        for (item, attribute) in block.items.iter().zip(attributes) {
            if let ImplItem::Fn(item) = item {
                class.add(Method { item }, attribute, errors);
            }
        }
        class
    }

    /// Finds out what a method is for. One without `on_` and without an attribute is for nothing
    /// here.
    fn add(&mut self, method: Method<'a>, attribute: &EventAttribute, errors: &mut Errors) {
        let ident = &method.item.sig.ident;
        let name = ident.unraw().to_string();
        let event = name.strip_prefix("on_").filter(|event| !event.is_empty());

        if let Some(kind) = event.and_then(HookKind::of) {
            if attribute.present {
                errors.at(
                    ident,
                    format!(
                        "`{name}` handles {}, not an event: leave `#[event]` out, or name the method \
                         otherwise",
                        kind.occasion()
                    ),
                );
            }
            self.hooks.push(Hook { kind, method });
            return;
        }
        let events = if attribute.names.is_empty() {
            match event {
                Some(event) if is_reserved(event) => {
                    errors.at(ident, reserved(event));
                    return;
                }
                Some(event) => {
                    if let Some(hook) = near_miss(event).filter(|_| !attribute.present) {
                        errors.at(
                            ident,
                            format!(
                                "did you mean `{hook}`? if the event is really called `{event}`, say \
                                 so with `#[event(\"{event}\")]`"
                            ),
                        );
                        return;
                    }
                    vec![LitStr::new(event, ident.span())]
                }
                None if attribute.concurrent => {
                    errors.at(
                        ident,
                        "which event? write `#[event(\"name\", concurrent)]`, or name the method \
                         `on_<event>`",
                    );
                    return;
                }
                // An attribute that could not be read is a mistake already.
                None => return,
            }
        } else {
            attribute.names.clone()
        };
        let catch_all = events.iter().any(|event| event.value() == "*");
        if let Some(other) = events
            .iter()
            .find(|event| catch_all && event.value() != "*")
        {
            errors.at(
                other,
                "`\"*\"` handles every event that no other method handles: leave this name out, or \
                 write a method of its own for it",
            );
        }
        let events = if catch_all { Vec::new() } else { events };
        self.handlers.push(Handler {
            method,
            events,
            concurrent: attribute.concurrent,
        });
    }

    pub(super) fn generics(&self) -> &'a Generics {
        &self.block.generics
    }

    pub(super) fn hooks(&self, kind: HookKind) -> impl Iterator<Item = &Hook<'a>> {
        self.hooks.iter().filter(move |hook| hook.kind == kind)
    }

    /// All methods that the macro has to do with.
    pub(super) fn methods(&self) -> impl Iterator<Item = Method<'a>> {
        let hooks = self.hooks.iter().map(|hook| hook.method);
        hooks.chain(self.handlers.iter().map(|handler| handler.method))
    }
}

impl Handler<'_> {
    pub(super) fn is_catch_all(&self) -> bool {
        self.events.is_empty()
    }
}

impl HookKind {
    fn of(event: &str) -> Option<Self> {
        match event {
            "connect" => Some(Self::Connect),
            "disconnect" => Some(Self::Disconnect),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    fn occasion(self) -> &'static str {
        match self {
            Self::Connect => "a client that connects",
            Self::Disconnect => "a client that leaves",
            Self::Error => "an event that went wrong",
        }
    }
}

impl<'a> Method<'a> {
    /// The types of the arguments behind `&self`.
    pub(super) fn arguments(self) -> impl Iterator<Item = &'a Type> {
        self.item.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(argument) => Some(&*argument.ty),
            FnArg::Receiver(_) => None,
        })
    }

    pub(super) fn is_async(self) -> bool {
        self.item.sig.asyncness.is_some()
    }

    pub(super) fn cfgs(self) -> impl Iterator<Item = &'a Attribute> {
        self.item
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
    }

    pub(super) fn is_conditional(self) -> bool {
        self.cfgs().next().is_some()
    }
}
