//! Runbooks: none come with this version.

use super::{Question, not_configured};
use crate::ask::Answer;

pub(super) fn answer(question: &Question<'_>) -> Answer {
    not_configured(
        question,
        "Runbooks are",
        "This version brings no runbooks. `why NAME` explains a problem from what is seen.",
    )
}
