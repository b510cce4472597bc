//! Whether things answer. No targets can be declared in this version, and an address given in a message is never
//! contacted; what can be said is whether the container behind a name runs and is healthy.

use serde_json::json;

use super::{Question, not_configured};
use crate::ask::resolve::{Resolution, resolve};
use crate::ask::{Answer, Sources};
use crate::fleet::Health;
use crate::tell::{Document, Severity};

const HOW: &str =
    "This version contacts nothing over the network; it has no declared reachability checks yet.";

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let Some(wanted) = question.arguments.container.as_deref() else {
        return not_configured(question, "Reachability checks are", HOW);
    };
    let mut sources = Sources::default();
    let listed = sources.take("docker", question.now.timestamp(), question.house.engine.containers().await);
    let Some(Resolution::One(container)) = listed.as_deref().map(|all| resolve(wanted, all)) else {
        return not_configured(question, "Reachability checks are", HOW);
    };
    let name = container.label();
    let title = match (container.is_running(), container.health) {
        (false, _) => format!("No: {name} is {}", container.state.as_str()),
        (true, Some(Health::Unhealthy)) => format!("Probably not: {name} runs, but its health check fails"),
        (true, Some(Health::Healthy)) => {
            format!("{name} runs and its own health check passes; from outside I have not tried")
        }
        (true, Some(Health::Starting) | None) => format!("{name} runs; whether it answers I have not tried"),
    };
    let severity = match (container.is_running(), container.health) {
        (true, Some(Health::Healthy)) => Severity::Ok,
        (true, Some(Health::Unhealthy)) => Severity::Warning,
        (true, Some(Health::Starting) | None) => Severity::Unknown,
        (false, _) => Severity::Critical,
    };
    Answer::new(
        question.command.clone(),
        Document::new(severity, title).text(HOW),
        sources,
        json!({ "container": container }),
    )
}
