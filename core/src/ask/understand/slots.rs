//! Who and what a message is about: names, metrics, levels, numbers.

use super::token::{Kind, Token, Tokens};
use super::{Arguments, Category, Tool, grammar, names, values};

/// Words that are followed by the name of a thing.
const BEFORE_NAME: &[&str] = &[
    "of", "from", "for", "von", "vom", "fur", "de", "del", "do", "da", "di", "du", "des", "pour", "van",
    "voor", "per", "is", "ist", "esta", "est", "did", "does", "has", "was", "why", "restart", "stop",
    "start", "reboot", "kill", "called", "named", "about", "on", "at", "with", "and",
];
/// Words that follow the name of a thing.
const AFTER_NAME: &[&str] = &[
    "log",
    "logs",
    "up",
    "down",
    "running",
    "status",
    "alive",
    "healthy",
    "container",
    "service",
    "container?",
    "vm",
    "lxc",
    "app",
    "stack",
    "errors",
    "lauft",
    "tourne",
    "restart",
    "crash",
    "crashing",
    "version",
    "image",
    "uptime",
    "is",
    "history",
    "dataset",
    "job",
];
/// Never a name by themselves, even where a name would stand.
pub(super) const NO_NAMES: &[&str] = &[
    "the", "this", "that", "a", "an", "my", "your", "our", "his", "her", "all", "any", "some", "every",
    "each", "which", "test", "web", "new", "old", "other", "same", "docker", "one", "bot", "server", "last",
    "first", "right", "single", "der", "die", "das", "den", "dem", "el", "la", "los", "las", "le", "les",
    "un", "una", "une", "ein", "eine", "het", "een", "il", "lo", "o", "os", "as", "and", "or", "of", "in",
    "is", "entire", "whole", "two", "three", "backup", "broken",
];

/// The words around a name that make it the subject of a request for log lines.
const LOG_WORDS: &[&str] = &[
    "log",
    "logs",
    "lines",
    "lineas",
    "linhas",
    "zeilen",
    "lignes",
    "righe",
    "regels",
    "errors",
    "fehler",
    "errores",
    "erreurs",
    "errori",
    "erros",
    "fouten",
    "registros",
    "registro",
    "protokoll",
    "logbuch",
    "journal",
    "output",
    "logfile",
];

/// A name as it is said: without a possessive, with the full form of a short name.
fn spoken(tokens: &Tokens, token: &Token) -> String {
    let written = tokens.written(token);
    let written = written.strip_suffix("'s").unwrap_or(written);
    let bare = match token.kind {
        Kind::Image => {
            let last = written.rsplit('/').next().unwrap_or(written);
            last.split(':').next().unwrap_or(last)
        }
        _ => written,
    };
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    names::known(&bare).and_then(|known| known.full).map_or(bare, str::to_owned)
}

/// `vm 105`, `ct 150`: the number of a guest.
fn guest(tokens: &Tokens) -> Option<String> {
    tokens.list.windows(2).find_map(|pair| {
        let [kind, number] = pair else { return None };
        let word = tokens.word(kind);
        (matches!(word, "vm" | "ct" | "lxc" | "vmid" | "guest" | "maquina" | "container" | "machine")
            && number.kind == Kind::Number)
            .then(|| tokens.word(number))
            .filter(|number| number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit()))
            .map(str::to_owned)
    })
}

/// `tank/fotos`: a dataset written with a slash.
fn dataset(clean: &str) -> Option<String> {
    clean
        .split_whitespace()
        .map(|piece| {
            piece.trim_matches(|c: char| matches!(c, ',' | '.' | '?' | '!' | ':' | ';' | '"' | '\'' | '`'))
        })
        .find(|piece| {
            piece.matches('/').count() <= 3
                && piece.contains('/')
                && !piece.starts_with('/')
                && piece.split('/').all(|part| {
                    part.len() > 1
                        && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
                })
                && piece.chars().any(char::is_alphabetic)
        })
        .map(str::to_owned)
}

/// Whether an unknown word stands where a name stands.
fn stands_for_name(tokens: &Tokens, index: usize) -> bool {
    let word = tokens.at(index);
    let before = index.checked_sub(1).map_or("", |at| tokens.at(at));
    let after = tokens.at(index + 1);
    word.len() >= 3
        && !NO_NAMES.contains(&word)
        && (BEFORE_NAME.contains(&before) || AFTER_NAME.contains(&after) || tokens.list.len() <= 3)
}

