//! Commands that only the terminal of the host has: they look at Steward itself.

mod doctor;

use std::io::{BufRead, Read, Write};

use clap::ArgMatches;
use clap_complete::Shell;
use jiff::{Timestamp, Zoned};
use serde_json::json;
use steward_core::ask::{AnswerError, exit};
use steward_core::tell::clean_line;
use steward_store::sqlite::SqliteStore;

pub use doctor::doctor;

use crate::config::{Config, ConfigError};
use crate::console::Screen;
use crate::{cli, runtime, wiring};

/// One line of a batch is not longer, in bytes.
const LINE_MAX: u64 = 4 * 1024 * 1024;
const EXPORT_PAGE: u32 = 2_000;

pub fn completions(sub: &ArgMatches) -> u8 {
    let Some(shell) = sub.get_one::<Shell>("shell") else { return exit::USAGE };
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut cli::grammar(), "steward", &mut script);
    drop(std::io::stdout().lock().write_all(&script));
    exit::OK
}

pub fn check_config(loaded: &Result<Config, Vec<ConfigError>>, screen: &Screen) -> u8 {
    let (errors, warnings): (&[ConfigError], &[String]) = match loaded {
        Ok(config) => (&[], &config.warnings),
        Err(errors) => (errors, &[]),
    };
    if screen.is_json() {
        let code = if errors.is_empty() { exit::OK } else { exit::CONFIG };
        let summary = if errors.is_empty() {
            "The configuration is valid".to_owned()
        } else {
            format!("{} errors", errors.len())
        };
        let verdict = if errors.is_empty() { "ok" } else { "critical" };
        let data = json!({ "errors": errors, "warnings": warnings });
        screen.object(Some("check-config"), verdict, code, &summary, &data, None);
        return code;
    }
    for error in errors {
        screen.line(&clean_line_of(&error.to_string()));
    }
    for warning in warnings {
        screen.line(&format!("warning: {warning}"));
    }
    match errors.len() {
        0 => {
            screen.line("The configuration is valid.");
            exit::OK
        }
        n => {
            screen.line(&format!("{n} error{}", if n == 1 { "" } else { "s" }));
            exit::CONFIG
        }
    }
}

fn clean_line_of(text: &str) -> String {
    steward_core::tell::clean(text, 2_000)
}

/// How a message is understood. Looks at no machine.
pub fn explain(sub: &ArgMatches, config: &Config, screen: &Screen) -> u8 {
    let understander = match wiring::understander(config) {
        Ok(understander) => understander,
        Err(error) => {
            screen.failure(&error);
            return exit::CONFIG;
        }
    };
    let now = Zoned::now().with_time_zone(config.zone.clone());
    if let Some(path) = sub.get_one::<std::path::PathBuf>("batch") {
        return match batch(path, |text| {
            serde_json::to_string(&understander.read(text, &now)).unwrap_or_default()
        }) {
            Ok(()) => exit::OK,
            Err(error) => {
                screen.failure(&AnswerError {
                    code: "no_input",
                    message: format!("{}: {error}", path.display()),
                    help: "give a file, or - for standard input".into(),
                });
                exit::USAGE
            }
        };
    }
    let text = match cli::text(sub, "text") {
        Ok(text) => text,
        Err(error) => {
            screen.failure(&error);
            return exit::USAGE;
        }
    };
    let reading = understander.read(&text, &now);
    if screen.is_json() {
        screen.line(&serde_json::to_string(&reading).unwrap_or_default());
        return exit::OK;
    }
    let what = match (reading.tool, reading.category) {
        (Some(tool), _) => format!("{}: {tool}", reading.verdict),
        (None, Some(category)) => format!("{}: {category}", reading.verdict),
        (None, None) => reading.verdict.to_string(),
    };
    screen.line(&format!("{what}  (confidence {:.2}, language {})", reading.confidence, reading.language));
    let arguments = serde_json::to_value(&reading.arguments).unwrap_or_default();
    for (name, value) in arguments.as_object().into_iter().flatten() {
        let shown = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        screen.line(&format!("  {name}: {}", clean_line(&shown, 200)));
    }
    if let Some(action) = reading.action {
        screen.line(&format!("  action: {action}"));
    }
    if let Some(target) = &reading.target {
        screen.line(&format!("  target: {}", clean_line(target, 200)));
    }
    for reason in &reading.because {
        screen.line(&format!("  because: {}", clean_line(reason, 300)));
    }
    exit::OK
}

