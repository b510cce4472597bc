//! Who and what a message is about: names, metrics, levels, numbers.

use super::token::{Kind, Token, Tokens};
use super::{Arguments, Category, Tool, grammar, names};

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
const NO_NAMES: &[&str] = &[
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

fn metric(tokens: &Tokens, tool: Tool) -> Option<&'static str> {
    let mut found = None;
    for token in &tokens.list {
        let word = tokens.word(token);
        let metric =
            match word {
                "cpu" | "cpus" | "processor" | "procesador" | "processador" | "prozessor" | "processeur"
                | "processore" | "core" | "cores" | "kerne" | "nucleos" | "coeurs" => "cpu",
                "ram" | "memory" | "mem" | "memoria" | "arbeitsspeicher" | "memoire" | "geheugen"
                | "werkgeheugen" | "oom" => "memory",
                "load" | "loadavg" | "carga" | "auslastung" | "charge" | "carico" | "belasting"
                | "systemlast" => "load",
                "swap" | "swapping" | "swapt" => "swap",
                "temperature" | "temperatures" | "temp" | "temps" | "warm" | "hot" | "heat"
                | "overheating" | "degrees" | "temperatura" | "temperaturas" | "temperatur" | "caliente"
                | "quente" | "heiss" | "chaud" | "chaude" | "caldo" | "heet" | "temperatuur" | "grad"
                | "thermals" | "celsius" => "temperature",
                "network" | "traffic" | "bandwidth" | "netzwerk" | "red" | "rede" | "reseau" | "rete"
                | "netwerk" | "trafico" | "trafego" | "bandbreite" | "upload" | "download" | "throughput"
                | "traffico" | "netz" | "verkehr" => "network",
                "disk" | "disks" | "io" | "iops" | "disco" | "disque" | "platte" | "festplatte"
                | "schijf" => "disk",
                "fan" | "fans" | "noise" | "noisy" | "lufter" | "ventilador" | "ventilateur" | "ventola"
                    if tool == Tool::TopConsumers =>
                {
                    "cpu"
                }
                _ => continue,
            };
        if metric == "temperature" && tool == Tool::TopConsumers {
            found.get_or_insert("cpu");
            continue;
        }
        if metric == "disk" && found.is_some() {
            continue;
        }
        return Some(metric);
    }
    if found.is_none()
        && tool == Tool::TopConsumers
        && tokens.list.iter().any(|token| tokens.word(token) == "last")
    {
        return None;
    }
    found
}

fn level(tokens: &Tokens, tool: Tool) -> Option<&'static str> {
    if !matches!(tool, Tool::ServiceLogs | Tool::Alerts | Tool::Incidents) {
        return None;
    }
    tokens.list.iter().find_map(|token| {
        let word = tokens.word(token);
        Some(match word {
            "error" | "errors" | "fehler" | "errores" | "erreur" | "erreurs" | "errore" | "errori"
            | "erro" | "erros" | "fout" | "fouten" | "fehlern" | "exceptions" | "exception"
            | "stacktrace" | "stacktraces" => "error",
            "critical" | "fatal" | "kritisch" | "kritische" | "critico" | "criticos" | "critique"
            | "critiques" | "critici" | "criticas" | "critica" => "critical",
            "debug" => "debug",
            _ if word.starts_with("warn") => "warning",
            _ if word.starts_with("advertenc")
                || word.starts_with("avertiss")
                || word.starts_with("waarschuw") =>
            {
                "warning"
            }
            _ => return None,
        })
    })
}

fn number_word(word: &str) -> Option<u32> {
    Some(match word {
        "two" | "dos" | "dois" | "duas" | "zwei" | "deux" | "due" | "twee" => 2,
        "three" | "tres" | "drei" | "trois" | "tre" | "drie" => 3,
        "four" | "cuatro" | "quatro" | "vier" | "quatre" | "quattro" => 4,
        "five" | "cinco" | "funf" | "cinq" | "cinque" | "vijf" => 5,
        "six" | "seis" | "sechs" | "sei" | "zes" => 6,
        "ten" | "diez" | "dez" | "zehn" | "dix" | "dieci" | "tien" => 10,
        "twenty" | "veinte" | "vinte" | "zwanzig" | "vingt" | "venti" | "twintig" => 20,
        "fifty" | "cincuenta" | "cinquenta" | "funfzig" | "cinquante" | "cinquanta" | "vijftig" => 50,
        "hundred" | "cien" | "cem" | "hundert" | "cent" | "cento" | "honderd" => 100,
        "dozen" => 12,
        _ => return None,
    })
}

