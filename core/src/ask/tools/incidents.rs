//! Incidents: this version keeps none yet. It says so, and where to look instead.

use super::{Question, not_configured};
use crate::ask::Answer;
use crate::tell::Block;

pub(super) fn answer(question: &Question<'_>) -> Answer {
    let mut answer = not_configured(
        question,
        "Incidents are",
        "This version keeps no incidents yet: `problems` shows what is wrong now, `crashes` what went wrong before.",
    );
    answer.document = answer.document.with(Block::Next(vec!["problems".into(), "crashes".into()]));
    answer
}
