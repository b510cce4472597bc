//! Messages that only make sense after another one: "and radarr?", "what about yesterday", "why?".

use super::token::{Kind, Tokens};
use super::{Arguments, Tool, grammar};

/// What an elliptic message changes in the question before it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ellipsis {
    pub tool: Option<Tool>,
    pub container: Option<String>,
    pub metric: Option<String>,
    pub limit: Option<u32>,
    /// A time phrase is part of it.
    pub when: bool,
    /// It points back ("it", "that one", "then") or begins like a continuation.
    pub continues: bool,
}

const OPENERS: &[&str] = &[
    "and", "y", "e", "et", "und", "en", "or", "o", "ou", "oder", "of", "also", "then", "ok", "okay", "so",
    "what", "how", "hows", "que", "was", "wie", "wat", "hoe", "quid", "ainda", "auch", "aussi", "anche",
    "ook", "same", "now",
];
const FILLERS: &[&str] = &[
    "about",
    "the",
    "it",
    "its",
    "that",
    "this",
    "one",
    "them",
    "me",
    "show",
    "then",
    "please",
    "pls",
    "for",
    "of",
    "in",
    "on",
    "from",
    "since",
    "with",
    "is",
    "are",
    "to",
    "tal",
    "con",
    "pasa",
    "hay",
    "de",
    "del",
    "el",
    "la",
    "los",
    "las",
    "lo",
    "den",
    "der",
    "die",
    "das",
    "ist",
    "mit",
    "fur",
    "bei",
    "est",
    "le",
    "les",
    "pour",
    "du",
    "sur",
    "il",
    "di",
    "per",
    "su",
    "het",
    "voor",
    "op",
    "a",
    "o",
    "zeig",
    "mir",
    "dann",
    "muestrame",
    "mostra",
    "montre",
    "moi",
    "mostrami",
    "toon",
    "mij",
    "an",
    "entonces",
    "alors",
    "allora",
    "service",
    "container",
    "server",
    "just",
    "last",
    "only",
    "too",
    "again",
    "see",
    "give",
    "let",
    "can",
    "i",
    "you",
    "do",
    "did",
    "sobre",
    "my",
    "more",
    "happened",
    "happen",
    "for",
    "there",
    "now",
    "looking",
    "doing",
];
const BACK: &[&str] = &[
    "it", "its", "that", "them", "then", "this", "one", "those", "dann", "entonces", "alors", "allora",
    "same",
];

fn tool_word(word: &str) -> Option<Tool> {
    Some(match word {
        "log" | "logs" | "registros" | "protokoll" | "journaux" | "logi" => Tool::ServiceLogs,
        "why" | "porque" | "warum" | "wieso" | "pourquoi" | "perche" | "waarom" | "cause" | "reason" => {
            Tool::Explain
        }
        "history" | "historial" | "verlauf" | "historique" | "storico" | "geschiedenis" | "timeline" => {
            Tool::ServiceHistory
        }
        "status" | "details" | "version" | "image" => Tool::ContainerDetail,
        "alerts" | "alert" | "alertas" | "alarme" | "alertes" | "meldingen" => Tool::Alerts,
        "incidents" | "incident" | "incidentes" => Tool::Incidents,
        "space" | "storage" | "espacio" | "platz" => Tool::DiskUsage,
        _ => return None,
    })
}

fn metric_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "cpu" | "processor" => "cpu",
        "ram" | "memory" | "memoria" | "memoire" | "speicher" | "arbeitsspeicher" | "geheugen" => "memory",
        "load" | "carga" | "last" | "charge" | "carico" => "load",
        "swap" => "swap",
        "temperature" | "temperatura" | "temperatur" | "temp" | "temps" | "temperatuur" => "temperature",
        "network" | "traffic" | "red" | "rede" | "netzwerk" | "reseau" | "rete" | "netwerk" => "network",
        _ => return None,
    })
}

/// Reads a short message as a continuation. `when` are the bytes of its time phrase.
pub(super) fn ellipsis(tokens: &Tokens, when: Option<&std::ops::Range<usize>>) -> Option<Ellipsis> {
    let words: Vec<_> = tokens.list.iter().filter(|token| token.kind != Kind::Punct).collect();
    if words.is_empty() || words.len() > 8 {
        return None;
    }
    if words.iter().any(|token| grammar::acts(token.hash)) {
        return None;
    }
    let mut found = Ellipsis { when: when.is_some(), ..Ellipsis::default() };
    let mut unexplained = 0;
    for (index, token) in words.iter().enumerate() {
        let word = tokens.word(token);
        let timed = when.is_some_and(|range| range.contains(&(token.start as usize)));
        found.continues |= BACK.contains(&word);
        if index == 0 && OPENERS.contains(&word) {
            found.continues = true;
        } else if timed || FILLERS.contains(&word) {
        } else if let Some(metric) = metric_word(word) {
            found.metric = Some(metric.to_owned());
        } else if let Some(tool) = tool_word(word) {
            found.tool = Some(tool);
        } else if token.kind.names() {
            found.container = Some(tokens.written(token).to_owned());
        } else if let (Kind::Number, Ok(number)) = (token.kind, word.parse()) {
            found.limit = Some(number);
        } else {
            unexplained += 1;
        }
    }
    if unexplained == 1
        && found.continues
        && words.len() <= 3
        && found == (Ellipsis { continues: true, ..Ellipsis::default() })
    {
        // "and foobar?": a name that nobody knows
        found.container = words.last().map(|token| tokens.written(token).to_owned());
        unexplained = 0;
    }
    let says = found.tool.is_some()
        || found.container.is_some()
        || found.metric.is_some()
        || found.when
        || found.limit.is_some();
    let short =
        words.len() == 1 && (found.tool.is_some() || found.metric.is_some() || found.container.is_some());
    (unexplained == 0 && says && (found.continues || short || words.len() <= 3)).then_some(found)
}

impl Ellipsis {
    /// The tool and the arguments, given those before.
    pub(super) fn apply(&self, before: Tool, old: &Arguments, new: &Arguments) -> (Tool, Arguments) {
        let mut arguments = old.clone();
        let mut tool = self.tool.unwrap_or(before);
        if let Some(metric) = &self.metric {
            arguments.metric = Some(metric.clone());
            if !matches!(tool, Tool::TopConsumers | Tool::ResourceUsage) {
                tool = Tool::ResourceUsage;
            }
        }
        if let Some(container) = &self.container {
            arguments.container = Some(new.container.clone().unwrap_or_else(|| container.clone()));
            if matches!(tool, Tool::HealthOverview | Tool::ListContainers) {
                tool = Tool::ContainerDetail;
            }
        }
        if self.when {
            arguments.since.clone_from(&new.since);
            arguments.until.clone_from(&new.until);
        }
        if self.limit.is_some() {
            arguments.limit = self.limit;
        }
        if self.tool.is_some() && self.tool != Some(before) {
            arguments.pattern = None;
            arguments.limit = self.limit;
            arguments.level.clone_from(&new.level);
        }
        (tool, arguments)
    }
}
