//! What a token that begins with a digit can be.

use jiff::{Timestamp, civil};

use super::{
    tokens::Kind,
    words::{self, SHORT_UNIT, UNIT},
};

/// More digits than this are an id.
const MAX_DIGITS: usize = 6;

pub(super) fn read(chunk: &str, closed: bool) -> Option<Kind> {
    if !chunk.is_ascii() {
        // "19º"
        return ordinal(chunk);
    }
    let (digits, rest) = split(chunk)?;
    if rest.is_empty() {
        return number(digits, false);
    }
    match rest.as_bytes().first()? {
        b'-' if digits.len() == 4 => date(chunk),
        b':' => clock(chunk),
        b'.' => dotted(chunk, closed),
        b'/' => slashed(chunk),
        letter if letter.is_ascii_alphabetic() => suffixed(digits, rest),
        _ => None,
    }
}

fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    (1..=MAX_DIGITS).contains(&end).then(|| text.split_at(end))
}

fn number(digits: &str, ordinal: bool) -> Option<Kind> {
    let padded = digits.len() > 1 && digits.starts_with('0');
    Some(Kind::Number { value: digits.parse().ok()?, padded, ordinal })
}

fn ordinal(chunk: &str) -> Option<Kind> {
    let digits = chunk.strip_suffix(['º', 'ª']).or_else(|| chunk.strip_suffix(".º"))?;
    let (digits, rest) = split(digits)?;
    if rest.is_empty() { number(digits, true) } else { None }
}

/// `14:00`, `14:00:30`, `2:30pm`, `14:00-16:00`.
fn clock(chunk: &str) -> Option<Kind> {
    if let Some((from, to)) = chunk.split_once('-') {
        let (Kind::Clock { hour, minute, .. }, Kind::Clock { hour: hour2, minute: minute2, .. }) =
            (clock(from)?, clock(to)?)
        else {
            return None;
        };
        return Some(Kind::Clocks((hour, minute), (hour2, minute2)));
    }
    let (text, pm) = meridiem(chunk);
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    let two = |part: &str| (part.len() == 2).then(|| part.parse::<u8>().ok().filter(|n| *n < 60)).flatten();
    let padded = hour.starts_with('0');
    let hour = hour.parse::<u8>().ok().filter(|n| *n <= 24)?;
    let (minute, second) = (two(minute)?, second.map_or(Some(0), two)?);
    if parts.next().is_some() || (hour == 24 && (minute, second) != (0, 0)) || (pm.is_some() && hour > 12) {
        return None;
    }
    Some(Kind::Clock { hour, minute, second, pm, padded })
}

fn meridiem(text: &str) -> (&str, Option<bool>) {
    let bytes = text.as_bytes();
    let Some(cut) = bytes.len().checked_sub(2) else { return (text, None) };
    match (text.get(..cut), text.get(cut..)) {
        (Some(head), Some(tail)) if tail.eq_ignore_ascii_case("am") => (head, Some(false)),
        (Some(head), Some(tail)) if tail.eq_ignore_ascii_case("pm") => (head, Some(true)),
        _ => (text, None),
    }
}

/// `2026-11-19`, `2026-11-19T14:00`, RFC 3339.
fn date(chunk: &str) -> Option<Kind> {
    if let Ok(day) = chunk.parse::<civil::Date>()
        && chunk.len() == 10
    {
        return Some(Kind::Date(day));
    }
    if chunk.len() < 16 || chunk.len() > 40 {
        return None;
    }
    if let Ok(instant) = chunk.parse::<Timestamp>() {
        return Some(Kind::Instant(instant));
    }
    chunk.parse::<civil::DateTime>().ok().map(Kind::Civil)
}

fn three(chunk: &str, by: char) -> Option<(i16, i16, Option<i16>)> {
    let mut parts = chunk.split(by);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || a.len() > 2 || b.len() > 2 || c.is_some_and(|year| year.len() != 4) {
        return None;
    }
    let year = match c {
        Some(year) => Some(year.parse().ok()?),
        None => None,
    };
    Some((a.parse().ok()?, b.parse().ok()?, year))
}

/// `19.11.2026`, `19.11.`; versions and addresses are neither.
fn dotted(chunk: &str, closed: bool) -> Option<Kind> {
    let (day, month, year) = three(chunk, '.')?;
    let (first, second) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    match year {
        Some(year) => civil::Date::new(year, second, first).ok().map(Kind::Date),
        None => Some(Kind::DayMonth { first, second, dotted: true, closed }),
    }
}

/// `19/11/2026` (the day first where both orders are possible), `19/11`. "24/7" is no date.
fn slashed(chunk: &str) -> Option<Kind> {
    let (day, month, year) = three(chunk, '/')?;
    let (first, second) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    if (first, second) == (24, 7) && year.is_none() {
        return None;
    }
    match year {
        Some(year) => civil::Date::new(year, second, first)
            .or_else(|_| civil::Date::new(year, first, second))
            .ok()
            .map(Kind::Date),
        None => Some(Kind::DayMonth { first, second, dotted: false, closed: false }),
    }
}

/// `2pm`, `19th`, `24h`, `14h30`, `1h30m`.
fn suffixed(digits: &str, rest: &str) -> Option<Kind> {
    let value: u32 = digits.parse().ok()?;
    let letters = rest.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (suffix, more) = rest.split_at(letters);
    if suffix.len() > 8 {
        return None;
    }
    let suffix = suffix.to_ascii_lowercase();
    if more.is_empty() {
        match suffix.as_str() {
            "am" | "pm" => {
                let hour = u8::try_from(value).ok().filter(|hour| (1..=12).contains(hour))?;
                let (pm, padded) = (Some(suffix == "pm"), false);
                return Some(Kind::Clock { hour, minute: 0, second: 0, pm, padded });
            }
            "st" | "nd" | "rd" | "th" | "er" | "e" | "o" => return number(digits, true),
            "uhr" => {
                let (hour, pm) = (u8::try_from(value).ok().filter(|hour| *hour <= 24)?, None);
                return Some(Kind::Clock { hour, minute: 0, second: 0, pm, padded: true });
            }
            _ => {}
        }
        let entry = words::lookup(suffix.bytes().fold(0, |key, byte| (key << 8) | u128::from(byte)));
        let unit = entry.roles & (UNIT | SHORT_UNIT) != 0;
        return unit.then_some(Kind::Length(value, entry.value));
    }
    if suffix != "h" {
        return None;
    }
    let (minutes, unit) = split(more)?;
    let minutes = minutes.parse::<u32>().ok().filter(|minutes| *minutes < 60)?;
    matches!(unit, "" | "m" | "min" | "M").then_some(Kind::HoursMinutes(value, minutes))
}
