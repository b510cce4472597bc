//! Earlier incidents of the same kind: there are none on record in this version.

use super::{Question, not_configured};
use crate::ask::Answer;
use crate::tell::Block;

pub(super) fn answer(question: &Question<'_>) -> Answer {
    let mut answer = not_configured(
        question,
        "A memory of incidents is",
        "This version keeps no incidents yet, so it cannot compare. `history NAME` shows what happened to a service.",
    );
    let next = question
        .arguments
        .container
        .as_deref()
        .map_or_else(|| "crashes".to_owned(), |c| format!("history {c}"));
    answer.document = answer.document.with(Block::Next(vec![next]));
    answer
}
