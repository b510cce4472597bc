//! Secrets masked before text is kept or shown: what looks like one (`password=…`, bearer tokens, keys, credentials
//! in URLs, JWTs), and, exactly, every secret the program itself was given. The first can miss; the second cannot.

/// What stands in the place of a secret.
const MASK: &str = "***";
/// A loaded secret shorter than this would mask ordinary words.
const EXACT_MIN: usize = 6;

/// Words after which a value is a secret.
const KEYS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "accesskey",
    "private_key",
    "client_secret",
    "authorization",
    "auth",
    "credential",
    "credentials",
    "cookie",
    "session_id",
    "sessionid",
    "x-api-key",
    "bearer",
    "contraseña",
    "contrasena",
    "senha",
    "passwort",
    "kennwort",
    "wachtwoord",
];

/// Prefixes that vendors give their tokens, with the least length of the whole.
const PREFIXES: &[(&str, usize)] = &[
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("sk-", 20),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xapp-", 20),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 35),
    ("eyJ", 30),
    ("dckr_pat_", 20),
    ("npm_", 30),
    ("pypi-", 30),
    ("hvs.", 20),
    ("tskey-", 20),
    ("SG.", 30),
    ("shpat_", 20),
    ("dop_v1_", 30),
    ("PVEAPIToken=", 20),
];

/// Masks by shape and by exact value.
#[derive(Clone, Default)]
pub struct Redactor {
    exact: Vec<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} secrets)", self.exact.len())
    }
}

impl Redactor {
    /// `secrets`: everything that was loaded as one.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut exact: Vec<String> = secrets.into_iter().filter(|s| s.len() >= EXACT_MIN).collect();
        exact.extend(exact.clone().iter().map(|s| data_encoding::BASE64.encode(s.as_bytes())));
        // The longest first: a secret may contain another.
        exact.sort_by_key(|s| std::cmp::Reverse(s.len()));
        Self { exact }
    }

    pub fn redact(&self, text: &str) -> String {
        let mut out = redact(text);
        for secret in &self.exact {
            if out.contains(secret.as_str()) {
                out = out.replace(secret.as_str(), MASK);
            }
        }
        out
    }
}

/// Masks what looks like a secret: values behind telling names first, then words that are secrets by themselves.
/// Linear in the length of the text.
pub fn redact(text: &str) -> String {
    mask_words(&mask_values(text))
}

/// `key=value`, `"key": "value"`, `Authorization: Bearer value`, anywhere in the text.
fn mask_values(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find([':', '=']) {
        let separator = at + found;
        at = separator + 1;
        if separator < kept || !is_key(key_before(&text[..separator])) {
            continue;
        }
        let Some((start, end)) = value_after(text, at) else { continue };
        out.push_str(&text[kept..start]);
        out.push_str(MASK);
        kept = end;
        at = end;
    }
    out.push_str(&text[kept..]);
    out
}

/// The name in front of a separator, without quotes.
fn key_before(before: &str) -> &str {
    let named = before.trim_end_matches([' ', '"', '\'', '\\', ']']);
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = named
        .char_indices()
        .rev()
        .take(65)
        .take_while(|(_, c)| letter(*c))
        .last()
        .map_or(named.len(), |(i, _)| i);
    &named[start..]
}

/// Where the value behind a separator begins and ends; nothing if there is none, or none that is a secret.
fn value_after(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut start = from + text[from..].len() - text[from..].trim_start_matches(['=', '>', ' ', '\t']).len();
    for scheme in ["bearer ", "basic ", "token ", "digest ", "bot "] {
        if text.get(start..start + scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)) {
            start += scheme.len();
        }
    }
    let value = &text[start..];
    let quote = ["\\\"", "\"", "'", "`"].into_iter().find(|q| value.starts_with(q));
    let (open, length) = match quote {
        // A backslash hides the next character, a quote among them.
        Some(q) => (q.len(), closing(&value[q.len()..], q)),
        None => (
            0,
            value
                .find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '`'))
                .unwrap_or(value.len()),
        ),
    };
    let word = &value[open..open + length];
    let harmless = ["", "true", "false", "null", "none", "nil", "yes", "no", "on", "off", MASK];
    let plain = word.trim_end_matches([',', ';', ')', '}', ']', '.']);
    (!harmless.contains(&plain) && !word.starts_with("//")).then_some((start + open, start + open + length))
}

