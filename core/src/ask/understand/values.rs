//! The values in a message: metrics, levels, numbers, ports, mounts, patterns.

use super::Tool;
use super::slots::NO_NAMES;
use super::token::{Kind, Token, Tokens};

pub(super) fn metric(tokens: &Tokens, tool: Tool) -> Option<&'static str> {
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

pub(super) fn level(tokens: &Tokens, tool: Tool) -> Option<&'static str> {
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
pub(super) fn limit(tokens: &Tokens, tool: Tool, times: Option<&std::ops::Range<usize>>) -> Option<u32> {
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

pub(super) fn port(tokens: &Tokens, tool: Tool) -> Option<u16> {
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

pub(super) fn mount(tokens: &Tokens, tool: Tool) -> Option<String> {
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

pub(super) fn pattern(text: &str, tokens: &Tokens) -> Option<String> {
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
pub(super) fn topic(tokens: &Tokens) -> Option<String> {
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

pub(super) fn host(tokens: &Tokens) -> Option<String> {
    tokens.list.windows(2).find_map(|pair| {
        let [word, name] = pair else { return None };
        (matches!(tokens.word(word), "host" | "node" | "knoten" | "nodo" | "noeud")
            && name.kind == Kind::Shape)
            .then(|| tokens.written(name).to_owned())
    })
}
