//! Virtual machines and LXC containers.

use super::{Question, not_configured};
use crate::ask::Answer;

pub(super) fn answer(question: &Question<'_>) -> Answer {
    not_configured(
        question,
        "Virtual machines and LXC containers are",
        "This version reads Docker and the host it runs on; it has no Proxmox source yet. Containers: `containers`.",
    )
}
