//! Who may ask, what is refused and in which words, what is masked before it is kept or shown.

mod authorise;
mod redact;
mod refusal;

pub use authorise::{Inbound, Principal, authorise};
pub use redact::{Redactor, redact};
pub use refusal::{Mode, refusal};