fn closing(value: &str, quote: &str) -> usize {
    let mut escaped = false;
    for (i, c) in value.char_indices() {
        if !escaped && value[i..].starts_with(quote) || c == '\n' {
            return i;
        }
        escaped = c == '\\' && !escaped && quote.len() == 1;
    }
    value.len()
}

/// Words that are secrets by themselves, or follow a flag or a telling word.
fn mask_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut expecting = false;
    let mut named = false;
    let mut pem = Pem::Outside;
    for piece in pieces(text) {
        let Piece::Word(word) = piece else {
            let Piece::Gap(gap) = piece else { continue };
            out.push_str(gap);
            continue;
        };
        // A PEM block: everything from its first line to its last.
        if word.contains("-----BEGIN") {
            pem = Pem::Body;
            out.push_str(MASK);
        }
        match pem {
            Pem::Outside => {}
            Pem::Body => {
                if word.contains("-----END") {
                    pem = Pem::End;
                }
                continue;
            }
            Pem::End => {
                if word.contains("-----") {
                    pem = Pem::Outside;
                }
                continue;
            }
        }
        let after_key = std::mem::take(&mut expecting) || (named && is_link(word));
        let (masked, wants_next) = mask_word(word, after_key);
        expecting = wants_next;
        // `password is x`, `token to x`
        named = is_key(word);
        out.push_str(&masked);
    }
    out
}

enum Pem {
    Outside,
    Body,
    End,
}

enum Piece<'a> {
    Word(&'a str),
    Gap(&'a str),
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let gap = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != gap).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(if gap { Piece::Gap(piece) } else { Piece::Word(piece) })
    })
}

/// The word, masked where it must be, and whether the next word is a secret.
fn mask_word(word: &str, after_key: bool) -> (String, bool) {
    if after_key {
        if is_scheme(word) || is_link(word) {
            return (word.to_owned(), true);
        }
        return (MASK.to_owned(), false);
    }
    if word.contains("://") {
        return (mask_url(word), false);
    }
    if let Some(at) = PREFIXES.iter().find_map(|(prefix, least)| find_token(word, prefix, *least)) {
        return (format!("{}{MASK}", &word[..at]), false);
    }
    if is_telegram_token(word) {
        return (MASK.to_owned(), false);
    }
    // `--password xyz`, `Bearer xyz`
    let bare = word.trim_start_matches('-');
    let flag = (word.starts_with("--") && is_key(bare)) || word.eq_ignore_ascii_case("bearer");
    (word.to_owned(), flag)
}

fn is_link(word: &str) -> bool {
    matches!(word, "=" | ":" | "is" | "to" | "=>" | "->" | ":=")
}

fn is_scheme(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'', ',']);
    ["bearer", "basic", "token", "digest", "bot"].iter().any(|s| word.eq_ignore_ascii_case(s))
}

/// The last part of `DB_PASSWORD`, `"api_key"`, `user.token`.
fn is_key(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    if text.is_empty() || text.chars().count() > 64 {
        return false;
    }
    let lower = text.to_lowercase();
    KEYS.iter().any(|key| {
        lower.strip_suffix(key).is_some_and(|before| {
            before.is_empty() || before.ends_with(['_', '-', '.', '/', '[', '{', '"', '?', '&', ';', ','])
        }) || (key.len() > 5 && lower.ends_with(key))
    })
}

