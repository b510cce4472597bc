//! The console: a conversation with line editing, history, completion and memory of what was said last.

use std::borrow::Cow;
use std::io::{BufRead, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Zoned;
use reedline::{
    ColumnarMenu, Emacs, FileBackedHistory, KeyCode, KeyModifiers, MenuBuilder, Prompt, PromptEditMode,
    PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu, Signal, default_emacs_keybindings,
};
use steward_core::ask::understand::{Arguments, Understander};
use steward_core::ask::{Answer, Exchange, exit, spec};
use steward_core::policy::Principal;
use steward_core::tell::clean_line;

use super::complete::{Complete, Names};
use super::{Screen, identity, not_started, prepare, progress};
use crate::config::Config;
use crate::runtime;
use crate::wiring::{self, House};

const HISTORY: usize = 1_000;
const LINE_MAX: usize = 1024 * 1024;

pub async fn chat(config: Config, uid: u32, screen: &Screen) -> u8 {
    let (built, who, _) = match prepare(&config, uid).await {
        Ok(ready) => ready,
        Err(error) => return not_started(&error, screen),
    };
    // The console watches while it is open, so that answers come from memory and what happens is kept.
    let watching = built.store.as_ref().ok().map(|store| {
        let alive = runtime::heartbeat::Heartbeat::start(&config.data_dir);
        tokio::spawn(runtime::collect(built.docker.clone(), store.clone(), alive))
    });
    let understander = match wiring::understander(&config) {
        Ok(understander) => understander,
        Err(error) => return not_started(&error, screen),
    };
    let mut talk = Talk { built: &built, who: &who, config: &config, screen, exchange: None, understander };
    let code = if std::io::stdin().is_terminal() { talk.interactive(uid).await } else { talk.piped().await };
    if let Some(task) = watching {
        task.abort();
    }
    built.note_docker().await;
    code
}

struct Talk<'a> {
    built: &'a House,
    who: &'a Principal,
    config: &'a Config,
    screen: &'a Screen,
    exchange: Option<Exchange>,
    understander: Understander,
}

impl Talk<'_> {
    async fn interactive(&mut self, uid: u32) -> u8 {
        let names: Names = Arc::new(Mutex::new(Vec::new()));
        self.learn_names(&names).await;
        let mut editor = Some(editor(&self.config.data_dir, uid, Arc::clone(&names)));
        loop {
            let Some(mut line_editor) = editor.take() else { return exit::UNAVAILABLE };
            // Reading a line blocks: it gets a thread of its own and the loops go on.
            let read = tokio::task::spawn_blocking(move || {
                let line = line_editor.read_line(&Ask);
                (line_editor, line)
            });
            let Ok((line_editor, line)) = read.await else { return exit::UNAVAILABLE };
            editor = Some(line_editor);
            match line {
                Ok(Signal::Success(line)) if matches!(line.trim(), "exit" | "quit" | ":q") => {
                    return exit::OK;
                }
                Ok(Signal::Success(line)) => {
                    self.say(&line).await;
                    self.learn_names(&names).await;
                }
                Ok(Signal::CtrlD) => return exit::OK,
                // Ctrl-C clears the line.
                Ok(_) => {}
                Err(error) => {
                    self.screen.notice(&format!("the terminal cannot be read: {error}"));
                    return exit::UNAVAILABLE;
                }
            }
        }
    }

    /// Lines from a pipe; the code is that of the last answer.
    async fn piped(&mut self) -> u8 {
        let mut code = exit::OK;
        loop {
            let mut bytes = Vec::new();
            match std::io::Read::take(std::io::stdin().lock(), LINE_MAX as u64).read_until(b'\n', &mut bytes)
            {
                Ok(0) | Err(_) => return code,
                Ok(_) => code = self.say(&String::from_utf8_lossy(&bytes)).await.unwrap_or(code),
            }
        }
    }

    async fn say(&mut self, line: &str) -> Option<u8> {
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        let now = Zoned::now().with_time_zone(self.config.zone.clone());
        let answer = if let Some((spec, arguments)) = as_command(line) {
            progress::shown(self.screen, self.built.house.command(self.who, spec, arguments, line, &now))
                .await
        } else {
            let asked = progress::shown(
                self.screen,
                self.built.house.ask(&self.understander, self.who, line, self.exchange.as_ref(), &now),
            )
            .await;
            if asked.exchange.is_some() {
                self.exchange = asked.exchange;
            }
            asked.answer
        };
        self.show(&answer, &now);
        Some(answer.exit())
    }

    fn show(&self, answer: &Answer, now: &Zoned) {
        self.screen.answer(answer, &self.built.house.settings.host, now);
    }

    async fn learn_names(&self, names: &Names) {
        let listed = self.built.house.engine.containers().await;
        let mut known: Vec<String> =
            listed.map(|l| l.value.iter().map(|c| clean_line(c.label(), 60)).collect()).unwrap_or_default();
        known.sort();
        known.dedup();
        *names.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// `logs plex` or `/logs plex` is the command; anything longer or other is a message.
fn as_command(line: &str) -> Option<(&'static steward_core::ask::CommandSpec, Arguments)> {
    let mut words = line.trim_start_matches('/').split_whitespace();
    let spec = spec(words.next()?)?;
    let rest: Vec<&str> = words.collect();
    let mut arguments = Arguments::default();
    let (plain, options) =
        rest.iter().position(|w| w.starts_with("--")).map_or((&rest[..], &[][..]), |at| rest.split_at(at));
    for pair in options.chunks(2) {
        match pair {
            ["--since", value] => arguments.since = Some((*value).to_owned()),
            ["--until", value] => arguments.until = Some((*value).to_owned()),
            ["--level", value] => arguments.level = Some((*value).to_owned()),
            ["--grep", value] => arguments.pattern = Some((*value).to_owned()),
            ["--limit", value] => arguments.limit = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    let operand = match plain {
        [] => None,
        [one] => Some((*one).to_owned()),
        _ => return None,
    };
    let takes_none = spec.operand == steward_core::ask::Operand::None;
    if takes_none && operand.is_some() {
        return None;
    }
    crate::cli::place(spec, operand, &mut arguments);
    Some((spec, arguments))
}

fn editor(data_dir: &std::path::Path, uid: u32, names: Names) -> Reedline {
    let menu = ColumnarMenu::default().with_name("names");
    let mut keys = default_emacs_keybindings();
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![ReedlineEvent::Menu("names".into()), ReedlineEvent::MenuNext]),
    );
    let editor = Reedline::create()
        .with_completer(Box::new(Complete(names)))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    let history = identity::history_file(data_dir, uid);
    match FileBackedHistory::with_file(HISTORY, history) {
        Ok(history) => editor.with_history(Box::new(history)),
        Err(_) => editor,
    }
}

/// `steward> `
struct Ask;

impl Prompt for Ask {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("steward")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("… ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("search “{}”: ", search.term))
    }
}
