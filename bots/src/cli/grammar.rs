//! The grammar of the command line, made from the registry.

use clap::{Arg, ArgAction, Command, value_parser};
use clap_complete::Shell;
use steward_core::ask::{CommandSpec, Operand, REGISTRY};

const EXIT_CODES: &str = "Exit codes: 0 all well, 1 warning, 2 critical, 3 unknown, 4 refused, 5 out of scope, \
6 a name is missing or ambiguous, 64 wrong usage, 69 nothing to talk to, 78 configuration error";

/// Commands that a later version serves: asking for one is answered in a sentence.
pub(super) const LATER: &[&str] =
    &["ack", "snooze", "mute", "unmute", "maintenance", "subscribe", "halt", "resume", "drill", "pair"];

pub fn grammar() -> Command {
    let mut command = Command::new("steward")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Watches a home server and answers questions about it. Changes nothing.")
        .after_help(EXIT_CODES)
        .arg(json())
        .arg(plain())
        .subcommand(
            shared(Command::new("ask").about("One question in your own words, one answer")).arg(
                Arg::new("text")
                    .value_name("TEXT")
                    .help("The question; - reads it from standard input")
                    .required(true)
                    .num_args(1..)
                    .value_parser(value_parser!(std::ffi::OsString)),
            ),
        )
        .subcommand(output(Command::new("chat").about("The console: a conversation in the terminal")))
        .subcommand(output(
            Command::new("run").about("Collect what happens, serve the front-ends; never a console"),
        ));
    for spec in REGISTRY.iter().filter(|s| s.name != "help") {
        command = command.subcommand(of_registry(spec));
    }
    for name in LATER {
        let rest = Arg::new("rest").num_args(0..).allow_hyphen_values(true).trailing_var_arg(true);
        command = command.subcommand(Command::new(*name).hide(true).arg(rest).arg(json()).arg(plain()));
    }
    command
        .subcommand(
            output(Command::new("explain").about("How a message is understood and why, without running a tool"))
                .arg(Arg::new("text").value_name("TEXT").num_args(1..).required_unless_present("batch").value_parser(value_parser!(std::ffi::OsString)))
                .arg(Arg::new("batch").long("batch").value_name("FILE").conflicts_with("text").value_parser(value_parser!(std::path::PathBuf)).help("One JSON object per line in ({\"text\": …}), one per line out; - reads standard input")),
        )
        .subcommand(output(Command::new("check-config").about("Every error of the configuration at once")))
        .subcommand(output(Command::new("doctor").about("One line per thing that must work, with the fix")))
        .subcommand(output(Command::new("healthcheck").about("Exit 0 when `run` is alive, else 1")))
        .subcommand(output(
            Command::new("completions").about("Completions for a shell").arg(Arg::new("shell").required(true).value_parser(value_parser!(Shell))),
        ))
}

fn of_registry(spec: &CommandSpec) -> Command {
    let command =
        shared(Command::new(spec.name).about(spec.help)).after_help(format!("Answers: {}", spec.example));
    let operand = |name: &'static str| Arg::new("operand").value_name(name);
    let command = match spec.operand {
        Operand::None => command,
        Operand::Service => command.arg(operand("NAME").help("A service, container or id")),
        Operand::ServiceOrIncident => {
            command.arg(operand("NAME|ID").help("A service, or the number of an incident"))
        }
        Operand::Incident => command.arg(operand("ID").help("The number of an incident")),
        Operand::OneOf(words) => command.arg(operand("WHICH").value_parser(words.to_vec())),
        Operand::Optional(what) => command.arg(operand("NAME").help(format!("A {what}"))),
    };
    match spec.name {
        "logs" => command
            .arg(
                Arg::new("level")
                    .long("level")
                    .value_parser(["error", "warning"])
                    .help("Only lines at least this loud"),
            )
            .arg(Arg::new("grep").long("grep").value_name("TEXT").help("Only lines that contain this"))
            .arg(Arg::new("until").long("until").value_name("TIME").help("Only lines before this time")),
        "containers" => command.arg(
            Arg::new("port")
                .long("port")
                .value_parser(value_parser!(u16))
                .help("Only those that use this port"),
        ),
        "audit" => command.arg(
            Arg::new("what")
                .value_parser(["tail", "verify", "export"])
                .help("tail (the last entries), verify (the whole chain), export (JSON lines)"),
        ),
        _ => command,
    }
}

fn output(command: Command) -> Command {
    command.arg(json()).arg(plain())
}

fn shared(command: Command) -> Command {
    output(command)
        .arg(Arg::new("since").long("since").value_name("TIME").help("24h, 7d, yesterday, 2026-11-19, 14:00"))
        .arg(Arg::new("host").long("host").value_name("NAME").help("The host asked about"))
        .arg(
            Arg::new("limit")
                .long("limit")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..=100_000))
                .help("At most this many rows"),
        )
}

fn json() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("One JSON object")
}

fn plain() -> Arg {
    Arg::new("plain").long("plain").action(ArgAction::SetTrue).help("No colour, no drawing characters")
}
