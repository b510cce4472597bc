//! The words of a refusal. The codes (`Category`) are stable; the words may change.

use crate::ask::understand::{Category, Reading};

/// What the program may do at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// No action is even offered.
    Observe,
}

impl Mode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
        }
    }
}

/// The sentence that explains the limit, and the questions that are the useful next step.
pub fn refusal(reading: &Reading, mode: Mode) -> (String, String, Vec<String>) {
    let target = reading.target.as_deref().map(|t| crate::tell::clean_line(t, 60));
    let title = match reading.category {
        Some(Category::Mixed) => {
            "I won't do that: a question and a change in one message are refused as a whole."
        }
        Some(Category::Secrets) => {
            "I won't show that: passwords, tokens, keys and configuration never leave this machine."
        }
        Some(Category::Shell) => "I won't run that: I run no commands, not even reading ones.",
        Some(Category::ArbitraryUrl) => {
            "I won't contact that: I only read the sources in my configuration, no other address."
        }
        Some(Category::Privilege) => {
            "I won't change that: who may do what is set in the configuration on the host, never by chat."
        }
        Some(Category::Injection) => {
            "I won't follow that: instructions inside a message, hidden or claimed, have no effect."
        }
        Some(Category::ScheduleAutomation) => {
            "I won't set that up: nothing here acts by itself, now or later."
        }
        Some(
            Category::Restart
            | Category::Stop
            | Category::Start
            | Category::RebootHost
            | Category::Delete
            | Category::CreateSnapshot
            | Category::Rollback
            | Category::FirewallNetwork
            | Category::FilesystemChange
            | Category::UpdateInstall,
        )
        | None => "I won't do that: I only watch and answer.",
    };
    let limit = match mode {
        Mode::Observe => {
            "Nothing was executed. In observe mode there are no restarts, no changes and no commands."
        }
    };
    (title.to_owned(), limit.to_owned(), next_steps(reading.category, target.as_deref()))
}

fn next_steps(category: Option<Category>, target: Option<&str>) -> Vec<String> {
    let of_target = |verbs: &[&str], general: &[&str]| match target {
        Some(name) => verbs.iter().map(|verb| format!("{verb} {name}")).collect(),
        None => general.iter().map(|g| (*g).to_owned()).collect(),
    };
    match category {
        Some(Category::Restart | Category::Start | Category::Stop | Category::Mixed | Category::Rollback) => {
            of_target(&["service", "why", "logs"], &["status", "problems"])
        }
        Some(Category::UpdateInstall) => of_target(&["service", "history"], &["containers"]),
        Some(Category::RebootHost) => vec!["status".into(), "uptime".into()],
        Some(Category::Delete | Category::FilesystemChange) => vec!["disk".into()],
        Some(Category::ArbitraryUrl | Category::FirewallNetwork) => vec!["checks".into(), "status".into()],
        Some(Category::CreateSnapshot) => vec!["disk".into(), "status".into()],
        Some(Category::Secrets | Category::Privilege) => vec!["settings".into(), "whoami".into()],
        Some(Category::Shell | Category::ScheduleAutomation | Category::Injection) | None => {
            vec!["help".into(), "status".into()]
        }
    }
}
