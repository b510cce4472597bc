//! What waits for an approval: nothing can, in observe mode.

use serde_json::json;

use super::Question;
use crate::ask::{Answer, Sources};
use crate::tell::{Document, Severity};

pub(super) fn answer(question: &Question<'_>) -> Answer {
    let document = Document::new(
        Severity::Ok,
        "Nothing waits for you: in observe mode no action is offered, so there is nothing to approve",
    );
    Answer::new(question.command.clone(), document, Sources::default(), json!({ "pending": [] }))
}
