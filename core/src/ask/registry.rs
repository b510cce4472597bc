//! The commands: one registry for every front-end. One name, one meaning, one help text.

use super::understand::{Arguments, Tool};

/// What may follow a command's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    None,
    /// A service, required.
    Service,
    /// A service or an incident's number, required.
    ServiceOrIncident,
    /// An incident's number, required.
    Incident,
    /// One of these words, or nothing.
    OneOf(&'static [&'static str]),
    /// A name, or nothing.
    Optional(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    pub name: &'static str,
    pub help: &'static str,
    /// The question it answers, as a person would put it.
    pub example: &'static str,
    pub operand: Operand,
    pub command: Command,
}

/// What a command does: most are a tool, some have a place of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Tool(Tool),
    Problems,
    Missed,
    Suppressed,
    Trend,
    Audit,
    Whoami,
    Settings,
    About,
}

const fn row(
    name: &'static str,
    operand: Operand,
    command: Command,
    help: &'static str,
    example: &'static str,
) -> CommandSpec {
    CommandSpec { name, help, example, operand, command }
}

use Command::Tool as T;

/// In the order of `help`.
pub const REGISTRY: &[CommandSpec] = &[
    row(
        "status",
        Operand::None,
        T(Tool::HealthOverview),
        "Is everything well: verdict, problems, age of the sources",
        "is everything running correctly?",
    ),
    row(
        "containers",
        Operand::OneOf(&["running", "stopped", "all"]),
        T(Tool::ListContainers),
        "Containers by compose project, with state and health",
        "what containers are running?",
    ),
    row(
        "problems",
        Operand::None,
        Command::Problems,
        "What is not well, worst first, with since when and why",
        "is any service unhealthy?",
    ),
    row(
        "disk",
        Operand::Optional("mount"),
        T(Tool::DiskUsage),
        "Free space of each file system, and what Docker keeps",
        "how much disk space is left?",
    ),
    row(
        "usage",
        Operand::Optional("service"),
        T(Tool::ResourceUsage),
        "CPU, load, memory, swap, temperatures, network, top consumers",
        "what is the CPU and memory usage?",
    ),
    row(
        "top",
        Operand::OneOf(&["memory", "cpu"]),
        T(Tool::TopConsumers),
        "Containers by memory or CPU",
        "what uses the most memory?",
    ),
    row(
        "crashes",
        Operand::Optional("service"),
        T(Tool::RecentCrashes),
        "Crashes, out-of-memory kills and restart loops",
        "did any service crash recently?",
    ),
    row("service", Operand::Service, T(Tool::ContainerDetail), "One service in depth", "is jellyfin up?"),
    row(
        "logs",
        Operand::Service,
        T(Tool::ServiceLogs),
        "Log lines of a service, secrets masked",
        "show me the last errors of sonarr",
    ),
    row(
        "history",
        Operand::Service,
        T(Tool::ServiceHistory),
        "What happened to one service",
        "how often did nextcloud restart this week?",
    ),
    row(
        "why",
        Operand::ServiceOrIncident,
        T(Tool::Explain),
        "Why a service is as it is, with the evidence",
        "why is paperless down?",
    ),
    row("incidents", Operand::None, T(Tool::Incidents), "Incidents, open and past", "any open incidents?"),
    row("incident", Operand::Incident, T(Tool::Incidents), "One incident", "show incident 42"),
    row(
        "similar",
        Operand::Incident,
        T(Tool::SimilarIncidents),
        "Earlier incidents of the same kind and what helped",
        "has this happened before?",
    ),
    row("alerts", Operand::None, T(Tool::Alerts), "What is worth an alert now", "any alerts?"),
    row("checks", Operand::None, T(Tool::Checks), "Results of health checks", "are all checks green?"),
    row(
        "reachability",
        Operand::Optional("service"),
        T(Tool::Reachability),
        "Whether declared targets answer",
        "can jellyfin be reached?",
    ),
    row(
        "uptime",
        Operand::None,
        T(Tool::Uptime),
        "Since when the host and the engine are up",
        "how long is the server up?",
    ),
    row(
        "guests",
        Operand::None,
        T(Tool::Guests),
        "Virtual machines and LXC containers",
        "which VMs are running?",
    ),
    row("pools", Operand::None, T(Tool::StoragePools), "Storage pools", "is the pool healthy?"),
    row(
        "digest",
        Operand::OneOf(&["now", "yesterday", "week"]),
        T(Tool::Digest),
        "Summary of a period",
        "what happened today?",
    ),
    row(
        "missed",
        Operand::None,
        Command::Missed,
        "What failed and healed since you last asked",
        "what did I miss?",
    ),
    row(
        "suppressed",
        Operand::None,
        Command::Suppressed,
        "What was held back, and why",
        "was anything suppressed?",
    ),
    row(
        "trend",
        Operand::Optional("service"),
        Command::Trend,
        "How a figure has changed over time",
        "how does memory of plex develop?",
    ),
    row("skills", Operand::None, T(Tool::Skills), "Runbooks", "which runbooks exist?"),
    row(
        "skill",
        Operand::Optional("name"),
        T(Tool::Skills),
        "One runbook",
        "show the runbook for a full disk",
    ),
    row(
        "actions",
        Operand::Optional("service"),
        T(Tool::ActionHistory),
        "What was done, by whom",
        "who restarted plex?",
    ),
    row(
        "approvals",
        Operand::None,
        T(Tool::PendingApprovals),
        "What waits for an approval",
        "what needs my approval?",
    ),
    row(
        "audit",
        Operand::None,
        Command::Audit,
        "The last questions and answers on record",
        "show the audit log",
    ),
    row("whoami", Operand::None, Command::Whoami, "Who you are to Steward, and what you may do", "who am I?"),
    row(
        "settings",
        Operand::None,
        Command::Settings,
        "The configuration in force, secrets masked",
        "which settings are in force?",
    ),
    row("help", Operand::None, T(Tool::Help), "What can be asked", "what can you do?"),
    row(
        "about",
        Operand::None,
        Command::About,
        "Version, mode, and what leaves the house",
        "which version are you?",
    ),
];

/// The entry of a command's name.
pub fn spec(name: &str) -> Option<&'static CommandSpec> {
    REGISTRY.iter().find(|spec| spec.name == name)
}

impl CommandSpec {
    /// The name of the command that answers what this tool answers, with its operand.
    pub fn of_tool(tool: Tool, arguments: &Arguments) -> String {
        let name = match tool {
            Tool::HealthOverview => "status",
            other => REGISTRY
                .iter()
                .find(|spec| spec.command == Command::Tool(other))
                .map_or("ask", |spec| spec.name),
        };
        let mut line = name.to_owned();
        if let Some(operand) = arguments.container.as_deref().or(arguments.mount.as_deref()) {
            line.push(' ');
            line.push_str(operand);
        }
        if let Some(since) = arguments.since.as_deref() {
            line.push_str(&format!(
                " --since {}",
                if since.contains(' ') { format!("'{since}'") } else { since.to_owned() }
            ));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_fit_every_platform() {
        let names: BTreeSet<_> = REGISTRY.iter().map(|s| s.name).collect();
        assert_eq!(names.len(), REGISTRY.len());
        for spec in REGISTRY {
            let plain = spec.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(plain && spec.name.len() <= 32 && spec.help.chars().count() <= 100, "{}", spec.name);
        }
    }

    #[test]
    fn every_tool_has_a_command() {
        for tool in Tool::ALL {
            assert!(REGISTRY.iter().any(|s| s.command == Command::Tool(*tool)), "{tool}");
        }
    }
}
