//! The one place where a principal is made. Handlers take a [`Principal`]; without one they cannot be called.

/// What came in, as far as it says who sent it. One variant per front-end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// A person at the terminal of this machine: the kernel has authenticated them.
    Local { uid: u32 },
}

/// An authorised person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    id: String,
    front_end: &'static str,
}

impl Principal {
    /// `local:1000`.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub const fn front_end(&self) -> &'static str {
        self.front_end
    }
}

/// Who that is, if they may ask at all.
pub fn authorise(inbound: &Inbound) -> Option<Principal> {
    match inbound {
        Inbound::Local { uid } => Some(Principal { id: format!("local:{uid}"), front_end: "console" }),
    }
}
