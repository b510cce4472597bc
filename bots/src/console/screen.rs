//! Where answers go: its width, whether it shows colour, and how errors are told.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};

use jiff::Zoned;
use serde_json::{Value, json};
use steward_core::ask::{Answer, AnswerError, AnswerVerdict, exit};

use super::render::{Measure, render};

/// Narrower and the answers would be unreadable; wider and the eye loses the line.
const WIDTH_MIN: usize = 40;
const WIDTH_MAX: usize = 160;
/// To a pipe or a file.
const WIDTH_PLAIN: usize = 160;

#[derive(Debug, Clone)]
pub struct Screen {
    json: bool,
    measure: Measure,
    progress: bool,
}

impl Screen {
    /// Colour and width follow the terminal; a pipe gets plain text. `NO_COLOR` is honoured (no-color.org).
    pub fn detect(plain: bool, json: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        let measure = Measure {
            width: if terminal { width() } else { WIDTH_PLAIN },
            colour: terminal && !plain && !no_colour && !dumb,
            drawing: terminal && !plain,
        };
        let progress = !json && !plain && terminal && std::io::stderr().is_terminal() && !dumb;
        Self { json, measure, progress }
    }

    pub const fn is_json(&self) -> bool {
        self.json
    }

    pub const fn measure(&self) -> &Measure {
        &self.measure
    }

    pub(super) const fn shows_progress(&self) -> bool {
        self.progress
    }

    /// An answer: to stdout; a refusal in words to stderr.
    pub fn answer(&self, answer: &Answer, host: &str, now: &Zoned) {
        if self.json {
            self.line(&answer.json(host, now).to_string());
        } else if answer.verdict == AnswerVerdict::Refused {
            write(std::io::stderr().lock(), &render(&answer.document, &self.measure));
        } else {
            write(std::io::stdout().lock(), &render(&answer.document, &self.measure));
        }
    }

    /// One line to stdout.
    pub fn line(&self, text: &str) {
        write(std::io::stdout().lock(), &format!("{}\n", escaped(text)));
    }

    /// What kept the program from answering at all.
    pub fn failure(&self, error: &AnswerError) {
        if self.json {
            let exit = if error.code == "configuration" { exit::CONFIG } else { exit::USAGE };
            self.object(None, "unknown", exit, &error.message, &json!({}), Some(error));
        } else {
            let help = if error.help.is_empty() { String::new() } else { format!("\n{}", error.help) };
            write(std::io::stderr().lock(), &format!("steward: {}{help}\n", error.message));
        }
    }

    /// The object of `--json`, for a command that is no answer of the house.
    pub fn object(
        &self,
        command: Option<&str>,
        verdict: &str,
        exit: u8,
        summary: &str,
        data: &Value,
        error: Option<&AnswerError>,
    ) {
        let uname = rustix::system::uname();
        let mut object = json!({
            "version": 1, "command": command, "at": Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "host": uname.nodename().to_string_lossy(), "verdict": verdict, "exit": exit, "summary": summary, "sources": [], "data": data,
        });
        if let (Some(error), Some(map)) = (error, object.as_object_mut()) {
            map.insert("error".into(), json!(error));
        }
        self.line(&object.to_string());
    }

    /// A word beside the answers.
    pub fn notice(&self, text: &str) {
        if !self.json {
            write(std::io::stderr().lock(), &format!("{text}\n"));
        }
    }
}

/// JSON leaves DEL and the second set of control characters as they are; a terminal would obey them.
fn escaped(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| ('\u{7f}'..='\u{9f}').contains(&c);
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| if obeyed(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(text.chars().map(escape).collect())
}

fn width() -> usize {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map(|size| usize::from(size.ws_col));
    columns.ok().filter(|c| *c > 0).unwrap_or(80).clamp(WIDTH_MIN, WIDTH_MAX)
}

/// A reader that has gone away (`| head`) is no failure of ours.
fn write(mut out: impl Write, text: &str) {
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}