/// How many are asked for. `times` are the bytes of a time phrase, whose numbers do not count.
fn limit(tokens: &Tokens, tool: Tool, times: Option<&std::ops::Range<usize>>) -> Option<u32> {
    let listing = matches!(
        tool,
        Tool::TopConsumers
            | Tool::ServiceLogs
            | Tool::ServiceHistory
            | Tool::Incidents
            | Tool::Alerts
            | Tool::RecentCrashes
            | Tool::ActionHistory
    );
    if !listing {
        return None;
    }
    tokens.list.iter().enumerate().find_map(|(index, token)| {
        let inside = times.is_some_and(|times| times.contains(&(token.start as usize)));
        let word = tokens.word(token);
        let number = match token.kind {
            Kind::Number => word.parse::<u32>().ok(),
            Kind::Word => number_word(word),
            Kind::Shape => word.strip_prefix("top").and_then(|digits| digits.parse().ok()),
            _ => None,
        }?;
        let around = |at: Option<usize>| at.map_or("", |at| tokens.at(at));
        let before = [around(index.checked_sub(1)), around(index.checked_sub(2))];
        let asked = before.iter().any(|word| {
            matches!(
                *word,
                "top"
                    | "last"
                    | "latest"
                    | "first"
                    | "worst"
                    | "biggest"
                    | "newest"
                    | "recent"
                    | "ultimas"
                    | "ultimos"
                    | "letzten"
                    | "letzte"
                    | "derniers"
                    | "dernieres"
                    | "ultime"
                    | "ultimi"
                    | "laatste"
                    | "tail"
                    | "heaviest"
                    | "hungriest"
                    | "die"
                    | "los"
                    | "las"
                    | "les"
                    | "os"
                    | "as"
                    | "de"
                    | "le"
                    | "i"
                    | "n"
                    | "the"
            )
        }) || token.kind == Kind::Shape;
        let unit = tokens.at(index + 1);
        let time = matches!(
            unit,
            "minutes"
                | "minute"
                | "min"
                | "mins"
                | "hours"
                | "hour"
                | "h"
                | "days"
                | "day"
                | "weeks"
                | "week"
                | "months"
                | "month"
                | "minuten"
                | "stunden"
                | "tage"
                | "tagen"
                | "horas"
                | "hora"
                | "dias"
                | "dia"
                | "minutos"
                | "heures"
                | "heure"
                | "jours"
                | "ore"
                | "ora"
                | "giorni"
                | "uur"
                | "dagen"
                | "am"
                | "pm"
                | "uhr"
                | "semanas"
                | "times"
                | "seconds"
                | "ports"
        );
        let counted = matches!(
            unit,
            "lines"
                | "line"
                | "lineas"
                | "linhas"
                | "zeilen"
                | "lignes"
                | "righe"
                | "regels"
                | "entries"
                | "containers"
                | "apps"
                | "services"
                | "processes"
                | "outages"
                | "failures"
                | "alerts"
                | "incidents"
                | "errors"
                | "by"
                | "per"
        );
        (!inside && !time && (asked || counted) && (1..=10_000).contains(&number)).then_some(number)
    })
}

fn port(tokens: &Tokens, tool: Tool) -> Option<u16> {
    if !matches!(tool, Tool::ListContainers | Tool::ContainerDetail | Tool::Reachability | Tool::Checks) {
        return None;
    }
    let named = tokens.list.windows(2).find_map(|pair| {
        let [word, number] = pair else { return None };
        let is = matches!(
            tokens.word(word),
            "port" | "ports" | "puerto" | "porta" | "porto" | "poort" | "tcp" | "udp" | ":"
        );
        (is && number.kind == Kind::Number).then(|| tokens.word(number).parse().ok()).flatten()
    });
    named.or_else(|| {
        let only: Vec<&Token> = tokens.list.iter().filter(|token| token.kind == Kind::Number).collect();
        match only.as_slice() {
            [number] if tool == Tool::ListContainers => tokens
                .word(number)
                .parse()
                .ok()
                .filter(|port| (*port >= 1000) || matches!(port, 22 | 53 | 80 | 443 | 445)),
            _ => None,
        }
    })
}

fn mount(tokens: &Tokens, tool: Tool) -> Option<String> {
    if !matches!(tool, Tool::DiskUsage | Tool::StoragePools) {
        return None;
    }
    if let Some(path) = tokens.list.iter().find(|token| token.kind == Kind::Path) {
        return Some(tokens.written(path).to_owned());
    }
    if tokens.clean.split_whitespace().any(|piece| matches!(piece, "/" | "/?" | "/,")) {
        return Some("/".into());
    }
    tokens.list.windows(2).find_map(|pair| {
        let [name, kind] = pair else { return None };
        let (word, kind) = (tokens.word(name), tokens.word(kind));
        let store = matches!(
            kind,
            "volume"
                | "partition"
                | "drive"
                | "mount"
                | "share"
                | "dataset"
                | "pool"
                | "disk"
                | "platte"
                | "partitie"
                | "schijf"
        );
        if store && word == "root" {
            return Some("/".into());
        }
        let general = matches!(
            word,
            "free"
                | "docker"
                | "hard"
                | "external"
                | "full"
                | "biggest"
                | "main"
                | "system"
                | "usb"
                | "which"
                | "any"
                | "every"
                | "of"
                | "boot"
                | "no"
                | "more"
                | "local"
                | "what"
                | "enough"
                | "raid"
                | "zfs"
                | "storage"
                | "with"
                | "on"
                | "and"
                | "much"
                | "many"
                | "how"
                | "most"
                | "some"
                | "used"
                | "low"
        );
        let named = store
            && matches!(name.kind, Kind::Word | Kind::Name | Kind::Shape)
            && word.len() >= 3
            && !general
            && !NO_NAMES.iter().filter(|no| **no != "backup").any(|no| *no == word);
        named.then(|| tokens.written(name).to_owned())
    })
}

