//! The command line: the registry's commands and those of the program itself.

mod arguments;
mod grammar;

use std::ffi::OsString;
use std::io::IsTerminal;

use clap::ArgMatches;
use steward_core::ask::{AnswerError, exit, spec};
use steward_core::tell::clean_line;

use crate::config::{self, Config, ConfigError, LogFormat};
use crate::console::{self, Screen};
use crate::{host_commands, runtime};

pub use arguments::{place, text};
pub use grammar::grammar;

/// Runs the program and returns its exit code.
pub fn main(arguments: Vec<OsString>) -> u8 {
    // What this program writes is nobody else's business.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let json = arguments.iter().any(|a| a == "--json");
    let matches = match grammar().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let wrong = error.use_stderr();
            if wrong && json {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default();
                let message = clean_line(first.trim_start_matches("error: "), 500);
                let help = "`steward --help` lists the commands".to_owned();
                Screen::detect(true, true).failure(&AnswerError { code: "usage", message, help });
                return exit::USAGE;
            }
            // A closed pipe is no reason to fail.
            drop(error.print());
            return if wrong { exit::USAGE } else { exit::OK };
        }
    };
    let (name, sub) = matches.subcommand().unwrap_or(("", &matches));
    let screen = Screen::detect(
        sub.get_flag("plain") || matches.get_flag("plain"),
        sub.get_flag("json") || matches.get_flag("json"),
    );
    if grammar::LATER.contains(&name) {
        let help =
            "There are no incidents, chats or actions in this version, so there is nothing to do that to."
                .into();
        screen.failure(&AnswerError {
            code: "not_served",
            message: format!("`{name}` is not served by this version"),
            help,
        });
        return exit::USAGE;
    }
    if name == "completions" {
        return host_commands::completions(sub);
    }
    let environment: config::Environment = std::env::vars_os()
        .map(|(k, v)| (k.to_string_lossy().into_owned(), v.to_string_lossy().into_owned()))
        .collect();
    let uid = rustix::process::getuid().as_raw();
    let loaded = config::load(&environment, uid);
    if name == "check-config" {
        return host_commands::check_config(&loaded, &screen);
    }
    let config = match loaded {
        Ok(config) => config,
        Err(errors) => return refuse_to_start(&errors, &screen),
    };
    let long_running = matches!(name, "" | "run") || (name == "chat");
    set_up_logging(&config, matches!(name, "run") || (name.is_empty() && !std::io::stdin().is_terminal()));
    let built = if long_running {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(1 << 20)
            .enable_all()
            .build()
    } else {
        tokio::runtime::Builder::new_current_thread().enable_all().build()
    };
    let runtime = match built {
        Ok(runtime) => runtime,
        Err(error) => {
            screen.failure(&AnswerError {
                code: "no_runtime",
                message: format!("no threads to be had: {error}"),
                help: "check the limits of this user".into(),
            });
            return exit::UNAVAILABLE;
        }
    };
    let code = runtime.block_on(run(name, sub, config, uid, &screen));
    // A reading that hangs in a blocking thread must not keep the program.
    runtime.shutdown_background();
    code
}

async fn run(name: &str, sub: &ArgMatches, config: Config, uid: u32, screen: &Screen) -> u8 {
    match name {
        "" if std::io::stdin().is_terminal() => {
            screen.notice("No chat front-end is configured, so this is the console. `help` lists what you can ask; Ctrl-D ends it.");
            console::chat(config, uid, screen).await
        }
        "" | "run" => runtime::run(config).await,
        "chat" => console::chat(config, uid, screen).await,
        "explain" => host_commands::explain(sub, &config, screen),
        "audit" if sub.get_one::<String>("what").is_some_and(|w| w != "tail") => {
            host_commands::audit(sub, &config, screen).await
        }
        "doctor" => host_commands::doctor(&config, screen).await,
        "healthcheck" => host_commands::healthcheck(&config, screen),
        "ask" => match text(sub, "text") {
            Ok(text) => console::ask(config, uid, &text, screen).await,
            Err(error) => {
                screen.failure(&error);
                exit::USAGE
            }
        },
        command => match spec(command) {
            Some(spec) => {
                let (arguments, line) = arguments::of(spec, sub);
                console::command(config, uid, spec, arguments, &line, screen).await
            }
            None => exit::USAGE,
        },
    }
}

fn refuse_to_start(errors: &[ConfigError], screen: &Screen) -> u8 {
    let message = match errors {
        [one] => one.to_string(),
        many => format!(
            "{} errors in the configuration:\n{}",
            many.len(),
            many.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        ),
    };
    screen.failure(&AnswerError {
        code: "configuration",
        message,
        help: "`steward check-config` shows them again".into(),
    });
    exit::CONFIG
}

fn set_up_logging(config: &Config, long_running: bool) {
    let fallback = if long_running { "info,sqlx=warn,bollard=warn,hyper=warn" } else { "error" };
    let filter = config.log_filter.as_deref().unwrap_or(fallback);
    let filter = tracing_subscriber::EnvFilter::new(filter);
    let format = config.log_format.unwrap_or(if std::io::stderr().is_terminal() {
        LogFormat::Human
    } else {
        LogFormat::Json
    });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Set once per process; a second call (a test in the same process) changes nothing.
    let set = match format {
        LogFormat::Human => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    drop(set);
}