#[derive(serde::Deserialize)]
struct BatchLine {
    text: String,
}

/// One object per line in, one per line out, in the same order; a bad line gives an error in its place.
fn batch(path: &std::path::Path, read: impl Fn(&str) -> String) -> std::io::Result<()> {
    let mut input: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::io::BufReader::new(std::fs::File::open(path)?))
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            return out.flush();
        }
        let whole = line.last() == Some(&b'\n') || (line.len() as u64) < LINE_MAX;
        let answer = if whole {
            match serde_json::from_str::<BatchLine>(&String::from_utf8_lossy(&line)) {
                Ok(parsed) => read(&parsed.text),
                Err(error) => json!({ "error": { "code": "bad_line", "message": error.to_string(), "help": "{\"text\": \"…\"}" } }).to_string(),
            }
        } else {
            while input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? > 0
                && line.last() != Some(&b'\n')
            {
                line.clear();
            }
            json!({ "error": { "code": "bad_line", "message": "longer than 4 MiB", "help": "shorten it" } })
                .to_string()
        };
        if let Err(error) = writeln!(out, "{answer}") {
            // A reader that has gone away is no failure.
            return if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) };
        }
    }
}

/// `audit verify` and `audit export`.
pub async fn audit(sub: &ArgMatches, config: &Config, screen: &Screen) -> u8 {
    let store = match SqliteStore::open(&config.database).await {
        Ok(store) => store,
        Err(error) => {
            screen.failure(&AnswerError {
                code: "store",
                message: error.to_string(),
                help: "`steward doctor` says what is wrong".into(),
            });
            return exit::UNKNOWN;
        }
    };
    if sub.get_one::<String>("what").is_some_and(|w| w == "export") {
        return export(&store, screen).await;
    }
    match store.audit_verify().await {
        Ok(verified) => {
            let broken = verified.broken.as_ref();
            let code = if broken.is_some() { exit::CRITICAL } else { exit::OK };
            if screen.is_json() {
                let summary =
                    broken.map_or_else(|| "The audit log is intact".to_owned(), ToString::to_string);
                let verdict = if broken.is_some() { "critical" } else { "ok" };
                let data = json!({
                    "records": verified.records, "head": verified.head, "intact": broken.is_none(), "broken": broken.map(ToString::to_string),
                });
                screen.object(Some("audit verify"), verdict, code, &summary, &data, None);
            } else if let Some(broken) = broken {
                screen.line(&format!("CRIT The audit log is broken: {broken}"));
            } else {
                screen.line(&format!(
                    "OK   {} records, each fits the one before. Head: {}",
                    verified.records, verified.head
                ));
            }
            code
        }
        Err(error) => {
            screen.failure(&AnswerError {
                code: "audit",
                message: error.to_string(),
                help: "`steward doctor` says what is wrong".into(),
            });
            exit::UNKNOWN
        }
    }
}

async fn export(store: &SqliteStore, screen: &Screen) -> u8 {
    let mut seq = 0;
    loop {
        match store.audit_page(seq, EXPORT_PAGE).await {
            Ok(page) if page.is_empty() => return exit::OK,
            Ok(page) => {
                for entry in &page {
                    screen.line(&serde_json::to_string(entry).unwrap_or_default());
                    seq = entry.seq;
                }
            }
            Err(error) => {
                screen.failure(&AnswerError {
                    code: "audit",
                    message: error.to_string(),
                    help: "`steward audit verify` names the first bad record".into(),
                });
                return exit::UNKNOWN;
            }
        }
    }
}

pub fn healthcheck(config: &Config, screen: &Screen) -> u8 {
    let age = runtime::heartbeat::age(&config.data_dir, Timestamp::now());
    let alive =
        age.is_some_and(|age| (-runtime::heartbeat::STALE_S..=runtime::heartbeat::STALE_S).contains(&age));
    let words = match age {
        None => "no heartbeat: `steward run` has not run here".to_owned(),
        Some(age) if alive => format!("alive: heartbeat {age} s ago"),
        Some(age) => format!("not alive: the last heartbeat is {age} s old"),
    };
    let code = u8::from(!alive);
    if screen.is_json() {
        let verdict = if alive { "ok" } else { "critical" };
        screen.object(
            Some("healthcheck"),
            verdict,
            code,
            &words,
            &json!({ "alive": alive, "age_s": age }),
            None,
        );
    } else {
        screen.line(&words);
    }
    code
}
