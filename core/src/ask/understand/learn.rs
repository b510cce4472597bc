//! What the trainer of the model needs: the same features that reading uses.

pub use super::label::{COARSE, COLUMNS, JOINT, Label};
pub use super::model::{normaliser, softmax};
use super::{clean, features, token};

/// A message as the model sees it.
#[derive(Debug, Clone, Default)]
pub struct Example {
    pub features: Vec<u32>,
    /// Hashes of its words.
    pub words: Vec<u32>,
}

/// The features of a message.
pub fn example(text: &str) -> Example {
    let tokens = token::Tokens::new(clean::clean(text).text);
    let mut example = Example::default();
    features::features(&tokens, &mut example.features);
    example.words = tokens
        .list
        .iter()
        .filter(|token| matches!(token.kind, token::Kind::Word | token::Kind::Place))
        .map(|token| token.hash)
        .collect();
    example
}