/// The names of a message in order, each with its position.
fn candidates<'t>(tokens: &'t Tokens, places: bool, known: &dyn Fn(u32) -> bool) -> Vec<(usize, &'t Token)> {
    let named = |(index, token): &(usize, &Token)| match token.kind {
        Kind::Name | Kind::Shape | Kind::Image => {
            !matches!(tokens.at(index + 1), "=" | "plugin" | "addon" | "extension")
        }
        Kind::Place => places,
        Kind::Word => !known(token.hash) && stands_for_name(tokens, *index),
        _ => false,
    };
    tokens.list.iter().enumerate().filter(named).collect()
}

/// Words that say what is done, right before what it is done to.
fn after_action(tokens: &Tokens, index: usize) -> bool {
    let before = |back: usize| index.checked_sub(back).and_then(|at| tokens.list.get(at));
    let acts = |token: Option<&Token>| token.is_some_and(|token| grammar::acts(token.hash));
    let article = before(1).is_some_and(|token| NO_NAMES.contains(&tokens.word(token)));
    acts(before(1)) && !article || (article && acts(before(2)))
}

/// The named thing of a request for a change.
pub(super) fn target(tokens: &Tokens, category: Category, known: &dyn Fn(u32) -> bool) -> Option<String> {
    if let Some(number) = guest(tokens) {
        return Some(number);
    }
    let stored = matches!(
        category,
        Category::CreateSnapshot | Category::Rollback | Category::Delete | Category::FilesystemChange
    );
    let shaped = !matches!(
        category,
        Category::FirewallNetwork | Category::ArbitraryUrl | Category::Secrets | Category::Privilege
    );
    let named: Vec<(usize, &Token)> = candidates(tokens, true, known)
        .into_iter()
        .filter(|(index, token)| match token.kind {
            Kind::Word => shaped && after_action(tokens, *index) && ends_phrase(tokens, index + 1),
            Kind::Shape => shaped,
            _ => true,
        })
        .collect();
    let applied = named
        .iter()
        .find(|(_, token)| token.kind == Kind::Name)
        .or_else(|| named.iter().find(|(_, token)| token.kind == Kind::Shape))
        .or_else(|| named.first());
    let path = stored.then(|| dataset(&tokens.clean)).flatten();
    match applied {
        Some((_, token)) if token.kind == Kind::Name || path.is_none() => Some(spoken(tokens, token)),
        _ => path.or_else(|| before_kind_word(tokens)).or_else(|| renamed(tokens)),
    }
}

/// Whether a name can end before this token.
fn ends_phrase(tokens: &Tokens, index: usize) -> bool {
    tokens.list.get(index).is_none_or(|token| {
        token.kind == Kind::Punct
            || matches!(
                tokens.word(token),
                "please"
                    | "pls"
                    | "now"
                    | "for"
                    | "again"
                    | "and"
                    | "then"
                    | "container"
                    | "service"
                    | "vm"
                    | "lxc"
                    | "app"
                    | "on"
                    | "at"
                    | "bitte"
                    | "porfa"
                    | "por"
                    | "neu"
                    | "ahora"
                    | "jetzt"
                    | "asap"
                    | "svp"
                    | "even"
                    | "aub"
                    | "to"
                    | "from"
            )
    })
}

/// `rename the pool from tank to vault`
fn renamed(tokens: &Tokens) -> Option<String> {
    tokens.list.windows(3).find_map(|three| {
        let [from, name, to] = three else { return None };
        (tokens.word(from) == "from" && tokens.word(to) == "to" && name.kind == Kind::Word)
            .then(|| tokens.written(name).to_owned())
    })
}

/// Periods that a message only hints at: "summarise the week", "while I slept".
pub(super) fn implied_period(tokens: &Tokens, tool: Tool) -> Option<&'static str> {
    tokens.list.iter().enumerate().find_map(|(index, token)| {
        let word = tokens.word(token);
        match word {
            "slept" | "asleep" | "sleeping" | "sliep" | "schlief" | "geschlafen" | "dormia" | "dormi"
            | "dormais" | "dormivo" | "dormido" | "overnight" => Some("last night"),
            "mois" | "mese" | "mes" | "monat" | "maand" | "month" => {
                let this = index.checked_sub(1).map_or("", |at| tokens.at(at));
                matches!(this, "this" | "ce" | "questo" | "este" | "esse" | "diesen" | "diesem" | "deze")
                    .then_some("this month")
            }
            "week" | "semana" | "woche" | "semaine" | "settimana" if tool == Tool::Digest => {
                Some("this week")
            }
            "night" | "noche" | "nacht" | "nuit" | "notte" | "noite" if tool == Tool::Digest => {
                Some("last night")
            }
            _ => None,
        }
    })
}

