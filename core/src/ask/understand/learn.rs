//! What the trainer of the model needs: the same features that reading uses.

use super::grammar::{self, Says};
pub use super::label::{COARSE, COLUMNS, JOINT, Label};
pub use super::model::{normaliser, softmax};
use super::{Verdict, clean, features, token};

/// A message, cut once, so that its words can be counted before its features are made.
#[derive(Debug, Clone)]
pub struct Example(token::Tokens);

impl Example {
    pub fn new(text: &str) -> Self {
        Self(token::Tokens::new(clean::clean(text).text))
    }

    /// Hashes of its words.
    pub fn words(&self) -> Vec<u32> {
        let plain = |token: &&token::Token| matches!(token.kind, token::Kind::Word | token::Kind::Place);
        self.0.list.iter().filter(plain).map(|token| token.hash).collect()
    }

    /// Its features, given the vocabulary.
    pub fn features(&self, known: &dyn Fn(u32) -> bool) -> Vec<u32> {
        let mut out = Vec::new();
        features::features(&self.0, &grammar::hits(&self.0), known, &mut out);
        out
    }
}

/// The rules that speak on a message, as written, each with the verdict that it speaks for.
pub fn rules(text: &str) -> Vec<(&'static str, Verdict)> {
    let tokens = token::Tokens::new(clean::clean(text).text);
    let verdict = |says| match says {
        Says::Refuse(_) => Verdict::Refuse,
        Says::Ask | Says::Answer(_) => Verdict::Answer,
        Says::Decline => Verdict::Decline,
    };
    grammar::hits(&tokens).into_iter().map(|hit| (hit.line, verdict(hit.says))).collect()
}
