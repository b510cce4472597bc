//! A message becomes a [`Reading`]: deterministic, in process, explained.

mod clean;
mod features;
mod label;
pub mod learn;
mod lookalike;
mod model;
mod names;
mod phrases;
mod reading;
mod token;
pub mod when;

use jiff::Zoned;

pub use model::ModelError;
pub use phrases::{Phrase, PhraseError};
pub use reading::{Action, Arguments, Category, Language, Reading, Tool, Verdict};

use label::Label;
use model::Model;

/// Reads messages.
#[derive(Debug)]
pub struct Understander {
    model: Model,
}

impl Understander {
    pub fn new(model: &[u8], _extra: &[Phrase]) -> Result<Self, ModelError> {
        Ok(Self { model: Model::load(model)? })
    }

    pub fn read(&self, text: &str, _now: &Zoned) -> Reading {
        let tokens = token::Tokens::new(clean::clean(text).text);
        let mut features = Vec::new();
        features::features(&tokens, &mut features);
        let scores = self.model.score(&features);
        let mut best = 0;
        for (column, p) in scores.joint.iter().enumerate() {
            if *p > scores.joint[best] {
                best = column;
            }
        }
        let label = Label::of_column(best);
        let (verdict, tool, category) = match label {
            Label::Answer(tool) => (Verdict::Answer, Some(tool), None),
            Label::Refuse(category) => (Verdict::Refuse, None, Some(category)),
            Label::Decline => (Verdict::Decline, None, None),
        };
        Reading {
            text: text.to_owned(),
            language: Language::En,
            verdict,
            tool,
            arguments: Arguments::default(),
            category,
            action: category.and_then(Category::action),
            target: None,
            confidence: scores.joint[best],
            because: Vec::new(),
        }
    }

    pub fn follow(&self, text: &str, _previous: Option<&Reading>, now: &Zoned) -> Reading {
        self.read(text, now)
    }
}