/// `the media dataset`: a name that is only recognised by what follows it.
fn before_kind_word(tokens: &Tokens) -> Option<String> {
    tokens.list.windows(2).find_map(|pair| {
        let [name, kind] = pair else { return None };
        let word = tokens.word(name);
        (matches!(tokens.word(kind), "dataset" | "pool" | "lxc" | "stack")
            && name.kind == Kind::Word
            && word.len() >= 3
            && !NO_NAMES.contains(&word))
        .then(|| tokens.written(name).to_owned())
    })
}

/// The container, guest, check or incident of a question.
fn subject(tokens: &Tokens, tool: Tool, known: &dyn Fn(u32) -> bool) -> Option<String> {
    if tool == Tool::Incidents || tool == Tool::SimilarIncidents || tool == Tool::Explain {
        let reference = tokens.list.iter().enumerate().find(|(index, token)| match token.kind {
            Kind::Reference => true,
            Kind::Number => index.checked_sub(1).is_some_and(|at| {
                tokens.at(at).starts_with("inciden")
                    || tokens.at(at).starts_with("vorfall")
                    || matches!(tokens.at(at), "storing" | "id" | "number" | "no" | "nr")
            }),
            _ => false,
        });
        if let Some((_, token)) = reference {
            return Some(tokens.word(token).trim_start_matches('#').to_owned());
        }
    }
    if let Some(number) = guest(tokens) {
        return Some(number);
    }
    let mut named = candidates(tokens, matches!(tool, Tool::Guests | Tool::Reachability), known);
    // where things run, or what watches them, is not what is asked about
    named.retain(|(_, token)| match tool {
        Tool::Guests => !matches!(tokens.word(token), "proxmox" | "pve" | "docker"),
        Tool::Checks => !matches!(tokens.word(token), "monit"),
        _ => true,
    });
    if tool == Tool::ServiceLogs {
        let near = named.iter().find(|(index, _)| {
            LOG_WORDS.contains(&tokens.at(index + 1))
                || (1..=3).any(|back| {
                    index.checked_sub(back).is_some_and(|at| LOG_WORDS.contains(&tokens.at(at)))
                        && index.checked_sub(1).is_some_and(|at| {
                            BEFORE_NAME.contains(&tokens.at(at))
                                || NO_NAMES.contains(&tokens.at(at))
                                || back == 1
                        })
                })
        });
        if let Some((_, token)) = near {
            return Some(spoken(tokens, token));
        }
    }
    let first = named
        .iter()
        .find(|(_, token)| token.kind == Kind::Name)
        .or_else(|| named.iter().find(|(_, token)| matches!(token.kind, Kind::Shape | Kind::Image)))
        .or_else(|| named.first());
    if let Some((_, token)) = first {
        return Some(spoken(tokens, token));
    }
    let thing = match tool {
        Tool::Guests => &["vm", "lxc", "ct", "node", "guest"][..],
        Tool::Checks => &["check", "probe", "monitor"][..],
        Tool::StoragePools => &["pool"][..],
        _ => return None,
    };
    tokens.list.windows(3).find_map(|three| {
        let [a, b, c] = three else { return None };
        let after = thing.contains(&tokens.word(a)) && matches!(tokens.word(b), "called" | "named");
        let before =
            thing.contains(&tokens.word(b)) && a.kind == Kind::Word && !NO_NAMES.contains(&tokens.word(a));
        if after { Some(tokens.written(c).to_owned()) } else { before.then(|| tokens.written(a).to_owned()) }
    })
}

/// Everything but the times.
pub(super) fn arguments(
    text: &str,
    tokens: &Tokens,
    tool: Tool,
    times: Option<&std::ops::Range<usize>>,
    known: &dyn Fn(u32) -> bool,
) -> Arguments {
    let named = !matches!(
        tool,
        Tool::HealthOverview
            | Tool::Help
            | Tool::PendingApprovals
            | Tool::Skills
            | Tool::Uptime
            | Tool::DiskUsage
            | Tool::Digest
            | Tool::TopConsumers
    );
    let metric = matches!(tool, Tool::ResourceUsage | Tool::TopConsumers | Tool::Explain)
        .then(|| values::metric(tokens, tool))
        .flatten()
        .filter(|metric| tool != Tool::Explain || *metric != "disk");
    let host = values::host(tokens).filter(|_| tool != Tool::Guests);
    Arguments {
        container: named
            .then(|| subject(tokens, tool, known))
            .flatten()
            .filter(|name| host.as_ref() != Some(name)),
        level: values::level(tokens, tool).map(str::to_owned),
        pattern: match tool {
            Tool::ServiceLogs => values::pattern(text, tokens),
            Tool::Skills => values::topic(tokens),
            _ => None,
        },
        limit: values::limit(tokens, tool, times),
        mount: values::mount(tokens, tool),
        metric: metric.map(str::to_owned),
        host,
        port: values::port(tokens, tool),
        ..Arguments::default()
    }
}
