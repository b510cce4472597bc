//! One file per question. A tool looks through the ports and answers with a Document and data; it changes nothing.

mod action_history;
mod alerts;
mod checks;
mod container_detail;
mod digest;
mod disk_usage;
mod explain;
mod guests;
mod health_overview;
mod help;
mod incidents;
mod list_containers;
mod pending_approvals;
mod problems;
mod reachability;
mod recent_crashes;
mod resource_usage;
mod service_history;
mod service_logs;
mod similar_incidents;
mod skills;
mod steward;
mod storage_pools;
mod survey;
mod top_consumers;
mod trend;
mod uptime;

use jiff::Zoned;

use super::registry::{Command, CommandSpec};
use super::resolve::{Resolution, resolve};
use super::understand::when::{self, Range};
use super::understand::{Arguments, Tool};
use super::{Answer, AnswerError, House};
use crate::fleet::Container;
use crate::policy::Principal;
use crate::tell::{Block, Document, clean_line};

/// A question on its way to a tool.
#[derive(Debug)]
pub struct Question<'a> {
    pub house: &'a House,
    pub who: &'a Principal,
    pub arguments: &'a Arguments,
    pub now: &'a Zoned,
    /// The command it equals.
    pub command: String,
}

/// Answers a command of the registry.
pub async fn answer(command: Command, question: &Question<'_>) -> Answer {
    match command {
        Command::Tool(tool) => answer_tool(tool, question).await,
        Command::Problems => problems::answer(question).await,
        Command::Missed => digest::missed(question).await,
        Command::Suppressed => steward::suppressed(question),
        Command::Trend => trend::answer(question),
        Command::Audit => steward::audit(question).await,
        Command::Whoami => steward::whoami(question),
        Command::Settings => steward::settings(question),
        Command::About => steward::about(question),
    }
}

async fn answer_tool(tool: Tool, question: &Question<'_>) -> Answer {
    match tool {
        Tool::HealthOverview => health_overview::answer(question).await,
        Tool::ListContainers => list_containers::answer(question).await,
        Tool::ContainerDetail => container_detail::answer(question).await,
        Tool::ResourceUsage => resource_usage::answer(question).await,
        Tool::TopConsumers => top_consumers::answer(question).await,
        Tool::DiskUsage => disk_usage::answer(question).await,
        Tool::RecentCrashes => recent_crashes::answer(question).await,
        Tool::ServiceLogs => service_logs::answer(question).await,
        Tool::Incidents => incidents::answer(question),
        Tool::ServiceHistory => service_history::answer(question).await,
        Tool::Alerts => alerts::answer(question).await,
        Tool::Checks => checks::answer(question).await,
        Tool::Guests => guests::answer(question),
        Tool::Explain => explain::answer(question).await,
        Tool::SimilarIncidents => similar_incidents::answer(question),
        Tool::Reachability => reachability::answer(question).await,
        Tool::Uptime => uptime::answer(question).await,
        Tool::StoragePools => storage_pools::answer(question).await,
        Tool::ActionHistory => action_history::answer(question).await,
        Tool::Digest => digest::answer(question).await,
        Tool::Skills => skills::answer(question),
        Tool::Help => help::answer(question),
        Tool::PendingApprovals => pending_approvals::answer(question),
    }
}

impl Question<'_> {
    /// The period asked about; `fallback` if none was. A period that cannot be read is the user's mistake.
    fn period(&self, fallback: &str) -> Result<Range, Box<Answer>> {
        let since = self.arguments.since.as_deref().unwrap_or(fallback);
        let wrong = |error: when::WhenError| {
            Box::new(self.mistake("bad_time", error.to_string(), "For example: --since 24h"))
        };
        let mut range = when::resolve(since, self.now).map_err(wrong)?;
        if let Some(until) = self.arguments.until.as_deref() {
            range.until = when::resolve(until, self.now).map_err(wrong)?.from.max(range.from);
        }
        Ok(range)
    }

    /// The container that was named, or the answer that asks back.
    fn container<'c>(&self, containers: &'c [Container]) -> Result<&'c Container, Box<Answer>> {
        let Some(wanted) = self.arguments.container.as_deref() else {
            let all: Vec<&Container> = containers.iter().take(8).collect();
            return Err(Box::new(self.ask_back("name_missing", "Which service do you mean?".into(), &all)));
        };
        let shown = clean_line(wanted, 60);
        match resolve(wanted, containers) {
            Resolution::One(container) => Ok(container),
            Resolution::Many(found) => Err(Box::new(self.ask_back(
                "name_ambiguous",
                format!("“{shown}” fits {} containers. Which one?", found.len()),
                &found,
            ))),
            Resolution::None(near) => {
                Err(Box::new(self.ask_back("name_unknown", format!("There is no “{shown}” here."), &near)))
            }
        }
    }

    fn ask_back(&self, code: &'static str, title: String, candidates: &[&Container]) -> Answer {
        let verb = self.command.split_whitespace().next().unwrap_or("service");
        let mut names: Vec<String> = candidates.iter().map(|c| distinct(c, candidates)).collect();
        names.dedup();
        names.truncate(10);
        let help = if names.is_empty() {
            "`containers all` lists every name".to_owned()
        } else {
            format!("Did you mean: {}", names.join(", "))
        };
        let document = Document::plain(title.clone()).text(help.clone());
        let next = names.iter().take(5).map(|n| format!("{verb} {n}")).collect();
        let mut answer = Answer::clarify(
            self.command.clone(),
            document.with(Block::Next(next)),
            AnswerError { code, message: title, help },
        );
        answer.data = serde_json::json!({ "candidates": names }).into();
        answer
    }

    /// A mistake of the user that has nothing to do with names.
    fn mistake(&self, code: &'static str, message: String, help: &str) -> Answer {
        let document = Document::plain(message.clone()).text(help);
        Answer::clarify(self.command.clone(), document, AnswerError { code, message, help: help.to_owned() })
    }

    fn limit(&self, fallback: u32, most: u32) -> usize {
        self.arguments.limit.unwrap_or(fallback).clamp(1, most) as usize
    }
}

/// The shortest name that tells a candidate from the others.
fn distinct(container: &Container, among: &[&Container]) -> String {
    let label = container.label();
    if among.iter().filter(|c| c.label() == label).count() <= 1 {
        return label.to_owned();
    }
    match &container.project {
        Some(project)
            if among.iter().filter(|c| c.label() == label && c.project.as_ref() == Some(project)).count()
                <= 1 =>
        {
            format!("{project}/{label}")
        }
        _ => container.name.clone(),
    }
}

/// An answer about something that nothing here is set up to read.
fn not_configured(question: &Question<'_>, what: &str, how: &str) -> Answer {
    let document =
        Document::new(crate::tell::Severity::Unknown, format!("{what} not configured, so I don't know."));
    let data = serde_json::json!({ "configured": false, "how": how });
    Answer::new(question.command.clone(), document.text(how), super::Sources::default(), data)
}

/// The command of the registry that equals a tool with these arguments.
pub(super) fn command_line(tool: Tool, arguments: &Arguments) -> String {
    CommandSpec::of_tool(tool, arguments)
}