/// The quoted text of a message, as written.
fn quoted(text: &str) -> Option<String> {
    for (open, close) in
        [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“'), ('`', '`'), ('\'', '\''), ('‘', '’')]
    {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(open)) {
            let begin = from + at + open.len_utf8();
            let word_before = text.get(..from + at).and_then(|before| before.chars().next_back());
            let Some(length) = text.get(begin..).and_then(|rest| rest.find(close)) else { break };
            let inner = text.get(begin..begin + length).unwrap_or("").trim();
            if !word_before.is_some_and(char::is_alphanumeric) && !inner.is_empty() && inner.len() <= 200 {
                return Some(inner.to_owned());
            }
            from = begin;
        }
    }
    None
}

fn pattern(text: &str, tokens: &Tokens) -> Option<String> {
    if let Some(quoted) = quoted(text) {
        return Some(quoted);
    }
    let search = tokens.list.iter().position(|token| {
        matches!(
            tokens.word(token),
            "search"
                | "grep"
                | "find"
                | "look"
                | "filter"
                | "busca"
                | "buscar"
                | "procura"
                | "suche"
                | "such"
                | "cherche"
                | "cerca"
                | "zoek"
                | "mentions"
                | "mention"
                | "containing"
                | "contain"
                | "lines"
        )
    })?;
    let link = tokens.list.iter().enumerate().skip(search).find(|(_, token)| {
        matches!(
            tokens.word(token),
            "for" | "nach" | "por" | "naar" | "grep" | "mentioning" | "containing" | "mentions" | "contain"
        )
    })?;
    let rest = tokens.list.get(link.0 + 1..)?;
    let stop = |token: &&Token| {
        matches!(
            tokens.word(token),
            "in" | "on" | "from" | "?" | "." | "," | "im" | "en" | "dans" | "nel" | "no" | "since" | "of"
        )
    };
    let words: Vec<&Token> = rest.iter().take_while(|token| !stop(token)).take(6).collect();
    let (first, last) = (words.first()?, words.last()?);
    if words.iter().any(|token| matches!(token.kind, Kind::Name)) && words.len() == 1 {
        return None;
    }
    tokens.clean.get(first.start as usize..last.end as usize).map(str::to_owned)
}

/// What a runbook or a past case is looked for by.
fn topic(tokens: &Tokens) -> Option<String> {
    let link = tokens.list.iter().position(|token| {
        matches!(
            tokens.word(token),
            "for"
                | "about"
                | "on"
                | "fur"
                | "uber"
                | "para"
                | "sobre"
                | "pour"
                | "sur"
                | "per"
                | "voor"
                | "over"
        )
    })?;
    let rest: Vec<&Token> =
        tokens.list.iter().skip(link + 1).take_while(|token| token.kind != Kind::Punct).take(8).collect();
    let (first, last) = (rest.first()?, rest.last()?);
    tokens.clean.get(first.start as usize..last.end as usize).map(str::to_owned)
}

fn host(tokens: &Tokens) -> Option<String> {
    tokens.list.windows(2).find_map(|pair| {
        let [word, name] = pair else { return None };
        (matches!(tokens.word(word), "host" | "node" | "knoten" | "nodo" | "noeud")
            && name.kind == Kind::Shape)
            .then(|| tokens.written(name).to_owned())
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
        .then(|| metric(tokens, tool))
        .flatten()
        .filter(|metric| tool != Tool::Explain || *metric != "disk");
    let host = host(tokens).filter(|_| tool != Tool::Guests);
    Arguments {
        container: named
            .then(|| subject(tokens, tool, known))
            .flatten()
            .filter(|name| host.as_ref() != Some(name)),
        level: level(tokens, tool).map(str::to_owned),
        pattern: match tool {
            Tool::ServiceLogs => pattern(text, tokens),
            Tool::Skills => topic(tokens),
            _ => None,
        },
        limit: limit(tokens, tool, times),
        mount: mount(tokens, tool),
        metric: metric.map(str::to_owned),
        host,
        port: port(tokens, tool),
        ..Arguments::default()
    }
}
