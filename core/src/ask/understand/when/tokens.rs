//! A message as tokens: one pass, bounded, with the place of each in the text.

use jiff::{Timestamp, civil};

use super::words::{self, KEY_BYTES, Roles};

/// Text after this many bytes is not looked at, nor are more tokens than this.
const MAX_BYTES: usize = 8 * 1024;
const MAX_TOKENS: usize = 1024;

/// What a token is, apart from the parts that a word can play.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Word,
    /// Ids, versions, paths, names with a time word in them.
    Opaque,
    Number {
        value: u32,
        padded: bool,
        ordinal: bool,
    },
    /// `14:00`, `2pm`, `2:30pm`.
    Clock {
        hour: u8,
        minute: u8,
        second: u8,
        pm: Option<bool>,
        padded: bool,
    },
    /// `14:00-16:00`.
    Clocks((u8, u8), (u8, u8)),
    /// `14h30`: a wall time or a length.
    HoursMinutes(u32, u32),
    /// `24h`, `3mo`.
    Length(u32, u16),
    Date(civil::Date),
    /// `19.11.` or `19/11`: day and month, in an order still to be found.
    DayMonth {
        first: i8,
        second: i8,
        dotted: bool,
        closed: bool,
    },
    Civil(civil::DateTime),
    Instant(Timestamp),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    pub roles: Roles,
    pub value: u16,
    pub accented: bool,
    /// Punctuation stands between this and the token before.
    pub apart: bool,
}

const fn is_glue(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '.' | '/' | ':' | '@' | '#' | '=' | '\\' | '+' | '&' | '%' | '$' | '~' | '°' | '^' | '*'
    )
}

/// Lower case without its accent; `None` for what is no letter or digit of these languages.
const fn fold(c: char) -> Option<(u8, bool)> {
    if c.is_ascii_alphanumeric() {
        return Some((c.to_ascii_lowercase() as u8, false));
    }
    Some((
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'ª' => b'a',
            'ç' | 'Ç' => b'c',
            'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => b'e',
            'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => b'i',
            'ñ' | 'Ñ' => b'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'º' => b'o',
            'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => b'u',
            _ => return None,
        },
        true,
    ))
}

/// The folded letters of a chunk, without hyphens, packed; zero for what cannot be a word of time.
fn key(chunk: &str) -> (u128, bool) {
    let (mut key, mut length, mut accented) = (0u128, 0usize, false);
    let mut push = |byte: u8, key: &mut u128| {
        length += 1;
        *key = (*key << 8) | u128::from(byte);
        length <= KEY_BYTES
    };
    let bytes = chunk.as_bytes();
    for (at, c) in chunk.char_indices() {
        let fits = match c {
            '-' | '\u{300}'..='\u{36f}' => true,
            // "a.m."
            '.' if at == 1 && bytes.len() == 3 => true,
            'ß' => push(b's', &mut key) && push(b's', &mut key),
            _ => match fold(c) {
                Some((byte, marked)) => {
                    accented |= marked;
                    push(byte, &mut key)
                }
                None => false,
            },
        };
        if !fits {
            return (0, false);
        }
    }
    (key, accented)
}

fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || is_glue(c) || matches!(c, '\u{300}'..='\u{36f}')
}

/// The tokens of the message, and whether any of them can belong to a time phrase.
pub(super) fn tokens(text: &str) -> (Vec<Token>, bool) {
    let mut limit = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let text = text.get(..limit).unwrap_or_default();
    let mut found = Vec::with_capacity(24);
    let mut hinted = false;
    let mut apart = false;
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if !is_inner(first) {
            // Apostrophes join: "today's", "l'ultima".
            apart |= !(first.is_whitespace() || matches!(first, '\'' | '’'));
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some(&(at, c)) = chars.peek() {
            if !is_inner(c) {
                break;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        if found.len() == MAX_TOKENS {
            break;
        }
        let whole = text.get(start..end).unwrap_or_default();
        // Ends of sentences and emphasis are not part of a word; a path, a tag or a flag is.
        let chunk =
            whole.trim_end_matches(['.', ':', '*', '_', '-', '~']).trim_start_matches(['*', '_', '~']);
        if chunk.is_empty() {
            apart = true;
            continue;
        }
        let lead = whole.find(chunk).unwrap_or(0);
        let tail = whole.get(lead + chunk.len()..).unwrap_or_default();
        let (start, end) = (start + lead, start + lead + chunk.len());
        let mut token = Token { start, end, kind: Kind::Opaque, roles: 0, value: 0, accented: false, apart };
        apart = !tail.is_empty();
        if chunk.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            token.kind = super::numbers::read(chunk, tail.starts_with('.')).unwrap_or(Kind::Opaque);
            hinted |= !matches!(token.kind, Kind::Opaque | Kind::Number { .. });
        } else {
            let (key, accented) = key(chunk);
            let entry = words::lookup(key);
            token.accented = accented;
            if entry != words::NOTHING {
                token.kind = Kind::Word;
                token.roles = entry.roles;
                token.value = entry.value;
                hinted |= entry.roles & HINT != 0;
            } else if !chunk.contains(is_glue) {
                token.kind = Kind::Word;
            }
        }
        found.push(token);
    }
    (found, hinted)
}

/// Without one of these there is no time phrase.
const HINT: Roles = {
    use words::{
        ACCENTED_AT, AT, BEFORE_YESTERDAY, BETWEEN, CLOCK, FINE, HIER, LAST, LAST_NIGHT, MIDNIGHT, MINUTES,
        MONTH, MORNING, NIGHT, NOON, ORDINAL_WEEKDAY, PM, SINCE, THIS, THIS_AFTERNOON, THIS_EVENING,
        THIS_MORNING, TODAY, UNIT, WEAK_UNIT, WEEKDAY, WEEKEND, YESTERDAY,
    };
    UNIT | WEAK_UNIT
        | MINUTES
        | TODAY
        | YESTERDAY
        | BEFORE_YESTERDAY
        | HIER
        | LAST_NIGHT
        | NIGHT
        | THIS
        | LAST
        | MORNING
        | THIS_MORNING
        | THIS_AFTERNOON
        | THIS_EVENING
        | MIDNIGHT
        | NOON
        | WEEKEND
        | FINE
        | WEEKDAY
        | ORDINAL_WEEKDAY
        | MONTH
        | SINCE
        | AT
        | ACCENTED_AT
        | BETWEEN
        | PM
        | CLOCK
};
