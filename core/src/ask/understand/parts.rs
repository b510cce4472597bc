//! Parts of a message: its ends when it is long, its sentences, and forms that are known by sight.

use std::borrow::Cow;

use super::token::{Kind, Tokens};
use super::{Action, Arguments, Tool};

/// Of a longer message the beginning and the end are read, this many bytes each; all of it is searched for
/// what is hidden.
const HALF: usize = 3000;
/// Sentences of a message that are judged by themselves.
const SENTENCES: usize = 24;

/// A request for log lines of nothing in particular.
pub(super) fn is_bare(tokens: &Tokens, tool: Tool, arguments: &Arguments) -> bool {
    let words = tokens.list.iter().filter(|token| token.kind != Kind::Punct).count();
    tool == Tool::ServiceLogs
        && words <= 5
        && *arguments == Arguments::default()
        && tokens.list.iter().all(|token| {
            token.kind == Kind::Punct
                || matches!(
                    tokens.word(token),
                    "show"
                        | "me"
                        | "the"
                        | "logs"
                        | "log"
                        | "please"
                        | "pls"
                        | "give"
                        | "see"
                        | "get"
                        | "zeig"
                        | "mir"
                        | "die"
                        | "muestrame"
                        | "los"
                        | "ver"
                        | "mostra"
                        | "os"
                        | "montre"
                        | "moi"
                        | "les"
                        | "mostrami"
                        | "i"
                        | "laat"
                        | "de"
                        | "zien"
                        | "print"
                        | "check"
                        | "view"
                        | "read"
                )
        })
}

/// What a pasted command line would do to a container or unit.
pub(super) fn command_action(tokens: &Tokens) -> Option<Action> {
    let words: Vec<&str> = tokens.list.iter().map(|token| tokens.word(token)).collect();
    let tool = words.iter().position(|word| {
        matches!(
            *word,
            "docker"
                | "docker-compose"
                | "podman"
                | "systemctl"
                | "service"
                | "pct"
                | "qm"
                | "compose"
                | "kubectl"
        )
    })?;
    words.iter().skip(tool + 1).take(6).find_map(|word| match *word {
        "restart" | "reload" => Some(Action::RestartResource),
        "stop" | "down" | "kill" | "pause" | "shutdown" => Some(Action::StopResource),
        "start" | "up" | "unpause" => Some(Action::StartResource),
        "snapshot" => Some(Action::CreateSnapshot),
        "rollback" => Some(Action::RollbackToSnapshot),
        _ => None,
    })
}

/// The sentences of a message that has several.
pub(super) fn sentences(tokens: &Tokens) -> Vec<Tokens> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut words = 0;
    for token in &tokens.list {
        let ends = token.kind == Kind::Punct && matches!(tokens.word(token), "." | "?" | "!" | ";" | "\n");
        if !ends {
            words += usize::from(token.kind != Kind::Punct);
            continue;
        }
        if words >= 1
            && let Some(part) = tokens.clean.get(from..token.end as usize)
        {
            parts.push(part);
        }
        from = token.end as usize;
        words = 0;
    }
    if words >= 1
        && let Some(part) = tokens.clean.get(from..)
    {
        parts.push(part);
    }
    if parts.len() < 2 {
        return Vec::new();
    }
    parts.into_iter().take(SENTENCES).map(|part| Tokens::new(part.to_owned())).collect()
}

/// The beginning and the end of a long message, the whole of an ordinary one.
pub(super) fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= 2 * HALF {
        return text.into();
    }
    let head = text.get(..text.floor_char_boundary(HALF)).unwrap_or("");
    let tail = text.get(text.ceil_char_boundary(text.len() - HALF)..).unwrap_or("");
    format!("{head}\n{tail}").into()
}

pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if text.chars().count() > 60 {
        short.push('…');
    }
    short
}
