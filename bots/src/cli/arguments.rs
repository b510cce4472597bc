//! What was typed, as the core's arguments.

use std::ffi::OsString;
use std::io::Read;

use clap::ArgMatches;
use steward_core::ask::understand::Arguments;
use steward_core::ask::understand::Tool;
use steward_core::ask::{AnswerError, Command, CommandSpec, Operand};

/// A message is not longer, in bytes.
const TEXT_MAX: u64 = 1024 * 1024;

/// The arguments of a registry command, and the line that says the same.
pub fn of(spec: &CommandSpec, sub: &ArgMatches) -> (Arguments, String) {
    let text = |id: &str| sub.try_get_one::<String>(id).ok().flatten().cloned();
    let operand = text("operand");
    let mut arguments = Arguments {
        since: text("since"),
        until: text("until"),
        level: text("level"),
        pattern: text("grep"),
        host: text("host"),
        limit: sub.try_get_one::<u32>("limit").ok().flatten().copied(),
        port: sub.try_get_one::<u16>("port").ok().flatten().copied(),
        ..Arguments::default()
    };
    place(spec, operand.clone(), &mut arguments);
    let mut line = spec.name.to_owned();
    if let Some(operand) = operand {
        line = format!("{line} {operand}");
    }
    if let Some(since) = &arguments.since {
        line = format!("{line} --since {since}");
    }
    (arguments, line)
}

/// Puts a command's operand where its tool looks for it.
pub fn place(spec: &CommandSpec, operand: Option<String>, arguments: &mut Arguments) {
    match (spec.operand, spec.command) {
        (Operand::OneOf(_), Command::Tool(Tool::TopConsumers)) => arguments.metric = operand,
        (Operand::OneOf(_), _) => arguments.pattern = operand,
        (Operand::Optional("mount"), _) => arguments.mount = operand,
        (Operand::None, _) => {}
        (Operand::Service | Operand::ServiceOrIncident | Operand::Incident | Operand::Optional(_), _) => {
            arguments.container = operand;
        }
    }
}

/// Words joined to one message; a single `-` reads standard input.
pub fn text(sub: &ArgMatches, id: &str) -> Result<String, AnswerError> {
    let words: Vec<&OsString> = sub.get_many::<OsString>(id).into_iter().flatten().collect();
    let text = if let [only] = words.as_slice()
        && only.as_encoded_bytes() == b"-"
    {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(TEXT_MAX).read_to_end(&mut bytes);
        read.map_err(|e| AnswerError {
            code: "no_input",
            message: format!("standard input cannot be read: {e}"),
            help: String::new(),
        })?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        words.iter().map(|w| w.to_string_lossy()).collect::<Vec<_>>().join(" ")
    };
    if text.trim().is_empty() {
        return Err(AnswerError {
            code: "no_text",
            message: "there is no question".into(),
            help: "steward ask \"is everything ok?\"".into(),
        });
    }
    Ok(text)
}
