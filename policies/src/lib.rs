//! The rules as reviewed data.

use steward_core::ask::understand::{Phrase, PhraseError};

const FILES: &[&str] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The intent model, trained from the phrases at build time.
pub fn model() -> &'static [u8] {
    include_bytes!(concat!(env!("OUT_DIR"), "/intent.model"))
}

/// The phrases that the model was trained from.
pub fn builtin_phrases() -> Result<Vec<Phrase>, PhraseError> {
    let mut all = Vec::new();
    for file in FILES {
        all.extend(Phrase::parse(file)?);
    }
    Ok(all)
}