fn find_token(word: &str, prefix: &str, least: usize) -> Option<usize> {
    let at = word.find(prefix)?;
    let before_ok = word[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let tail = &word[at..];
    let length = tail.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-_.=".contains(b)).count();
    (before_ok && length >= least).then_some(at)
}

/// `123456789:AA…`, as Telegram's bot tokens are.
fn is_telegram_token(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.rsplit('/').next().and_then(|w| w.trim_start_matches("bot").split_once(':')).is_some_and(
        |(id, rest)| {
            (6..=12).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_digit())
                && rest.len() >= 30
                && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        },
    )
}

/// `scheme://user:password@host` and `?token=…` in a URL.
fn mask_url(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@{host}"),
            None => format!("{MASK}@{host}"),
        },
        None => authority.to_owned(),
    };
    let path = match path.split_once('?') {
        Some((path, query)) => {
            let parts: Vec<String> = query
                .split('&')
                .map(|part| match part.split_once('=') {
                    Some((key, _)) if is_key(key) || key == "key" || key == "sig" => format!("{key}={MASK}"),
                    _ => part.to_owned(),
                })
                .collect();
            format!("{path}?{}", parts.join("&"))
        }
        None => path.to_owned(),
    };
    // Telegram puts the bot's token into the path: `/bot<token>/getMe`.
    let path: Vec<&str> =
        path.split('/').map(|part| if is_telegram_token(part) { MASK } else { part }).collect();
    format!("{scheme}://{authority}{}", path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for text in [
            "login with password=hunter2hunter2 ok",
            "DB_PASSWORD: hunter2hunter2",
            r#"{"user":"x","api_key":"hunter2hunter2"}"#,
            "Authorization: Bearer hunter2hunter2",
            "curl --token hunter2hunter2",
            "postgres://app:hunter2hunter2@db/app",
            "GET /x?access_token=hunter2hunter2&x=1 (https://h/x?token=hunter2hunter2)",
            "using ghp_hunter2hunter2abcdefghijkl",
            "bot123456789:AAhunter2hunter2hunter2hunter2hunter2",
            "https://api.telegram.org/bot123456789:AAhunter2hunter2hunter2hunter2hunter2/getMe",
            "password is hunter2hunter2",
            r#"{"password":"a,b hunter2","user":"x"}"#,
            r#"{\"token\":\"hunter2hunter2\"}"#,
            "-----BEGIN RSA PRIVATE KEY----- MIIhunter2 hunter2== -----END RSA PRIVATE KEY----- ok",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n",
        ] {
            let out = redact(text);
            assert!(!out.contains("hunter2"), "{text} -> {out}");
        }
    }

    #[test]
    fn ordinary_lines_stay_as_they_are() {
        for text in [
            "GET /status 200 12ms",
            "error: connection refused (10.0.0.5:5432)",
            "token bucket refilled",
            "session started for user ana",
            "  two  spaces\tand tab ",
            "http://plex:32400/web/index.html",
            "2026-03-14T06:58:00Z INFO started",
            "auth: true, cookie=none",
            "max_tokens=512 and key: value",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn a_loaded_secret_is_masked_wherever_it_stands() {
        let redactor = Redactor::new(["s3cr3t-value".to_owned(), "short".to_owned()]);
        assert_eq!(redactor.redact("x s3cr3t-value y czNjcjN0LXZhbHVl"), "x *** y ***");
        assert_eq!(redactor.redact("a short word"), "a short word");
        assert_eq!(format!("{redactor:?}"), "Redactor(2 secrets)");
    }

    proptest! {
        #[test]
        fn a_loaded_secret_never_survives(before in ".{0,40}", secret in "[A-Za-z0-9+/=_-]{6,40}", after in ".{0,40}") {
            let redactor = Redactor::new([secret.clone()]);
            let out = redactor.redact(&format!("{before} {secret} {after}"));
            prop_assert!(!out.contains(&secret) || "***".contains(&secret));
        }
    }
}
