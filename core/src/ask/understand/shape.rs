//! What a run of characters is by its shape: an address, a path, a number, a name.

use super::names;
use super::token::Kind;

const FILES: &[&str] = &[
    "yml", "yaml", "toml", "json", "conf", "cfg", "ini", "env", "sh", "py", "log", "txt", "xml", "sql", "gz",
    "zip", "tar", "iso", "img", "mkv", "mp4", "jpg", "png", "pem", "key", "crt", "md", "service", "db",
    "sqlite", "csv", "bak",
];
const DOMAINS: &[&str] = &[
    "com", "org", "net", "io", "de", "es", "fr", "it", "nl", "pt", "br", "uk", "us", "eu", "local", "lan",
    "home", "internal", "dev", "app", "xyz", "me", "arpa", "example", "test", "cloud", "info", "tv", "co",
    "ch", "at", "be", "ru", "cn", "ly", "gg", "sh", "invalid", "onion", "page", "site", "online", "top",
    "club", "in",
];
/// Last parts of hyphenated words that make a name of the whole.
const NAME_PARTS: &[&str] = &[
    "db",
    "server",
    "proxy",
    "backup",
    "backups",
    "cleanup",
    "job",
    "worker",
    "agent",
    "exporter",
    "bot",
    "api",
    "web",
    "app",
    "cron",
    "sync",
    "redis",
    "postgres",
    "cache",
    "prod",
    "dev",
    "test",
    "staging",
    "stack",
    "ui",
    "frontend",
    "backend",
    "verification",
    "runner",
    "controller",
    "gateway",
    "images",
    "mover",
    "updater",
    "scheduler",
    "watcher",
    "monitor",
    "bridge",
    "service",
    "tools",
    "ml",
    "dns",
    "vpn",
    "media",
    "pruner",
    "rotate",
    "check",
    "nightly",
];

/// The kind of a run of characters that is one thing; `None` when it must be cut into words.
pub(super) fn shape(core: &str) -> Option<Kind> {
    let bytes = core.as_bytes();
    let first = *bytes.first()?;
    if bytes.iter().all(u8::is_ascii_alphabetic) {
        return Some(Kind::Word);
    }
    if core.contains("://") || core.starts_with("www.") {
        return Some(Kind::Url);
    }
    if names::known(core).is_some() {
        return Some(Kind::Name);
    }
    if first == b'#' && bytes.len() > 1 && bytes.iter().skip(1).all(u8::is_ascii_digit) {
        return Some(Kind::Reference);
    }
    if is_address(core) {
        return Some(Kind::Address);
    }
    if (first == b'/' || core.starts_with("~/") || core.starts_with("./")) && bytes.len() > 1 {
        return Some(Kind::Path);
    }
    if first == b'-' && bytes.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'-') {
        return Some(Kind::Flag);
    }
    if core.contains('@') && core.contains('.') {
        return Some(Kind::Mail);
    }
    if first.is_ascii_digit()
        || (matches!(first, b'-' | b'+') && bytes.get(1).is_some_and(u8::is_ascii_digit))
    {
        return number(core);
    }
    if let Some((left, right)) = core.split_once(':') {
        let tag = right.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if tag
            && !right.is_empty()
            && (names::known(left).is_some() || right == "latest" || left.contains('/'))
        {
            return Some(Kind::Image);
        }
        return None;
    }
    if core.starts_with("ghcr.io/") || core.starts_with("lscr.io/") || core.starts_with("docker.io/") {
        return Some(Kind::Image);
    }
    if let Some((left, right)) = core.rsplit_once('.') {
        if FILES.contains(&right) {
            return Some(Kind::File);
        }
        let host = left.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if host && DOMAINS.contains(&right) && left.len() > 1 {
            return Some(Kind::Host);
        }
        return None;
    }
    let ascii = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !ascii {
        return None;
    }
    let digits = bytes.iter().any(u8::is_ascii_digit);
    if core.contains('_') && bytes.len() > 2 {
        return Some(Kind::Shape);
    }
    if core.contains('-') {
        let named = core.split('-').any(|part| names::known(part).is_some())
            || core.rsplit('-').next().is_some_and(|part| NAME_PARTS.contains(&part))
            || (digits && core.split('-').all(|part| !part.is_empty()));
        return named.then_some(Kind::Shape);
    }
    if digits {
        let letters = core.trim_end_matches(|c: char| c.is_ascii_digit());
        if matches!(letters, "vm" | "ct" | "lxc") {
            return Some(Kind::Number);
        }
        return Some(Kind::Shape);
    }
    None
}

fn is_address(core: &str) -> bool {
    let host = core.split(['/', ':']).next().unwrap_or("");
    let mut parts = 0;
    for part in host.split('.') {
        parts += 1;
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            parts = 9;
            break;
        }
    }
    parts == 4
        || (core.matches(':').count() >= 2
            && core.len() >= 6
            && core.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'/')
            && (core.contains("::") || core.matches(':').count() >= 5))
}

fn number(core: &str) -> Option<Kind> {
    let core = core.trim_start_matches(['-', '+']);
    let digits = core.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = core.get(digits.len()..).unwrap_or("");
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    if !plain {
        let clock = digits.split_once(':').is_some_and(|(hours, minutes)| {
            hours.len() <= 2
                && minutes.len() == 2
                && (hours.to_owned() + minutes).bytes().all(|b| b.is_ascii_digit())
        });
        if clock {
            return Some(Kind::Clock);
        }
        if core.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.' | b':')) {
            return Some(Kind::Number);
        }
        return core
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            .then_some(Kind::Shape);
    }
    Some(match unit {
        "" | "." | "°" | "x" => Kind::Number,
        "%" => Kind::Percent,
        "gb" | "mb" | "tb" | "kb" | "gib" | "mib" | "tib" | "g" | "t" | "gig" | "gigs" | "go" | "to"
        | "mo" => Kind::Size,
        "h" | "d" | "min" | "mins" | "m" | "s" | "w" | "hrs" | "hr" | "sec" | "days" | "hours" | "std"
        | "tage" => Kind::Duration,
        "am" | "pm" | "uhr" | "a" | "p" => Kind::Clock,
        other if other.bytes().all(|byte| byte.is_ascii_alphabetic()) => Kind::Shape,
        _ => return None,
    })
}
