//! How a figure has changed: this version keeps no figures over time.

use super::{Question, not_configured};
use crate::ask::Answer;
use crate::tell::Block;

pub(super) fn answer(question: &Question<'_>) -> Answer {
    let mut answer = not_configured(
        question,
        "A record of figures over time is",
        "This version keeps none yet: `usage` and `disk` show the figures of now.",
    );
    answer.document = answer.document.with(Block::Next(vec!["usage".into(), "disk".into()]));
    answer
}
